export * from "./data/index.js";
export * from "./evaluation/index.js";
export * from "./inspection/index.js";
export * from "./losses/index.js";
export * from "./memory/index.js";
export * from "./models/index.js";
export * from "./runs/index.js";
export * from "./training/index.js";
