// Public door of set-up ("@pinmem/torch/setup"). Everything behind it runs on Node alone, before any package is
// installed, so it is plain JavaScript with types in comments, which the type check covers like the rest. The types
// of the door itself are in index.d.mts.

export { addonPath, readBuild, readDefault, writeBuild, writeDefault } from "./builds.mjs";
export { cachedAddons, cachedLibtorchs, cacheFolder } from "./cache-folder.mjs";
export { buildFor, currentAddon, ensureAddon } from "./ensure-addon.mjs";
export { SetupError } from "./errors.mjs";
export { findLibtorch } from "./find-libtorch.mjs";
export { inspectLibtorch } from "./libtorch-folder.mjs";
export { isCheckout, locateAddon, packageVersion, platformPackage } from "./locate.mjs";
export { withLock } from "./lock.mjs";
export { misfit, platformName, prebuiltPlatforms, thisMachine } from "./platform.mjs";
export { isRunning, thisProcess } from "./process-identity.mjs";
export { createReporter, duration } from "./report.mjs";
