// How far rounding in single precision may put a foundation backbone's loss, measured without our single precision.
//
// A loss is one number, and a file's gap one draw of its noise, which may be zero by luck: over 37 files of the references the gap,
// in units of what the output's noise makes of a mean, was spread as a normal deviate is, from 0.01 to 3.0, and with other kernels of
// the same CPU the loss of one network here was from 0.2 to 2.6 of them off, its output always as far as the file's. So where twice
// the gap is exceeded, the output is computed in double precision from weights that are off by a rounding, several times; each error
// of it, scaled to the noise that the file has in its output, and taken with several targets, gives draws of the loss's noise.

import { noGrad, scope, type Tensor } from "@pinmem/torch";
import type { Backbone } from "pinmem/models";
import { formulaStream } from "../formula.js";
import { roundParameters } from "../rounding.js";

const RUNS = 4;
const TARGETS = 16;

/**
 * What 19 of 20 draws of a loss's noise stay within: twice their root mean square. The loss is the mean of output times target.
 * @param backbone in double precision; its weights are as they were afterwards
 * @param gap relative L2 of the output's noise in single precision
 */
export function lossNoise(
  backbone: Backbone,
  { output, gap }: { output: () => Tensor; gap: number },
): number {
  return noGrad(() =>
    scope(() => {
      const state = new Map([...backbone.stateDict()].map(([name, tensor]) => [name, tensor.clone()]));
      const exact = output();
      const size = exact.norm();
      const targets = Array.from({ length: TARGETS }, (_, number) =>
        formulaStream(`target${number}`, exact.shape).to("float64"),
      );
      const draws = Array.from({ length: RUNS }, (_, number) =>
        scope(() => {
          roundParameters(backbone, number);
          const error = output().sub(exact);
          backbone.loadStateDict(state);
          const scale = gap / error.norm().div(size).toNumber();
          return targets.map((target) => scale * error.mul(target).mean().toNumber());
        }),
      ).flat();
      return 2 * Math.sqrt(draws.reduce((sum, draw) => sum + draw ** 2, 0) / draws.length);
    }),
  );
}
