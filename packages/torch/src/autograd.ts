// Gradients as values (`grad`, of any order) or accumulated in leaves (`backward`), and the modes in which none are recorded.

import { TorchError, withContext } from "./errors.js";
import { native } from "./native.js";
import { readOptions } from "./options.js";
import { OwnedTensor } from "./ownership.js";
import type { Tensor } from "./tensor.js";
import { madeBy } from "./unscoped.js";
import { describeValue } from "./values.js";
import { wrap } from "./wrap.js";

export interface GradOptions {
  /** One gradient per output, null for scalars. */
  gradOutputs?: readonly (Tensor | null)[];
  /** Keep the graph for another pass. Default: as `createGraph`. */
  retainGraph?: boolean;
  /** Record the gradients' own graph, for gradients of gradients. */
  createGraph?: boolean;
  /** Give null for inputs that the outputs do not depend on, instead of an error. */
  allowUnused?: boolean;
}

export interface BackwardManyOptions {
  gradOutputs?: readonly (Tensor | null)[];
  retainGraph?: boolean;
  createGraph?: boolean;
  /** Store gradients in these leaves only. */
  inputs?: readonly Tensor[];
}

interface SharedDefaults {
  gradOutputs: readonly (Tensor | null)[] | undefined;
  retainGraph: boolean | undefined;
  createGraph: boolean;
}

const shared: SharedDefaults = { gradOutputs: undefined, retainGraph: undefined, createGraph: false };
const gradDefaults = { ...shared, allowUnused: false };
const backwardDefaults = { ...shared, inputs: [] as readonly Tensor[] };

type OneOrMany<T> = T | readonly T[];

const asArray = <T extends Tensor>(value: OneOrMany<T>): readonly T[] =>
  Array.isArray(value) ? value : [value as T];

const handles = (tensors: readonly Tensor[], operator: string, argument: string): number[] =>
  tensors.map((tensor) => OwnedTensor.handleOf(tensor, operator, argument));

const seeds = (gradOutputs: readonly (Tensor | null)[] | undefined, operator: string): (number | null)[] =>
  (gradOutputs ?? []).map((seed) => seed && OwnedTensor.handleOf(seed, operator, "gradOutputs"));

const received = (outputs: readonly Tensor[], inputs: readonly Tensor[]): string =>
  `  outputs: ${describeValue(outputs)}\n  inputs: ${describeValue(inputs)}`;

/**
 * Gradients of the sum of `outputs` with respect to each of `inputs`, as `torch.autograd.grad`. With `createGraph` they can be
 * differentiated again. With `allowUnused`, inputs without influence give null.
 */
export function grad(
  outputs: OneOrMany<Tensor>,
  inputs: readonly Tensor[],
  options?: GradOptions & { allowUnused?: false },
): Tensor[];
export function grad(
  outputs: OneOrMany<Tensor>,
  inputs: readonly Tensor[],
  options?: GradOptions,
): (Tensor | null)[];
export function grad(
  outputs: OneOrMany<Tensor>,
  inputs: readonly Tensor[],
  ...rest: unknown[]
): (Tensor | null)[] {
  const options = readOptions("grad", rest, gradDefaults);
  const { gradOutputs, createGraph, retainGraph = createGraph, allowUnused } = options;
  const from = asArray(outputs);
  const results = withContext(
    "grad",
    () =>
      native.grad(
        handles(from, "grad", "outputs"),
        handles(inputs, "grad", "inputs"),
        seeds(gradOutputs, "grad"),
        retainGraph,
        createGraph,
        allowUnused,
      ),
    () => received(from, inputs),
  );
  madeBy("grad");
  return results.map((handle) => (handle === null ? null : wrap<Tensor>(handle)));
}

/** Adds the gradients of the sum of `outputs` to the `grad` of the leaves they depend on, as `torch.autograd.backward`. */
export function backward(outputs: OneOrMany<Tensor>, options?: BackwardManyOptions): void;
export function backward(outputs: OneOrMany<Tensor>, ...rest: unknown[]): void {
  const {
    gradOutputs,
    createGraph,
    retainGraph = createGraph,
    inputs,
  } = readOptions("backward", rest, backwardDefaults);
  const from = asArray(outputs);
  withContext(
    "backward",
    () =>
      native.backward(
        handles(from, "backward", "outputs"),
        seeds(gradOutputs, "backward"),
        retainGraph,
        createGraph,
        handles(inputs, "backward", "inputs"),
      ),
    () => received(from, inputs),
  );
}

/** Modes belong to the thread, not to an asynchronous task: what they cover must be synchronous. */
export function synchronous<T>(operator: string, result: T): T {
  if (result instanceof Promise) {
    result.catch(() => {});
    throw new TorchError("the body must be synchronous: await outside", { operator });
  }
  return result;
}

function withGrad<T>(operator: string, enabled: boolean, body: () => T): T {
  const before = native.setGradEnabled(enabled);
  try {
    return synchronous(operator, body());
  } finally {
    native.setGradEnabled(before);
  }
}

/** Runs `body` without recording graphs. */
export const noGrad = <T>(body: () => T): T => withGrad("noGrad", false, body);

/** Runs `body` with graphs recorded, also inside `noGrad`. */
export const enableGrad = <T>(body: () => T): T => withGrad("enableGrad", true, body);

/** Whether operators record what gradients need: not within `noGrad` and `inferenceMode`. */
export const isGradEnabled = (): boolean => native.gradEnabled();

/** Runs `body` without graphs, version counters and view tracking: cheaper than `noGrad`, but its tensors stay outside autograd. */
export function inferenceMode<T>(body: () => T): T {
  native.enterInference();
  try {
    return synchronous("inferenceMode", body());
  } finally {
    native.leaveInference();
  }
}
