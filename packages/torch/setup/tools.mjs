// What another package needs to compile an addon of its own for Node ("@pinmem/torch/setup/tools"): the compiler of this
// machine, its flags, Node's headers, and files that appear whole.

import { join } from "node:path";
import { nodeHeaders as headersFrom } from "./build-addon.mjs";

export { includeFlags, words } from "./build-flags.mjs";
export { findCompiler } from "./compiler.mjs";
export { hashOf, isFile, readJson, temporaryName, writeJson } from "./files.mjs";
export { lastLines, run } from "./run.mjs";

/**
 * Node's C headers, from npm.
 *
 * @throws {import("./errors.mjs").SetupError} where their package is not installed
 */
export const nodeHeaders = () => headersFrom(join(import.meta.dirname, ".."));
