// The door for pages, and for workers of theirs.

export { load } from "./browser/load.js";
export * from "./common.js";
export type { PageLoadOptions } from "./load-options.js";
