// The formats of what is written and read: protocols, results, events, inspections, exported models, label spaces. Checked with zod.

export * from "./event.js";
export * from "./exported-model.js";
export * from "./inspection.js";
export { labelSpaceFromJson, labelSpaceToJson, sameClasses } from "./label-space.js";
export { newerFormat } from "./newer-format.js";
export * from "./parse-exported-model.js";
export * from "./protocol.js";
export * from "./result.js";
export { tallySchema } from "./tally.js";
export * from "./values.js";
