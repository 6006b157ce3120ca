// The network that a recipe describes, with random weights; a memory only where the method uses one.

import { createNetwork } from "../models/network.js";
import type { SegmentationNetwork } from "../models/segmentation-network.js";
import { usesMemory } from "../training/methods/index.js";
import type { Recipe } from "./recipe.js";

/** @param classes what it tells apart: those of the recipe's label space */
export function createRecipeNetwork(
  { model, method }: Pick<Recipe, "model" | "method">,
  classes: number,
): SegmentationNetwork {
  const { memory, backboneWeights, weights, ...options } = model;
  return createNetwork({ ...options, classes, memory: usesMemory(method) ? memory : null });
}
