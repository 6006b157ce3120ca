// The network that is adapted: that of a run, in its trained form, with a memory that votes where it had none.

import { type Device, manualSeed, nn, type Tensor } from "@pinmem/torch";
import { withBase } from "../models/adapters/adapter.js";
import { expose, exposureOf } from "../models/backbone-network.js";
import { prepareForInference } from "../models/inference.js";
import type { SegmentationNetwork } from "../models/segmentation-network.js";
import { loadNetworkWeights } from "../models/weights/load-weights.js";
import type { Recipe } from "../recipes/recipe.js";
import { createRecipeNetwork } from "../recipes/recipe-network.js";
import { usesMemory } from "../training/methods/index.js";
import { loadBase } from "./base-file.js";
import type { ModelMetadata } from "./model-metadata.js";

export interface AdaptedNetwork {
  readonly network: SegmentationNetwork;
  /** Of the network: with a memory that votes where one was attached. */
  readonly recipe: Recipe;
  /** Whether the run had no memory. */
  readonly attached: boolean;
}

export interface AdaptedNetworkOptions {
  /** Whether rows are to be written, for which a memory is needed. */
  readonly withMemory: boolean;
  /** Of the parts of an attached memory that nothing uses as long as it only votes. */
  readonly seed: number;
  readonly device: Device;
}

/**
 * In evaluation mode, without gradients; the rows of an attached memory are zero.
 * @param file of the run, with its tensors
 * @throws WeightsError where weights do not fit, RunError where the backbone's file is not to be found
 */
export function createAdaptedNetwork(
  {
    recipe: trained,
    space,
    backboneWeights,
    adaptation,
  }: Pick<ModelMetadata, "recipe" | "space" | "backboneWeights" | "adaptation">,
  { file, tensors }: { file: string; tensors: ReadonlyMap<string, Tensor> },
  { withMemory, seed, device }: AdaptedNetworkOptions,
): AdaptedNetwork {
  manualSeed(seed);
  const attached = withMemory && !usesMemory(trained.method) && trained.model.memory.votesOnly !== true;
  const recipe = attached ? withVotes(trained) : trained;
  const network = createRecipeNetwork(recipe, space.classes.length);
  const own = [...network.stateDict()].filter(([name]) => attached && name.startsWith("memory."));
  loadBase(network, { file, given: recipe.model.backboneWeights, origin: backboneWeights });
  const complete = withBase(network, new Map([...own, ...tensors]));
  loadNetworkWeights(network, complete, { source: "the weights of the run" });
  expose(network, adaptation?.exposure ?? 1);
  network.eval().requiresGrad_(false).to({ device, memoryFormat: "channelsLast" });
  return { network, recipe, attached };
}

/** A copy of it as it is now, in its evaluation form. Free it. */
export function preparedCopy(
  { network, recipe }: Pick<AdaptedNetwork, "network" | "recipe">,
  device: Device,
): SegmentationNetwork {
  const copy = nn.init.skipInit(() => createRecipeNetwork(recipe, network.classes));
  copy.loadStateDict(network.stateDict());
  expose(copy, exposureOf(network));
  return prepareForInference(copy.to({ device }));
}

function withVotes(recipe: Recipe): Recipe {
  return { ...recipe, model: { ...recipe.model, memory: { ...recipe.model.memory, votesOnly: true } } };
}

/** The recipe of a network whose last convolution sees what is around, too. */
export const withContext = (recipe: Recipe): Recipe => ({
  ...recipe,
  model: { ...recipe.model, context: true },
});

/** The recipe of a network whose votes have this strength. */
export const withVote = (recipe: Recipe, vote: number): Recipe => ({
  ...recipe,
  model: { ...recipe.model, memory: { ...recipe.model.memory, vote } },
});
