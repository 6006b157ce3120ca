// The package's front door is cheap and small: importing it loads no libtorch, no schema library, no codec and no chart, and
// what it offers is listed here, so that nothing is added without thought. Tried on the compiled package in processes of their
// own, as users import it.

import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import * as door from "../src/index.js";

const heavy =
  /node_modules\/(zod|sharp|linkedom|@observablehq|@saehrimnir|@bufbuild|commander|d3)|packages\/(torch|streets)\//;

function inProcess(program: string): unknown {
  const { status, stdout, stderr } = spawnSync(process.execPath, ["--input-type=module", "-e", program], {
    cwd: fileURLToPath(new URL("..", import.meta.url)),
    encoding: "utf8",
  });
  expect(status, stderr).toBe(0);
  return JSON.parse(stdout);
}

/** All scripts and shared libraries that are there after `specifier` was imported and, with it as `module`, `then` was run. */
function loadedBy(specifier: string, then = ""): string[] {
  return inProcess(`
    import { writeSync } from "node:fs";
    import { Session } from "node:inspector";
    const scripts = [];
    const session = new Session();
    session.connect();
    session.on("Debugger.scriptParsed", ({ params }) => scripts.push(params.url));
    session.post("Debugger.enable");
    const module = await import(${JSON.stringify(specifier)});
    ${then}
    process.exitCode = 0;
    writeSync(1, JSON.stringify([...scripts, ...process.report.getReport().sharedObjects]));
  `) as string[];
}

test("importing pinmem loads neither libtorch, schemas, codecs nor charts", () => {
  const loaded = loadedBy("pinmem");
  expect(loaded.some((url) => url.endsWith("/pinmem/dist/index.js"))).toBe(true);
  expect(loaded.filter((url) => heavy.test(url) || /\.node$|torch|vips/.test(url))).toEqual([]);
});

test("pinmem --help loads neither libtorch, schemas nor codecs", () => {
  const help = new URL("../dist/cli/main.js", import.meta.url).href;
  const loaded = loadedBy(
    help,
    'console.log = process.stdout.write = () => true; await module.main(["", "", "--help"]);',
  );
  expect(loaded.some((url) => url.endsWith("/dist/cli/evaluate.js"))).toBe(true);
  expect(loaded.filter((url) => /node_modules\/(zod|sharp)\/|torch\.node$|vips/.test(url))).toEqual([]);
});

test("what is watched for is seen where it is loaded", () => {
  const loaded = loadedBy("pinmem/report");
  for (const part of [/node_modules\/zod\//, /@observablehq\/plot/, /torch\.node$/]) {
    expect(loaded.some((url) => part.test(url))).toBe(true);
  }
});

test("importing pinmem takes less than 100 ms of CPU", () => {
  const milliseconds = Array.from({ length: 3 }, () =>
    inProcess(`
      const before = process.cpuUsage();
      await import("pinmem");
      const { user, system } = process.cpuUsage(before);
      console.log((user + system) / 1000);
    `),
  ) as number[];
  expect(Math.min(...milliseconds)).toBeLessThan(100);
});

test("the front door has the names of common work, and no others", () => {
  expect(Object.keys(door).sort()).toEqual([
    "IGNORE_INDEX",
    "adaptToPlace",
    "cityscapes19",
    "colorLabel",
    "compareRuns",
    "createNetwork",
    "defineDataset",
    "defineLabelSpace",
    "defineRecipe",
    "demoRecipe",
    "evaluateRun",
    "inspectRun",
    "loadRecipe",
    "openNamedDataset",
    "openRun",
    "overlay",
    "predictFiles",
    "predictImage",
    "readImage",
    "train",
    "writeMemory",
    "writeReport",
    "writeRgbPng",
  ]);
});
