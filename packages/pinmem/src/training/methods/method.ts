// A training method: how the gradients of one step come about, and what happens to the memory after it. Everything else
// (data, optimizer, schedules, checkpoints, events) is the trainer's and the same for all methods.
//
// To add one: write it beside the others (pin-memory.ts reads like the paper) and list it in index.ts.

import type { nn, Tensor } from "@pinmem/torch";
import type { ClassMemory } from "../../memory/class-memory.js";
import type { World } from "../../processes/world.js";
import type { Episode, LabeledBatch } from "../episode.js";
import type { LossTensors } from "../losses.js";
import type { Phase } from "./phase.js";

export interface StepSettings {
  /** Rate of the inner step. */
  readonly innerRate: number;
  /** Whether this step is one of the method's own. Default "meta", for methods that split the domains. */
  readonly phase?: Phase;
  /** Share of this episode in the step's gradient: 1, or less where several episodes make one step. Default 1. */
  readonly share?: number;
  /** Looks at values inside the step. */
  readonly probe?: Probe;
}

/**
 * What a probe may see; the tensors hold during the call only.
 * - `meta-train gradients`: of the inner loss, by parameter
 * - `meta-train memory`: rows written in the meta-train pass (`items`)
 * - `meta-test memory`: rows that the meta-test pass reads (`items`)
 * - `meta-test statistics`: the buffers that the meta-test pass used in place of the network's, after it
 */
export type ProbeStage =
  | "meta-train gradients"
  | "meta-train memory"
  | "meta-test memory"
  | "meta-test statistics";
export type Probe = (stage: ProbeStage, tensors: ReadonlyMap<string, Tensor>) => void;

export interface Method {
  readonly name: string;
  /** Whether its own steps need the source domains split into meta-train and meta-test. */
  readonly splitsDomains: boolean;
  /**
   * Adds the gradients of one episode to those stored in the network's parameters, and returns the loss terms of each pass.
   * Runs in a scope, in training mode.
   */
  accumulate(episode: Episode, settings: StepSettings): Readonly<Record<string, LossTensors>>;
  /**
   * After the optimizer's step: the final write of the memory, from all episodes of the step. Where several processes make one step,
   * each has its own episodes, and sums over the world make the write one.
   */
  afterStep?(episodes: readonly Episode[], phase?: Phase, world?: World): void | Promise<void>;
}

/** Parameters that are trained, by name. */
export function trainedParameters(network: nn.AnyModule): Map<string, nn.Parameter> {
  return new Map([...network.namedParameters()].filter(([, parameter]) => parameter.requiresGrad));
}

/** The memory of a network that must have one. @throws Error naming the method where it has none */
export function memoryOf(network: { readonly memory: ClassMemory | null }, method: string): ClassMemory {
  if (network.memory) return network.memory;
  throw new Error(`${method}: the network has no class memory; give the model one (model.memory)`);
}

/** The batch of the domains that a step meets as unseen. @throws Error naming the method, where it does not split the domains */
export function metaTestOf({ metaTest }: Episode, method: string): LabeledBatch {
  if (metaTest) return metaTest;
  throw new Error(
    `${method}: the episode has no meta-test batch; one has where the method splits the domains (splitsDomains)`,
  );
}
