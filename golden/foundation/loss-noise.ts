// How far rounding in single precision may put a foundation backbone's loss, measured without our single precision.
//
// A loss is one number, and a file's gap one draw of its noise, which may be zero by luck: over 37 files of the references the gap,
// in units of what the output's noise makes of a mean, was spread as a normal deviate is, from 0.01 to 3.0. So where twice the gap
// is exceeded, the output is computed in double precision from weights that are off by a rounding, several times, and each of the
// losses' errors is scaled to the noise that the file has in its output.

import { noGrad, scope, type Tensor } from "@pinmem/torch";
import type { Backbone } from "pinmem/models";
import { roundParameters } from "../rounding.js";

const RUNS = 8;

/**
 * The largest error of a loss, which is the mean of output times target.
 * @param backbone in double precision; its weights are as they were afterwards
 * @param gap relative L2 of the output's noise in single precision
 */
export function lossNoise(
  backbone: Backbone,
  { output, target, gap }: { output: () => Tensor; target: Tensor; gap: number },
): number {
  return noGrad(() =>
    scope(() => {
      const state = new Map([...backbone.stateDict()].map(([name, tensor]) => [name, tensor.clone()]));
      const exact = output();
      const size = exact.norm();
      const errors = Array.from({ length: RUNS }, (_, number) =>
        scope(() => {
          roundParameters(backbone, number);
          const error = output().sub(exact);
          backbone.loadStateDict(state);
          const ofLoss = error.mul(target).mean().abs().toNumber();
          return (ofLoss * gap) / error.norm().div(size).toNumber();
        }),
      );
      return Math.max(...errors);
    }),
  );
}
