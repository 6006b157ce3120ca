export * from "./data/index.js";
export { checkFinite, NonFiniteError } from "./inspection/check-finite.js";
export * from "./losses/index.js";
export * from "./memory/index.js";
export { type BackboneName, backboneNames, createBackbone } from "./models/backbones/registry.js";
