// Outputs of submodules by name, taken while a network runs.

import { nn, Tensor } from "@pinmem/torch";
import { Snapshot } from "./figures.js";

/**
 * Runs `body` and takes the output of each of the named modules as it is at that moment: later in-place operations do not
 * change it. Where a module gives several tensors, the first is its output.
 */
export function withTaps<T>(
  model: nn.AnyModule,
  names: readonly string[],
  body: () => T,
): { result: T; taps: Record<string, Snapshot> } {
  const wanted = new Map<nn.AnyModule, string>();
  for (const [name, module] of model.namedModules()) if (names.includes(name)) wanted.set(module, name);
  const taps: Record<string, Snapshot> = {};
  const result = nn.observeModules((module, _inputs, output) => {
    const name = wanted.get(module);
    const tensor = firstTensor(output);
    if (name !== undefined && tensor) taps[name] = new Snapshot(tensor);
  }, body);
  return { result, taps };
}

function firstTensor(value: unknown): Tensor | undefined {
  if (value instanceof Tensor) return value;
  if (typeof value !== "object" || value === null) return undefined;
  for (const element of Object.values(value)) {
    const found = firstTensor(element);
    if (found) return found;
  }
  return undefined;
}
