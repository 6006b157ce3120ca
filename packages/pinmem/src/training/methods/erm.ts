// Plain training (empirical risk minimization): all source domains in one batch, nothing else. The official code's "agg".

import type { Episode } from "../episode.js";
import type { LossTensors } from "../losses.js";
import type { Method, StepSettings } from "./method.js";
import { type PassContext, trainingPass } from "./training-pass.js";

/** Empirical risk minimization: all domains in one batch, no memory. What others are compared with. */
export class Erm implements Method {
  readonly name = "erm";
  readonly splitsDomains = false;

  constructor(readonly context: PassContext) {}

  accumulate({ metaTrain }: Episode, { share = 1 }: StepSettings): { train: LossTensors } {
    const pass = trainingPass(this.context, metaTrain);
    pass.backward(share);
    return { train: pass.losses };
  }
}
