import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { loadSafetensors, saveSafetensors, scope } from "@pinmem/torch";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { miniRecipe } from "../../test/mini-recipe.js";
import { runCli } from "../../test/run-cli.js";
import { createBackbone } from "../models/backbones/registry.js";
import type { RecipeInput } from "../recipes/recipe.js";
import { createRecipeNetwork } from "../recipes/recipe-network.js";
import { openRun } from "../runs/open-run.js";

const fixture = (name: string) => fileURLToPath(new URL(`../models/fixtures/${name}`, import.meta.url));

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "pinmem-cli-weights-"));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

const run = (...words: string[]) => runCli("weights", ...words);

/** Of a network as others train them: all its widths are those of the paper. */
const theirs = { model: { backbone: "mobilenet_v2" } } as const;

function writeRecipe(more: Partial<RecipeInput> = {}): string {
  const file = join(folder, "recipe.json");
  writeFileSync(file, JSON.stringify(miniRecipe({ ...theirs, ...more })));
  return file;
}

/** Weights of the miniature recipe's network, named as data-parallel training does. */
function prefixedWeights(): { file: string; rows: unknown } {
  const file = join(folder, "theirs.safetensors");
  const rows = scope(() => {
    const state = createRecipeNetwork(miniRecipe(theirs), 19).stateDict();
    saveSafetensors(file, new Map([...state].map(([name, tensor]) => [`module.${name}`, tensor])));
    return state.get("memory.m_items")?.toArray();
  });
  return { file, rows };
}

describe("pinmem weights inspect", () => {
  it("tells what a checkpoint of the authors holds", async () => {
    const { out, code } = await run("inspect", fixture("authors.pth"));
    expect(code).toBe(0);
    expect(out).toMatch(
      /layout {4}the authors' checkpoint: .* rows beside the state dict, every name after "module\."/,
    );
    expect(out).toMatch(/holds {5}3 tensors, 14 numbers, float32/);
    expect(out).toMatch(/ {2}epoch: 3\n/);
    expect(out).toMatch(/ {2}final2\.0\.weight {2}float32 {2}\[2,3,1,1\] {2}24 B/);
    expect(out).toMatch(/network {3}its names are those of no network here/);
  });

  it("names the network that weights fit, as text and as JSON", async () => {
    const { file } = prefixedWeights();
    expect((await run("inspect", file)).out).toMatch(
      /network {3}mobilenet_v2, deeplab-v3\+, 19 classes, a memory\n/,
    );
    const content = JSON.parse((await run("inspect", file, "--json")).out);
    expect(content).toMatchObject({ layout: "state dict", hasPrefix: true, fit: { exact: true } });
    expect(content.tensors).toContainEqual({
      name: "memory.m_items",
      dtype: "float32",
      shape: [19, 256],
      bytes: 19 * 256 * 4,
    });
  });

  it.each([
    ["no-weights.pth", /no-weights\.pth: holds no weights/],
    ["gone.pth", /gone\.pth/],
  ])("explains %s in one line and exits with 1", async (name, message) => {
    const { err, code } = await run("inspect", fixture(name));
    expect(err).toMatch(message);
    expect(err).not.toMatch(/\n {4}at /);
    expect(code).toBe(1);
  });
});

describe("pinmem weights convert", () => {
  it("makes a file that opens like one of a run", async () => {
    const { file, rows } = prefixedWeights();
    const out = join(folder, "model.safetensors");
    const { code, out: text } = await run(
      ...["convert", file, "--recipe", writeRecipe(), "--set", "name=theirs", "--step", "30", "--out", out],
    );
    expect(code).toBe(0);
    expect(text).toMatch(/392 tensors loaded\nwritten: \S+model\.safetensors/);
    using opened = openRun(out);
    expect(opened).toMatchObject({
      step: 30,
      score: null,
      recipe: { ...miniRecipe(theirs), name: "theirs" },
    });
    expect(opened.network.memory?.items.toArray()).toEqual(rows);
    expect((await run("inspect", out)).out).toMatch(
      /run "theirs": pin-memory, 19 classes, step 30, not scored/,
    );
  });

  it("writes nothing where weights do not fit, and what fits with --partial", async () => {
    const labels = join(folder, "two.json");
    const classes = [
      { name: "way", color: [128, 64, 128], cityscapes: ["road"] },
      { name: "rest", color: [0, 0, 0], cityscapes: ["sky"] },
    ];
    writeFileSync(labels, JSON.stringify({ name: "two", classes }));
    const recipe = writeRecipe({ data: { ...miniRecipe().data, labels } });
    const out = join(folder, "model.safetensors");
    const args = ["convert", fixture("authors.pth"), "--recipe", recipe, "--out", out];
    const strict = await run(...args);
    expect(strict.code).toBe(1);
    expect(strict.err).toMatch(/do not fit the network:[\s\S]*final2\.0\.weight: \[2, 256, 1, 1\] expected/);
    expect(existsSync(out)).toBe(false);
    expect(readdirSync(folder).sort()).toEqual(["recipe.json", "two.json"]);
    const partial = await run(...args, "--partial", "--json");
    expect(partial.code).toBe(0);
    const report = JSON.parse(partial.out);
    expect(report).toMatchObject({ loaded: ["final2.0.bias"], written: out });
    expect(report.skipped.map(({ name }: { name: string }) => name)).toEqual([
      "final2.0.weight",
      "memory.m_items",
    ]);
    using opened = openRun(out, { form: "trained" });
    expect(opened.network.stateDict().get("final2.0.bias")?.toArray()).toEqual([0.5, -0.5]);
  });

  it("makes torchvision's weights a file for a recipe's backbone", async () => {
    const file = join(folder, "shuffle.safetensors");
    const out = join(folder, "out.safetensors");
    scope(() => {
      const state = createBackbone("resnet18", { outputStride: 32 }).stateDict();
      const named = [...state].map(
        ([name, tensor]) =>
          [name.replace(/^layer0\.0\./, "conv1.").replace(/^layer0\.1\./, "bn1."), tensor] as const,
      );
      saveSafetensors(file, new Map([...named, ["fc.bias", state.get("layer0.1.bias") as never]]));
    });
    const { out: text } = await run("convert", file, "--backbone", "resnet18", "--out", out);
    expect(text).toMatch(/not used, because it belongs to the classifier: fc\.bias/);
    scope(() => {
      const { tensors, metadata } = loadSafetensors(out);
      expect(tensors.has("conv1.weight")).toBe(true);
      expect(tensors.has("fc.bias")).toBe(false);
      expect(metadata.get("backbone")).toBe("resnet18");
    });
  });

  it.each([
    [["a.pth", "--out", "b.safetensors"], /give --recipe or --backbone/],
    [["a.pth", "--recipe", "r.json"], /required option '--out <file>'/],
    [["a.pth", "--backbone", "resnet5", "--out", "b"], /'resnet5' is invalid.*Allowed choices are resnet18/],
    [["a.pth", "--backbone", "resnet50", "--recipe", "r", "--out", "b"], /cannot be used with/],
  ])("explains wrong usage %j and exits with 2", async (args, message) => {
    const { err, code } = await run("convert", ...args);
    expect(err).toMatch(message);
    expect(code).toBe(2);
  });

  it("leaves a network that was adapted to a place where its record is", async () => {
    const [file, out] = [join(folder, "adapted.safetensors"), join(folder, "out.safetensors")];
    scope(() => {
      const state = createRecipeNetwork(miniRecipe(theirs), 19).stateDict();
      saveSafetensors(file, state, new Map([["adaptation", "{}"]]));
    });
    const { err, code } = await run("convert", file, "--recipe", writeRecipe(), "--out", out);
    expect(err).toMatch(/was adapted to a place.*use its run as it is/);
    expect(code).toBe(1);
    expect(existsSync(out)).toBe(false);
  });

  it("keeps the file that it reads, and writes safetensors only", async () => {
    const { file } = prefixedWeights();
    expect((await run("convert", file, "--recipe", writeRecipe(), "--out", file)).err).toMatch(
      /is the file that is read/,
    );
    expect((await run("convert", file, "--recipe", writeRecipe(), "--out", "x.pth")).err).toMatch(
      /must end in \.safetensors/,
    );
  });
});
