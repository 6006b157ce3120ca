// A fully connected layer that an adapter may stand beside: its output is added.

import { nn, type Tensor } from "@pinmem/torch";

/** Linear layer with room for an adapter (adapters/lora.ts); null: none. */
export class Projection extends nn.Linear {
  readonly adapter: nn.Module<[Tensor], Tensor> | null = null;

  override forward(input: Tensor): Tensor {
    const plain = super.forward(input);
    return this.adapter ? plain.add(this.adapter.call(input)) : plain;
  }
}
