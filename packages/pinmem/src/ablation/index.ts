// Ablations: variants of a recipe, trained and compared.

export { type Ablation, readAblation } from "./ablation-file.js";
export { type Plan, type PlanOptions, planAblation } from "./plan.js";
export { type AblationOptions, runAblation } from "./run-ablation.js";
export { type Study, studies, type Variant } from "./studies.js";
export { writeTables } from "./write-tables.js";
