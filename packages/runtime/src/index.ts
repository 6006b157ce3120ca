// The door for Node. Pages take the one beside it (browser.ts).

export * from "./common.js";
export { load } from "./node/load.js";
