// All tests of @pinmem/torch on the libtorch that npm's packages are linked with, where its wheel is at hand. Everywhere else tests run
// on the libtorch of the machine. Compiling the addon takes minutes, so it is asked for by PINMEM_TEST_WHEEL=FILE.

import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { fetchLibtorch } from "../packages/pinmem/src/libtorch/fetch-libtorch.js";
import { buildFor } from "../packages/pinmem/src/libtorch/wheels.js";
import { full } from "../packages/pinmem/test/scope.js";
import { platformName } from "../packages/torch/setup/platform.mjs";
import { lastLines, run } from "../packages/torch/setup/run.mjs";

const root = join(import.meta.dirname, "..");
const from = process.env.PINMEM_TEST_WHEEL;
const build = buildFor(platformName(process));
const minutes = 60_000;

test.skipIf(!full || !from || build === undefined)(
  "all tests of @pinmem/torch pass on the libtorch of npm's packages (test:full, PyTorch's wheel named by PINMEM_TEST_WHEEL)",
  async () => {
    if (build === undefined) return;
    // Where `npm run pack` has it too.
    const folder = join(root, "release/.work", `libtorch-${build.version}`);
    if (!existsSync(folder)) await fetchLibtorch(build, folder, { from });
    const inherited = Object.keys(process.env).filter((name) => /^(VITEST|PINMEM_TEST_WHEEL)/.test(name));
    const env: NodeJS.ProcessEnv = {
      ...Object.fromEntries(inherited.map((name) => [name, ""])),
      LIBTORCH: folder,
    };
    for (const words of [
      ["scripts/setup.mjs", "--libtorch", folder, "--no-install"],
      ["node_modules/vitest/vitest.mjs", "run", "packages/torch"],
    ]) {
      const options = { cwd: root, env, timeout: 15 * minutes };
      const { code, output } = await run([process.execPath, ...words], options);
      expect(code, lastLines(output, 60)).toBe(0);
    }
  },
  20 * minutes,
);
