// Where a system limits what a process may have, as clusters do, the limit is named, with the way around it.

import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { folderOf } from "./data-fixtures.js";
import { miniRecipe, ownProcess } from "./mini-recipe.js";
import { full } from "./scope.js";
import { untrainedRun } from "./untrained-run.js";

const program = fileURLToPath(new URL("../bin/pinmem.mjs", import.meta.url));
const core = new URL("../../core/dist/index.js", import.meta.url).href;
const folder = mkdtempSync(join(tmpdir(), "pinmem-limits-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** Under `ulimit -v`, in KiB, which Linux heeds. */
const limited = (kibibytes: number, ...args: string[]) =>
  spawnSync("sh", ["-c", `ulimit -v ${kibibytes}; exec "$@"`, "sh", process.execPath, ...args], {
    encoding: "utf8",
  });

const resize = `
  const { BicubicResizer } = await import(${JSON.stringify(core)});
  const image = { width: 8, height: 8, pixels: new Uint8Array(192).fill(7) };
  const to = { width: 4, height: 4 };
  const request = { from: { width: 8, height: 8 }, to, window: { left: 0, top: 0, ...to } };
  try {
    console.log(new BicubicResizer().resize(image, { left: 0, top: 0 }, request).join());
  } catch (error) {
    console.log(error.message);
  }`;

describe.skipIf(process.platform !== "linux")("a limited address space", () => {
  it("is named where WebAssembly finds no room, with the option of Node that needs less", () => {
    const { stdout } = limited(8_000_000, "--input-type=module", "-e", resize);
    expect(stdout).toMatch(/no address space for WebAssembly.*ulimit -v.*--disable-wasm-trap-handler/s);
  });

  it("is enough with that option", () => {
    const { stdout } = limited(8_000_000, "--disable-wasm-trap-handler", "--input-type=module", "-e", resize);
    expect(stdout).toBe(`${Array(48).fill(7).join()}\n`);
  });

  it("lets what needs no images work as ever", () => {
    const { status, stdout } = limited(8_000_000, program, "recipes", "--help");
    expect([status, stdout]).toEqual([0, expect.stringContaining("Usage: pinmem recipes")]);
  });

  it.runIf(full)("is named where it is too small for libtorch, which would wait for ever", () => {
    const run = untrainedRun(join(folder, "run"), { recipe: miniRecipe(ownProcess) });
    for (const kibibytes of [1_500_000, 1_700_000, 1_900_000, 2_000_000]) {
      const { status, stderr } = limited(kibibytes, program, "evaluate", run);
      expect(status).not.toBe(0);
      expect(stderr).toMatch(/too little memory or address space.*ulimit -v/);
    }
  });
});

// Set once all is imported: Node holds up to a hundred files of modules open at once, which would meet the limit first.
describe.skipIf(process.platform !== "linux")("a limited number of open files", () => {
  const root = folderOf({ "images/a.png": "photo.png", "labels/a.png": "train-ids.png" });

  /** What a program given as text reads with that many threads, or why not. */
  const read = (workers: number, files: number) => {
    const door = new URL("../dist/api/data.js", import.meta.url).href;
    const text = `
      import { execFileSync } from "node:child_process";
      const { Loader, domainSampler, openNamedDataset } = await import(${JSON.stringify(door)});
      const dataset = await openNamedDataset("folder", { root: ${JSON.stringify(root)} });
      const sampler = domainSampler({ lengths: [1], perDomain: 1, seed: 1, epoch: 1 });
      const crop = { size: { width: 16, height: 16 } };
      execFileSync("prlimit", ["--nofile=${files}", "--pid", String(process.pid)]);
      const loader = new Loader({ datasets: [dataset], sampler, crop, seed: 1, workers: ${workers} });
      try {
        for await (const { size } of loader.batches({ epoch: 0 })) console.log(size.width);
      } catch (error) {
        console.log(error.message);
      }
      process.exit(0);`;
    const { status, stdout, stderr } = spawnSync(process.execPath, ["--input-type=module", "-e", text], {
      encoding: "utf8",
    });
    return { status, stdout, stderr };
  };

  it("is named where threads of a loader find none, with both ways around it", () => {
    const cure = /Too many files are open: take fewer threads \(workers\).*ulimit -n/;
    expect(read(64, 128)).toEqual({ status: 0, stdout: expect.stringMatching(cure), stderr: "" });
  });

  it("is enough for one thread, in a program given as text too", () => {
    expect(read(1, 128)).toEqual({ status: 0, stdout: "16\n", stderr: "" });
  });
});
