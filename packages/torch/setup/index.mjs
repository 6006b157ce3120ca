// Public door of set-up ("@pinmem/torch/setup"). Everything behind it runs on Node alone, before any package is
// installed, so it is plain JavaScript with types in comments, which the type check covers like the rest; their
// declarations are generated into dist/setup.

export { addonPath, listBuilds, readBuild, readDefault } from "./builds.mjs";
export { buildFor, currentAddon, ensureAddon } from "./ensure-addon.mjs";
export { SetupError } from "./errors.mjs";
export { findLibtorch } from "./find-libtorch.mjs";
export { withLock } from "./lock.mjs";
export { createReporter, duration } from "./report.mjs";
export { systemBlas } from "./system.mjs";

/** @typedef {import("./builds.mjs").Build} Build */
/** @typedef {import("./libtorch-folder.mjs").Libtorch} Libtorch */
/** @typedef {import("./report.mjs").Reporter} Reporter */
