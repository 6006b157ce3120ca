import { expect, test } from "vitest";
import * as builds from "./builds.mjs";
import * as caches from "./cache-folder.mjs";
import * as ensure from "./ensure-addon.mjs";
import * as errors from "./errors.mjs";
import * as find from "./find-libtorch.mjs";
import * as door from "./index.mjs";
import * as folder from "./libtorch-folder.mjs";
import * as locate from "./locate.mjs";
import * as lock from "./lock.mjs";
import * as platform from "./platform.mjs";
import * as identity from "./process-identity.mjs";
import * as report from "./report.mjs";

test("the door offers exactly what its hand-written types say", () => {
  const { addonPath, readBuild, readDefault, writeBuild, writeDefault } = builds;
  const { cacheFolder, cachedAddons, cachedLibtorchs } = caches;
  const { isCheckout, locateAddon, packageVersion, platformPackage } = locate;
  const { misfit, platformName, prebuiltPlatforms, thisMachine } = platform;
  const { buildFor, currentAddon, ensureAddon } = ensure;
  // The type check compares each of these with index.d.mts, the test the names.
  const implemented: typeof import("./index.mjs") = {
    ...{
      cacheFolder,
      cachedAddons,
      cachedLibtorchs,
      isCheckout,
      locateAddon,
      packageVersion,
      platformPackage,
    },
    ...{ misfit, platformName, prebuiltPlatforms, thisMachine },
    ...{
      addonPath,
      readBuild,
      readDefault,
      writeBuild,
      writeDefault,
      inspectLibtorch: folder.inspectLibtorch,
    },
    ...{ buildFor, currentAddon, ensureAddon },
    ...{ SetupError: errors.SetupError, findLibtorch: find.findLibtorch, withLock: lock.withLock },
    ...{ isRunning: identity.isRunning, thisProcess: identity.thisProcess },
    ...{ createReporter: report.createReporter, duration: report.duration },
  };
  expect({ ...door }).toEqual(implemented);
});
