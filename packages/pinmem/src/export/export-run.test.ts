import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { EXPORT_FILE, type ExportedValue, parseExportedModel } from "@pinmem/core/formats";
import { dispose, liveTensors, loadSafetensors, nn } from "@pinmem/torch";
import { beforeAll, describe, expect, it } from "vitest";
import { temporaryFolder } from "../../test/data-fixtures.js";
import { miniRecipe } from "../../test/mini-recipe.js";
import { TINY } from "../../test/tiny-backbone.js";
import { untrainedRun } from "../../test/untrained-run.js";
import { openRun } from "../runs/open-run.js";
import { registerEmitter } from "./emitters/registry.js";
import { type ExportOptions, exportRun } from "./export-run.js";

const root = temporaryFolder();
// As wide as usual: half precision is for large weights.
const run = untrainedRun(join(root, "run"), { recipe: miniRecipe({ model: { backbone: TINY } }) });
let count = 0;

/** Exports the run; gives the folder, and model.json as it was read again. */
async function exported(options: Partial<ExportOptions> = {}, from = run) {
  const folder = join(root, `out-${count++}`);
  const told = await exportRun(from, { out: folder, ...options });
  const model = parseExportedModel(JSON.parse(readFileSync(join(folder, EXPORT_FILE), "utf8")), EXPORT_FILE);
  expect(model).toEqual(told);
  return { folder, model };
}

const namesIn = (values: readonly ExportedValue[]) => values.map(({ name }) => name);

let whole: Awaited<ReturnType<typeof exported>>;
let left: number;
beforeAll(async () => {
  const before = liveTensors();
  whole = await exported();
  left = liveTensors() - before;
});

describe("exportRun", () => {
  it("writes two graphs, the memory and what describes them, verified, and frees what it opened", async () => {
    const { folder, model } = whole;
    expect(left).toBe(0);
    expect(readdirSync(folder).sort()).toEqual([
      "decode.onnx",
      "encode.onnx",
      "memory.safetensors",
      "model.json",
    ]);
    const { graphs, memory, verification, provenance } = model;
    if (graphs.kind !== "split" || !memory || !verification.verified) throw new Error("not as expected");
    expect(namesIn(graphs.encode.outputs)).toEqual(["feature", "low_level", "written"]);
    expect(namesIn(graphs.decode.inputs)).toEqual([
      "feature",
      "low_level",
      "memory",
      "temperature",
      "vote_weight",
      "size",
    ]);
    expect(namesIn(graphs.decode.outputs)).toEqual(["labels", "logits", "read_weights"]);
    for (const { file, bytes, sha256 } of [graphs.encode, graphs.decode, memory]) {
      const content = readFileSync(join(folder, file));
      expect(content.length).toBe(bytes);
      expect(createHash("sha256").update(content).digest("hex")).toBe(sha256);
    }
    expect(verification.pictures.map(({ width, height }) => [width, height])).toEqual([
      [128, 64],
      [173, 97],
      [75, 211],
    ]);
    for (const { labels, logits } of verification.pictures) {
      expect(labels).toBeLessThan(1e-4);
      expect(logits).toBeLessThan(1e-4);
    }
    expect(provenance).toMatchObject({ run: miniRecipe().name, method: "pin-memory", adapted: false });
    expect(JSON.stringify(provenance)).not.toContain(root);
    const { tensors } = loadSafetensors(join(folder, memory.file));
    using opened = openRun(run);
    expect(tensors.get(memory.tensor)?.toArray()).toEqual(opened.network.memory?.items.toArray());
    dispose([...tensors.values()]);
  });

  it("holds a picture whose labels are known, but for what is too close to call", () => {
    const { model } = whole;
    const { width, height, pixels, labels } = model.selfTest;
    expect(Buffer.from(pixels, "base64").length).toBe(3 * width * height);
    const known = Buffer.from(labels, "base64").filter((label) => label !== model.labels.ignoreIndex);
    expect(Buffer.from(labels, "base64").length).toBe(width * height);
    expect(known.length).toBeGreaterThan(0.2 * width * height);
  });

  it("stores large weights in half precision, half the size, and says what that changed", async () => {
    const half = await exported({ half: true });
    const size = ({ model: { graphs } }: typeof whole) =>
      graphs.kind === "split" ? graphs.encode.bytes + graphs.decode.bytes : 0;
    expect(size(half)).toBeLessThan(0.75 * size(whole));
    const changed = half.model.half?.changed;
    expect(changed?.logits).toBeGreaterThan(0);
    expect(changed?.logits).toBeLessThan(0.02);
    expect(half.model.verification.verified).toBe(true);
  });

  it("mixes each picture's own statistics in by an input, whose default it names", async () => {
    const { model } = await exported({ normalize: { kind: "image", weight: 0.3 } });
    expect(model.normalization).toMatchObject({ input: "own_weight", weight: 0.3 });
    if (model.graphs.kind !== "split") throw new Error("not as expected");
    const names = ["own_weight", "use_given", "given_statistics"];
    expect(namesIn(model.graphs.encode.inputs)).toEqual(["image", ...names]);
    expect(namesIn(model.graphs.decode.inputs)).toEqual(expect.arrayContaining(names));
    expect(model.graphs.encode.outputs.at(-1)?.name).toBe("own_statistics");
    expect(model.verification.verified).toBe(true);
  });

  it("writes one graph for other tools", async () => {
    const { folder, model } = await exported({
      single: "labels",
      normalize: { kind: "image", weight: 0.3 },
    });
    expect(model.normalization?.parts).toBeNull();
    expect(readdirSync(folder).sort()).toEqual(["model.json", "model.onnx"]);
    expect(model.memory).toBeNull();
    expect(model.verification).toMatchObject({ verified: true, pictures: [{ logits: null }, {}, {}] });
  });

  it("takes a run without a memory, and another default weight of votes, and leaves noise out", async () => {
    const erm = miniRecipe({ method: { name: "erm" } });
    const plain = await exported({}, untrainedRun(join(root, "erm"), { recipe: erm }));
    expect(plain.model.memory).toBeNull();
    const { model } = miniRecipe();
    const noisy = miniRecipe({ model: { ...model, memory: { read: { gumbel: "always" } } } });
    const voting = await exported({ vote: 7 }, untrainedRun(join(root, "noisy"), { recipe: noisy }));
    expect(voting.model.memory?.voteWeight).toBe(7);
    expect(voting.model.verification.verified).toBe(true);
    expect(voting.model.notes).toEqual([expect.stringMatching(/Gumbel noise .* reads without/)]);
  });

  it("refuses an export that says something else than libtorch, and leaves nothing", async () => {
    const out = join(root, "wrong");
    registerEmitter(nn.ReLU, (_, input, { graph }) => graph.node("LeakyRelu", [input]));
    try {
      await expect(exportRun(run, { out })).rejects.toThrow(
        /^the exported model does not say what libtorch says, so it was not kept \(128x64: \d+ of 8192 labels differ, logits .*/,
      );
    } finally {
      registerEmitter(nn.ReLU, (_, input, { graph }) => graph.node("Relu", [input]));
    }
    expect(readdirSync(root).filter((name) => name.includes("wrong"))).toEqual([]);
  });

  it("refuses what it cannot do before it opens anything", async () => {
    await expect(exportRun(run, { out: root })).rejects.toThrow(/is there already; choose another `out`/);
    const auto = { normalize: { kind: "image", weight: "auto" } } as const;
    await expect(exportRun(run, { out: join(root, "x"), ...auto })).rejects.toThrow(/is not calibrated/);
    await expect(exportRun(join(root, "none"), { out: join(root, "x") })).rejects.toThrow(/does not exist/);
  });

  it("leaves nothing where it is ended on the way", async () => {
    const out = join(root, "ended");
    const onProgress: ExportOptions["onProgress"] = ({ part, done }) => {
      if (part === "verification" && done === 1) throw new Error("enough");
    };
    await expect(exportRun(run, { out, onProgress })).rejects.toThrow("enough");
    expect(readdirSync(root).filter((name) => name.includes("ended"))).toEqual([]);
  });
});
