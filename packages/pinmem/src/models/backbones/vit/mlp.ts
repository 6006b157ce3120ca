// The two products after attention: with a GELU between, or gated (SwiGLU).
// Source of the gate: Shazeer, "GLU variants improve transformer", 2020.

import { nn, scope, type Tensor } from "@pinmem/torch";
import { Projection } from "./projection.js";

/** down(gelu(up(x))) */
export class Mlp extends nn.Module {
  readonly up: Projection;
  readonly down: Projection;

  constructor(width: number, hidden: number) {
    super();
    this.up = new Projection(width, hidden);
    this.down = new Projection(hidden, width);
  }

  forward(tokens: Tensor): Tensor {
    return scope(() => this.down.call(this.up.call(tokens).gelu()));
  }
}

/** down(silu(gate(x)) * up(x)) */
export class GatedMlp extends nn.Module {
  readonly gate: Projection;
  readonly up: Projection;
  readonly down: Projection;

  constructor(width: number, hidden: number) {
    super();
    this.gate = new Projection(width, hidden);
    this.up = new Projection(width, hidden);
    this.down = new Projection(hidden, width);
  }

  forward(tokens: Tensor): Tensor {
    return scope(() => this.down.call(this.gate.call(tokens).silu().mul(this.up.call(tokens))));
  }
}
