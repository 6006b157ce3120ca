// The network that a recipe describes, with random weights; a memory only where the method trains one or the
// recipe says that it does nothing but vote (one that was attached to a finished network).

import type { BackboneName } from "../models/backbones/names.js";
import { createMemory, createNetwork } from "../models/network.js";
import { networks } from "../models/network-registry.js";
import type { SegmentationNetwork } from "../models/segmentation-network.js";
import { usesMemory } from "../training/methods/index.js";
import type { Recipe } from "./recipe.js";

/**
 * @param classes what it tells apart: those of the recipe's label space
 * @throws RangeError where a part of one's own is not registered, or its memory is not where the network says
 */
export function createRecipeNetwork(
  { model, method }: Pick<Recipe, "model" | "method">,
  classes: number,
): SegmentationNetwork {
  const { backbone, network: name, memory, backboneWeights, weights, ...options } = model;
  const withMemory = usesMemory(method) || memory.votesOnly === true;
  if (name === undefined) {
    const memoryOptions = withMemory ? memory : null;
    return createNetwork({ ...options, backbone: backbone as BackboneName, classes, memory: memoryOptions });
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
