// Activation checkpointing: of the stages of a network only what enters them is kept, and their inside is computed again
// when the backward pass gets there. Memory against time: about a third more computation. First order only.
//
// Each stage first runs without a graph, and its outputs become leaves. The backward pass then goes from stage to stage:
// it runs the stage again, now with a graph, from the same input, parameters and random numbers, and hands on the gradients
// that the leaves have collected. Source: Chen et al., "Training deep nets with sublinear memory cost", 2016.

import {
  type Device,
  dispose,
  isGradEnabled,
  keep,
  type nn,
  noGrad,
  randomState,
  scope,
  setRandomState,
  Tensor,
  backward as walkBack,
} from "@pinmem/torch";
import type { TrainableNetwork } from "../models/trainable-network.js";
import { withOwnStatistics } from "./methods/own-statistics.js";

/**
 * A module of one tensor, and of constants (positions), whose gradients nobody wants; its output holds tensors in plain objects and
 * lists.
 */
export type Stage = nn.Module<[Tensor], unknown>;

interface Visit {
  readonly stage: Stage;
  /** Belongs to the graph before the stage. */
  readonly input: Tensor;
  readonly constants: readonly unknown[];
  readonly leaves: readonly Tensor[];
  readonly random: Tensor;
}

/**
 * Runs `body`, in which the network's stages keep nothing but their inputs.
 *
 * @param body gets the function that stands for `loss.backward()`; where the pass runs with other parameters in place
 *   (`functionalCall`), it must be called while they are
 * @param within what surrounds every stage, such as autocast
 */
export function withActivationCheckpointing<T>(
  network: TrainableNetwork,
  body: (backward: (loss: Tensor) => void) => T,
  within: (body: () => unknown) => unknown = (inside) => inside(),
): T {
  const visits: Visit[] = [];
  const stages = network.stages ?? [];
  for (const stage of stages) {
    stage.forward = (input, ...constants: readonly unknown[]) =>
      visit(stage, { input, constants }, (done) => visits.push(done));
  }
  try {
    return body((loss) => {
      loss.backward();
      for (let last = visits.pop(); last; last = visits.pop()) handBack(network, last, within);
    });
  } catch (error) {
    dispose(visits.map(({ input, constants, leaves, random }) => [input, constants, leaves, random]));
    throw error;
  } finally {
    // The class's own method shows again.
    for (const stage of stages) Reflect.deleteProperty(stage, "forward");
  }
}

const compute = (stage: Stage, input: Tensor, constants: readonly unknown[]): unknown =>
  Object.getPrototypeOf(stage).forward.call(stage, input, ...constants);

function visit(
  stage: Stage,
  { input, constants }: Pick<Visit, "input" | "constants">,
  record: (visit: Visit) => void,
): unknown {
  if (!isGradEnabled() || !isTrained(stage, input)) return compute(stage, input, constants);
  const random = keep(randomState(input.device));
  const leaves: Tensor[] = [];
  const output = mapTensors(
    noGrad(() => compute(stage, input, constants)),
    (tensor) => {
      const leaf = keep(tensor.detach().requiresGrad_());
      leaves.push(leaf);
      return sameAs(leaf);
    },
  );
  const kept = mapTensors(constants, (tensor) => keep(sameAs(tensor))) as readonly unknown[];
  record({ stage, input: keep(sameAs(input)), constants: kept, leaves, random });
  return output;
}

/** Whether there are gradients in the stage: an adapter may leave the first ones as their file has them. */
const isTrained = (stage: Stage, input: Tensor): boolean =>
  input.requiresGrad || stage.parameters().some(({ requiresGrad }) => requiresGrad);

/** Another handle to the same place in the graph, for whoever frees its own. */
const sameAs = (tensor: Tensor): Tensor => tensor.view(tensor.shape);

function handBack(network: TrainableNetwork, done: Visit, within: (body: () => unknown) => unknown): void {
  const { stage, input, constants, leaves, random } = done;
  scope(() => {
    const start = input.detach().requiresGrad_(input.requiresGrad);
    const outputs: Tensor[] = [];
    // What the stage notes in its running statistics it noted the first time.
    withOwnStatistics(network, new Map(), () =>
      withRandom(input.device, random, () => {
        mapTensors(
          within(() => compute(stage, start, constants)),
          (tensor) => {
            outputs.push(tensor);
            return tensor;
          },
        );
      }),
    );
    const used = leaves.flatMap((leaf, at) => {
      const gradient = leaf.grad;
      return gradient ? [{ output: outputs[at] as Tensor, gradient }] : [];
    });
    if (used.length === 0) return;
    walkBack(
      used.map(({ output }) => output),
      { gradOutputs: used.map(({ gradient }) => gradient) },
    );
    const gradient = start.grad;
    if (gradient) input.backward({ gradient });
  });
  dispose([input, constants, leaves, random]);
}

function withRandom(device: Device, state: Tensor, body: () => void): void {
  const after = randomState(device);
  setRandomState(state, device);
  body();
  setRandomState(after, device);
}

function mapTensors(value: unknown, change: (tensor: Tensor) => Tensor): unknown {
  if (value instanceof Tensor) return change(value);
  if (Array.isArray(value)) return value.map((element) => mapTensors(element, change));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, element]) => [key, mapTensors(element, change)]),
  );
}
