// What trainings on the procedural streets that are compared with one another have in common, beside the demo's recipe.

/** @typedef {import("pinmem").RecipeInput} Recipe */
/** @typedef {{ strongFor?: "none" | "meta-test", strongAlways?: boolean }} Colors */

const strong = { brightness: 0.8, contrast: 0.8, saturation: 0.8, hue: 0.3, probability: 1 };

/**
 * @param {Recipe["data"]} data
 * @param {Colors & { scenes: number }} options `scenes` of each unseen look; strong colors on the meta-test domain, or always
 * @returns {Recipe["data"]}
 */
export const compared = (data, { scenes, strongFor = "none", strongAlways = false }) => ({
  ...data,
  targets: data.targets?.map((target) => ({ ...target, count: scenes })) ?? [],
  color: { strongFor, ...(strongAlways && { normal: strong }) },
});
