// Where the public data sets lie: each in a folder of its name below PINMEM_DATA, or below `data` here. For another place,
// set the variable or a field of the recipe: --set data.sources[0].root=/disk/gtav
//
// `npx pinmem data check NAME --root DIR` says whether a data set is whole.

import { join } from "node:path";

/** @typedef {import("pinmem").RecipeInput["data"]["sources"][number]} Domain */

/** The folder of a data set. @param {string} name */
export const root = (name) => join(process.env.PINMEM_DATA ?? "data", name);

/**
 * A split of a data set.
 * @param {string} name
 * @param {string} split
 * @param {{ limit?: number }} [more]
 * @returns {Domain}
 */
export const split = (name, split, more = {}) => ({ name, root: root(name), split, ...more });

/**
 * ImageNet weights as torchvision publishes them, from https://download.pytorch.org/models/FILE, in the folder `weights` beside
 * the data sets. Those that `npx pinmem weights pull NAME` brought are taken with --set model.backboneWeights=imagenet
 * @param {string} file
 */
export const weights = (file) => join(process.env.PINMEM_DATA ?? "data", "weights", file);
