export * from "./data/index.js";
export { type BackboneName, backboneNames, createBackbone } from "./models/backbones/registry.js";
