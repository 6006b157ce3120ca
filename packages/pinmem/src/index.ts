export * from "./data/index.js";
export * from "./evaluation/index.js";
export { checkFinite, NonFiniteError } from "./inspection/check-finite.js";
export * from "./losses/index.js";
export * from "./memory/index.js";
export * from "./models/index.js";
export * from "./prediction/index.js";
export * from "./runs/index.js";
export * from "./training/index.js";
