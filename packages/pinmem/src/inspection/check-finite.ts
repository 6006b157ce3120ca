// Where do NaN and infinity come from? Runs a computation while looking at every layer's output, and stops at the first
// that has them. It waits for every layer and reads every output once more, so it is no part of a normal step: run it
// when a loss or the memory has found numbers that are not finite.

import { nn, noGrad, scope, Tensor, TorchError } from "@pinmem/torch";

/** NaN or infinity in a layer's output; `layer` is its name in the model, "" for the model itself. */
export class NonFiniteError extends TorchError {
  override readonly name = "NonFiniteError";

  constructor(
    readonly layer: string,
    message: string,
  ) {
    super(message, { operator: "checkFinite" });
  }
}

/**
 * Runs `body` and checks the output of every layer of `model` that it calls.
 *
 * @throws NonFiniteError naming the first layer whose output holds NaN or infinite values
 */
export function checkFinite<T>(model: nn.AnyModule, body: () => T): T {
  const names = new Map([...model.namedModules()].map(([name, module]) => [module, name]));
  return nn.observeModules((module, inputs, output) => {
    const name = names.get(module);
    if (name === undefined) return;
    for (const tensor of tensorsIn(output)) {
      const found = countNonFinite(tensor);
      if (!found) continue;
      const layer = name === "" ? "the model" : `layer '${name}'`;
      const innocent = tensorsIn(inputs).some(countNonFinite)
        ? "its input holds such values already, and no layer before it made them: look at the images or weights"
        : "its input is finite: look at its weights and statistics";
      throw new NonFiniteError(
        name,
        `${layer} (${module.constructor.name}) gives ${found} in ${tensor}; ${innocent}`,
      );
    }
  }, body);
}

const tensorsIn = (value: unknown): Tensor[] => {
  if (value instanceof Tensor) return [value];
  if (typeof value !== "object" || value === null) return [];
  return Object.values(value).flatMap(tensorsIn);
};

/** "3 NaN and 1 infinite value", or null when there are none. */
function countNonFinite(tensor: Tensor): string | null {
  if (tensor.isDisposed || !tensor.dtype.includes("float")) return null;
  return scope(() =>
    noGrad(() => {
      if (tensor.isfinite().all().item()) return null;
      const nan = Number(tensor.isnan().sum().item());
      const infinite = Number(tensor.isinf().sum().item());
      return `${nan} NaN and ${infinite} infinite value${infinite === 1 ? "" : "s"}`;
    }),
  );
}
