// Makes this checkout ready: npm packages, compiled TypeScript, libtorch, addon, each only where it is not already.
// The state is looked at first without a lock, so that the usual case (nothing to do) takes a fraction of a second
// and never waits; whatever is done is done under one lock, and looked at again there.

import { join } from "node:path";
import { asSetupError } from "../packages/torch/setup/errors.mjs";
import {
  createReporter,
  currentAddon,
  duration,
  ensureAddon,
  readDefault,
  withLock,
} from "../packages/torch/setup/index.mjs";
import { ensurePrebuilt } from "../packages/torch/setup/prebuilt.mjs";
import { browserPackages } from "./browser-packages.mjs";
import { installPackages, packagesInstalled } from "./npm-packages.mjs";
import { compileTypescript, typescriptCompiled } from "./typescript.mjs";

/** @import { Build, Reporter } from "../packages/torch/setup/index.mjs" */

/**
 * @typedef {object} PrepareOptions
 * @property {string | undefined} [libtorch]
 * @property {boolean} [search]
 * @property {boolean} [install] what is missing on this system; default: unless PINMEM_NO_INSTALL says no
 * @property {boolean} [yes] install without asking
 * @property {boolean} [prebuilt] take the addon and libtorch of npm's package
 * @property {Reporter} [report]
 */

export const root = join(import.meta.dirname, "..");
const packageDir = join(root, "packages/torch");
const jpegDir = join(root, "packages/pinmem");

/** Set-up of the decoder for JPEG files; it imports @pinmem/torch, which is there once npm's packages are. */
const jpegSetup = () => import("../packages/pinmem/setup/jpeg.mjs");

/**
 * @param {PrepareOptions} [options]
 * @throws an error named SetupError, naming what is missing and how to mend it
 */
export async function prepare(options = {}) {
  try {
    await makeReady(options);
  } catch (error) {
    throw asSetupError(error);
  }
}

/** @param {PrepareOptions} options */
async function makeReady({
  libtorch,
  search = false,
  install = !["1", "true"].includes(process.env.PINMEM_NO_INSTALL ?? ""),
  yes = false,
  prebuilt = false,
  report = createReporter(),
}) {
  const start = performance.now();
  const addon = { packageDir, ...(libtorch === undefined ? {} : { libtorch }) };
  const ready = async () =>
    packagesInstalled(root) &&
    typescriptCompiled(root) &&
    (readDefault(packageDir)?.id === "prebuilt" || (await jpegSetup()).jpegCurrent(jpegDir))
      ? currentAddon(addon)
      : undefined;
  let build = search || prebuilt ? undefined : await ready();
  const done = build ? "up to date" : "ready";
  build ??= await withLock(join(packageDir, "build/.lock"), () => work(), {
    onWait: (owner) =>
      report.note(`waiting for another set-up${owner ? ` (process ${owner.pid} on ${owner.host})` : ""}`),
  });
  report.line("set-up", `${done}: ${describe(build)}, ${duration(performance.now() - start)}`);

  async function work() {
    if (!packagesInstalled(root)) await installPackages(root, report);
    // Before the addon: `pinmem doctor` must be there where libtorch is not.
    if (!typescriptCompiled(root)) await compileTypescript(root, report);
    // With its own decoder for JPEG files.
    if (prebuilt) return ensurePrebuilt(packageDir, { report });
    const { ensureJpeg, jpegPackages } = await jpegSetup();
    const confirm = yes ? { confirm: async () => true } : {};
    const also = [...jpegPackages(), ...browserPackages()];
    const build = await ensureAddon({ ...addon, ...confirm, search, install, also, report });
    if (!build.prebuilt) await ensureJpeg(jpegDir, { report });
    return build;
  }
}

/** The same for commands, which tell on the error output; false where something is missing, which is said there too. */
export async function prepared() {
  try {
    await prepare({ report: createReporter(process.stderr) });
    return true;
  } catch (error) {
    if (/** @type {Error} */ (error).name !== "SetupError") throw error;
    console.error(`\nset-up stopped: ${/** @type {Error} */ (error).message}`);
    return false;
  }
}

/**
 * npm's packages and compiled TypeScript alone, for commands that need no addon of this checkout.
 *
 * @throws an error named SetupError
 */
export async function prepareSources(report = createReporter(process.stderr)) {
  await withLock(join(packageDir, "build/.lock"), async () => {
    if (!packagesInstalled(root)) await installPackages(root, report);
    if (!typescriptCompiled(root)) await compileTypescript(root, report);
  });
}

/** @param {Build} build */
function describe({ libtorch }) {
  return `libtorch ${libtorch.version} in ${libtorch.root}`;
}
