// The weights that a run keeps.

/** Those with the best score on source validation, those at the end, and their average over time where the recipe asks for one. */
export const whichWeights = ["best", "last", "average"] as const;
export type WhichWeights = (typeof whichWeights)[number];
