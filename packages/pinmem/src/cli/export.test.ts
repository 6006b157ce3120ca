import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseExportedModel } from "@pinmem/core/formats";
import { renderStreet } from "@pinmem/streets";
import { expect, it, vi } from "vitest";
import { temporaryFolder } from "../../test/data-fixtures.js";
import { killedAtRename } from "../../test/kill-at-rename.js";
import { miniRecipe, ownProcess } from "../../test/mini-recipe.js";
import { runCli } from "../../test/run-cli.js";
import { full } from "../../test/scope.js";
import { untrainedRun } from "../../test/untrained-run.js";
import { writeRgbPng } from "../images/write-png.js";

const root = temporaryFolder();
const run = untrainedRun(join(root, "run"));
const at = (name: string) => join(root, name);

it("tells what it wrote, how it was verified, and what to heed", async () => {
  const { out, code } = await runCli("export", run, "--out", at("model"), "--normalize", "image:0.3");
  expect(code).toBe(0);
  expect(out).toMatch(/^encode\.onnx +[\d.]+ MB\ndecode\.onnx +[\d.]+ MB\nmemory\.safetensors +[\d.]+ MB\n/);
  expect(out).toMatch(
    /\nverified with onnxruntime [\d.]+ against libtorch [\d.]+\S* on 3 pictures: at most 0 % of/,
  );
  expect(out).toMatch(/procedural pictures alone \(streets:boulevard, streets:toy-town\)/);
  expect(out).toContain(`written: ${at("model")}`);
});

it("prints model.json, for a single graph in half precision that was not verified", async () => {
  const words = ["--single", "logits", "--half", "--no-verify", "--json"];
  const { out, code } = await runCli("export", run, "--out", at("single"), ...words);
  expect(code).toBe(0);
  const model = parseExportedModel(JSON.parse(out), "output");
  expect(model).toEqual(JSON.parse(readFileSync(join(at("single"), "model.json"), "utf8")));
  expect(model).toMatchObject({
    graphs: { kind: "single" },
    verification: { verified: false, reason: "left out when the model was exported" },
  });
});

it("takes auto for as an adapted run was adapted, and shows no auto in its help that it refuses", async () => {
  const { image, width, height } = renderStreet({
    domain: "night",
    seed: 0,
    index: 0,
    width: 64,
    height: 32,
  });
  await writeRgbPng(join(at("photos"), "0.png"), { width, height, pixels: image });
  const here = at("here");
  const adapt = ["--images", at("photos"), "--out", here, "--own", "0.2", "--weight", "0.3"];
  expect((await runCli("adapt", run, ...adapt)).code).toBe(0);
  const graphs = async (name: string, ...words: string[]) => {
    const { out, code } = await runCli("export", here, "--out", at(name), "--no-verify", "--json", ...words);
    expect(code).toBe(0);
    const { graphs, normalization } = parseExportedModel(JSON.parse(out), "output");
    return { graphs, normalization };
  };
  const asAdapted = await graphs("as-adapted");
  expect(await graphs("auto", "--normalize", "image:auto", "--vote", "auto")).toEqual(asAdapted);
  expect(await graphs("other", "--normalize", "image:0.7")).not.toEqual(asAdapted);
});

it("refuses what it cannot export in one line, and writes nothing", async () => {
  mkdirSync(at("unfinished"));
  writeFileSync(join(at("unfinished"), "recipe.json"), JSON.stringify(miniRecipe()));
  const out = ["--out", at("out")];
  const refusals: [words: string[], code: number, message: RegExp][] = [
    [[run, "--out", root], 1, /is there already; choose another --out, or move it away$/],
    [[at("unfinished"), ...out], 1, /holds no weights yet: the run is not finished\. Continue it with: /],
    [[at("none"), ...out], 1, /none does not exist; give the folder of a run$/],
    [
      [run, ...out, "--normalize", "image:auto"],
      1,
      /is not calibrated, so that nobody knows when pictures look unlike its sources'/,
    ],
    [[run, ...out, "--single", "all"], 2, /must be labels or logits/],
    [[run], 2, /required option '--out <folder>' not specified/],
  ];
  for (const [words, code, message] of refusals) {
    const result = await runCli("export", ...words);
    expect(result.code).toBe(code);
    expect(result.text).toMatch(message);
  }
  expect(existsSync(at("out"))).toBe(false);
});

it.runIf(full)(
  "leaves no half of a folder where it is killed while it writes, and takes away what was left",
  async () => {
    const real = untrainedRun(at("real"), { recipe: miniRecipe(ownProcess) });
    const folder = at("killed");
    const words = ["export", real, "--out", folder, "--no-verify"];
    // Renames: the first graph, the second, the rows, model.json, and last the folder itself.
    for (const count of [2, 5]) {
      expect(killedAtRename(root, count, words)).toBe("SIGKILL");
      expect(existsSync(folder)).toBe(false);
    }
    expect(readdirSync(root).filter((name) => name.startsWith(".killed."))).toHaveLength(1);
    expect((await runCli(...words)).code).toBe(0);
    expect(readdirSync(folder)).toHaveLength(4);
    expect(readdirSync(root).filter((name) => name.startsWith("."))).toEqual([]);
  },
  120_000,
);

it("says how to go on without onnxruntime-node", async () => {
  vi.doMock("onnxruntime-node", () => {
    throw new Error("Cannot find package 'onnxruntime-node'");
  });
  try {
    const { text, code } = await runCli("export", run, "--out", at("without"));
    expect(code).toBe(1);
    expect(text).toMatch(/cannot be loaded .*Install it with `ONNXRUNTIME_NODE_INSTALL=skip npm install /);
    expect(text).toMatch(/or leave the verification out \(--no-verify\)$/);
    expect(readdirSync(root).filter((name) => name.includes("without"))).toEqual([]);
    expect((await runCli("export", run, "--out", at("without"), "--no-verify")).code).toBe(0);
  } finally {
    vi.doUnmock("onnxruntime-node");
  }
});
