import { expect, test } from "vitest";
import * as flags from "./build-flags.mjs";
import * as compiler from "./compiler.mjs";
import * as files from "./files.mjs";
import * as run from "./run.mjs";
import * as door from "./tools.mjs";

test("the door to set-up's tools offers exactly what its hand-written types say", () => {
  const { hashOf, isFile, readJson, temporaryName, writeJson } = files;
  // The type check compares each of these with tools.d.mts, the test the names.
  const implemented: typeof import("./tools.mjs") = {
    ...{ hashOf, isFile, readJson, temporaryName, writeJson, nodeHeaders: door.nodeHeaders },
    ...{ includeFlags: flags.includeFlags, words: flags.words, findCompiler: compiler.findCompiler },
    ...{ lastLines: run.lastLines, run: run.run },
  };
  expect({ ...door }).toEqual(implemented);
});
