// The network that a recipe describes, with random weights; a memory only where the method trains one, or where the recipe says
// that it does nothing but vote: one that is attached to a finished network.

import { noGrad } from "@pinmem/torch";
import { applyAdapter } from "../models/adapters/adapter.js";
import { checkTakesVotes } from "../models/add-votes.js";
import type { BackboneName } from "../models/backbones/names.js";
import { VisionTransformer } from "../models/backbones/vit/vision-transformer.js";
import { createMemory, createNetwork } from "../models/network.js";
import { networks } from "../models/network-registry.js";
import type { SegmentationNetwork } from "../models/segmentation-network.js";
import { usesMemory } from "../training/methods/index.js";
import type { Recipe } from "./recipe.js";

/**
 * @param classes what it tells apart: those of the recipe's label space
 * @throws RangeError where a part of one's own is not registered, or its memory is not where the network says; TypeError where
 *   its memory is to vote and the network takes no votes
 */
export function createRecipeNetwork(
  recipe: Pick<Recipe, "model" | "method" | "data">,
  classes: number,
): SegmentationNetwork {
  const network = create({ ...recipe, model: withRowsOf(recipe) }, classes);
  const { memory } = network;
  if (memory && memory.voteWeight > 0) checkTakesVotes(network);
  // No method starts such a memory: rows that nobody wrote have nothing to say.
  if (memory && !usesMemory(recipe.method)) noGrad(() => memory.items.zero_());
  return network;
}

/** A memory with a row for each domain has as many as there are sources. */
function withRowsOf({ model, data }: Pick<Recipe, "model" | "data">): Recipe["model"] {
  const { rows } = model.memory;
  if (rows?.per !== "domain" || rows.count !== undefined) return model;
  return { ...model, memory: { ...model.memory, rows: { ...rows, count: data.sources.length } } };
}

function create({ model, method }: Pick<Recipe, "model" | "method">, classes: number): SegmentationNetwork {
  const { backbone, network: name, memory, backboneWeights, weights, adapter, positions, ...options } = model;
  const withMemory = usesMemory(method) || memory.votesOnly === true;
  if (name === undefined) {
    const memoryOptions = withMemory ? memory : null;
    const made = createNetwork({
      ...options,
      backbone: backbone as BackboneName,
      classes,
      memory: memoryOptions,
    });
    if (adapter) applyAdapter(made.backbone, adapter);
    // A backbone that starts from random weights has no file to be found in again.
    if (backboneWeights === null) made.backbone.baseNames = new Set();
    if (positions && made.backbone instanceof VisionTransformer) made.backbone.layer0.setRule(positions);
    return made;
  }
  const network = networks.get(name)({
    classes,
    createMemory: (width) => (withMemory ? createMemory(memory, { classes, width }) : null),
  });
  if (network.classes === classes && (network.memory !== null) === withMemory) return network;
  throw new RangeError(
    `the network "${name}" has ${network.classes} classes and ${network.memory ? "a" : "no"} memory; the recipe asks for ` +
      `${classes} classes and ${withMemory ? "a" : "no"} memory: keep what createMemory gives as the field "memory"`,
  );
}
