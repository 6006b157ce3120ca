// Weights that are off by what sums in single precision lose: how far figures move with them shows how sensitive they are to rounding.

import { type nn, noGrad, scope } from "@pinmem/torch";
import { formulaRounding } from "./formula.js";

/** Moves every parameter, differently for each number. */
export function roundParameters(network: nn.AnyModule, number: number): void {
  noGrad(() => {
    for (const [name, parameter] of network.namedParameters()) {
      scope(() => {
        const factors = formulaRounding(`${name}.rounding${number}`, parameter.shape);
        parameter.mul_(factors.to(parameter.device));
      });
    }
  });
}
