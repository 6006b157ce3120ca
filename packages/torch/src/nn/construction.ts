// What layers with weights share in their constructors: sizes in one or two directions, checks, parameters and their start.

import { TorchError } from "../errors.js";
import { empty } from "../generated/operators.js";
import { scope } from "../ownership.js";
import { fans, kaimingUniform_, uniform_ } from "./init.js";
import { Parameter } from "./parameter.js";

/** One number for both directions, or [height, width]. */
export type Pair = number | readonly [number, number];

export const pair = (value: Pair): [number, number] =>
  typeof value === "number" ? [value, value] : [value[0], value[1]];

/** A parameter whose values are still to be set. */
export const parameter = (shape: readonly number[]): Parameter => scope(() => new Parameter(empty(shape)));

/** Values of weight and bias as PyTorch's linear and convolutional layers start. */
export function initialize(weight: Parameter, bias: Parameter | null): void {
  kaimingUniform_(weight, { slope: Math.sqrt(5) });
  if (bias) {
    const bound = 1 / Math.sqrt(fans(weight).fanIn);
    uniform_(bias, -bound, bound);
  }
}

/** Refuses fields that are not integers of at least `least`. */
export function checkIntegers(
  layer: string,
  fields: Record<string, number | readonly number[]>,
  least = 1,
): void {
  for (const [argument, value] of Object.entries(fields)) {
    if ([value].flat().every((n) => Number.isInteger(n) && n >= least)) continue;
    throw new TorchError(`argument '${argument}' must be an integer of at least ${least}, got ${value}`, {
      operator: layer,
      argument,
    });
  }
}

/** Refuses groups that do not divide the channels. */
export function checkGroups(layer: string, inChannels: number, outChannels: number, groups: number): void {
  if (inChannels % groups === 0 && outChannels % groups === 0) return;
  throw new TorchError(
    `argument 'groups' (${groups}) must divide inChannels (${inChannels}) and outChannels (${outChannels})`,
    { operator: layer, argument: "groups" },
  );
}
