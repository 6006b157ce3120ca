// Layers one after the other where a class holds them as fields and not in a Sequential, as torchvision's blocks do.

import { type nn, scope, type Tensor } from "@pinmem/torch";

/** The output of the last layer; what the others gave is freed as soon as the next has used it. */
export function chain(input: Tensor, ...layers: readonly nn.Module[]): Tensor {
  const last = layers.at(-1);
  if (!last) return input;
  return scope(() => last.call(chain(input, ...layers.slice(0, -1))));
}
