// The tensor that a function works on: from JavaScript it may be anything, and `x.relu is not a function` would name nothing.

import { OwnedTensor } from "../../ownership.js";
import type { Tensor } from "../../tensor.js";

/** The tensor itself, or an error that names function and argument. */
export function given(tensor: Tensor, operator: string, argument = "input"): Tensor {
  OwnedTensor.handleOf(tensor, operator, argument);
  return tensor;
}
