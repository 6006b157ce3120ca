// npm is played by a script that puts down what it would install.

import { chmodSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, expect, it } from "vitest";
import { currentAddon, ensureAddon } from "./ensure-addon.mjs";
import { locateAddon } from "./locate.mjs";
import { platformName } from "./platform.mjs";
import { ensurePrebuilt } from "./prebuilt.mjs";
import { recordingReporter, temporaryFolder, writeFiles } from "./testing.js";

const platform = platformName(process);
let root: string;
let env: NodeJS.ProcessEnv;

function npmThat(script: string): void {
  writeFiles(root, { "bin/npm": `#!/bin/sh\necho "$@" > ${root}/words\n${script}\n` });
  chmodSync(join(root, "bin/npm"), 0o755);
}

beforeEach(() => {
  root = temporaryFolder();
  env = {
    ...process.env,
    PATH: `${join(root, "bin")}:${process.env.PATH}`,
    LIBTORCH: "",
    PINMEM_CACHE: join(root, "cache"),
  };
  writeFiles(root, { "torch/package.json": '{ "version": "1.2.3" }', "torch/tsconfig.json": "{}" });
});

it("takes npm's addon for this platform in the checkout's version, and keeps it until something else is asked for", async () => {
  const packageDir = join(root, "torch");
  writeFiles(root, {
    [`packed/torch-${platform}/package.json`]: JSON.stringify({ version: "1.2.3" }),
    [`packed/torch-${platform}/torch.node`]: "addon",
    [`packed/torch-${platform}/jpeg.node`]: "jpeg",
    [`packed/torch-${platform}/build.json`]: JSON.stringify({
      glibc: "2.17",
      libtorch: { version: "2.13.0", includeDirs: [], aliases: [] },
    }),
    [`packed/libtorch-${platform}/package.json`]: "{}",
    [`packed/libtorch-${platform}/lib/libtorch_cpu.so`]: "",
  });
  const modules = join(packageDir, "build/prebuilt/node_modules");
  npmThat(`mkdir -p ${modules} && cp -r ${root}/packed ${modules}/@pinmem`);
  await ensurePrebuilt(packageDir, { report: recordingReporter(), env });
  expect(readFileSync(join(root, "words"), "utf8")).toContain(
    `install @pinmem/torch-${platform}@1.2.3 --prefix`,
  );
  const path = join(packageDir, "build/prebuilt/torch.node");
  expect(locateAddon({ packageDir, env })).toMatchObject({ kind: "local", path });
  expect(readFileSync(join(packageDir, "build/prebuilt/jpeg.node"), "utf8")).toBe("jpeg");
  expect(currentAddon({ packageDir, env })?.id).toBe("prebuilt");
  expect((await ensureAddon({ packageDir, env, install: false, report: recordingReporter() })).id).toBe(
    "prebuilt",
  );
  // A checkout of another version needs another.
  writeFiles(root, { "torch/package.json": '{ "version": "1.3.0" }' });
  expect(currentAddon({ packageDir, env })).toBeUndefined();
  await expect(ensureAddon({ packageDir, env, install: false, report: recordingReporter() })).rejects.toThrow(
    /prebuilt addon is that of version 1\.2\.3, and this is 1\.3\.0: npm run setup -- --prebuilt/,
  );
});

it("says what to do where npm has none", async () => {
  npmThat(
    'echo "npm error code ETARGET" >&2; echo "npm error notarget No matching version found" >&2; exit 1',
  );
  await expect(ensurePrebuilt(join(root, "torch"), { report: recordingReporter(), env })).rejects.toThrow(
    `@pinmem/torch-${platform}@1.2.3 cannot be installed: npm's registry has none. Leave --prebuilt out`,
  );
});
