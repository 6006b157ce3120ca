// Runs with foundation backbones from start to end, each a few steps of a tiny one.

import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { renderStreet } from "@pinmem/streets";
import { loadSafetensors, manualSeed, noGrad, saveSafetensors, scope } from "@pinmem/torch";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { formulaImages } from "../../../../golden/formula.js";
import { miniRecipe } from "../../test/mini-recipe.js";
import { full } from "../../test/scope.js";
import { untrainedRun } from "../../test/untrained-run.js";
import { writeLabelPng, writeRgbPng } from "../images/write-png.js";
import { type PublishedNames, toPublished } from "../models/backbones/published-names.js";
import { createBackbone } from "../models/backbones/registry.js";
import { predict } from "../models/segment.js";
import type { RecipeInput } from "../recipes/recipe.js";
import { adaptToPlace } from "./adapt-to-place.js";
import { calibrate } from "./calibrate.js";
import { describeContent, inspectWeights } from "./inspect-weights.js";
import { openRun } from "./open-run.js";
import { RunFolder } from "./run-folder.js";
import { train } from "./train.js";

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "pinmem-foundation-"));
});
afterEach(() => rmSync(root, { recursive: true }));

const recipe = (model: RecipeInput["model"], more: Partial<RecipeInput> = {}) => {
  const { data } = miniRecipe();
  const side = model.backbone === "dinov2_debug" ? 28 : 32;
  return miniRecipe({
    data: {
      ...data,
      validation: data.validation.slice(0, 1),
      targets: [],
      crop: { width: side, height: side },
    } as never,
    length: { steps: 2 },
    validation: { every: 2, preciseBatchNorm: 1 },
    checkpoints: { every: 1, keep: 1 },
    model: model as never,
    ...more,
  });
};

const tensorsOf = (path: string) => scope(() => [...loadSafetensors(path).tensors.keys()]);

/** A file as Hugging Face publishes one. */
function publishedFile(backbone: "dinov2_debug" | "dinov3_debug", seed = 7): string {
  const path = join(root, `${backbone}-${seed}.safetensors`);
  scope(() => {
    manualSeed(seed);
    const made = createBackbone(backbone, { outputStride: backbone === "dinov2_debug" ? 14 : 16 });
    saveSafetensors(path, toPublished(made.published as PublishedNames, "hf", made.stateDict()));
  });
  return path;
}

const methods = [
  { name: "erm" },
  { name: "memory-erm", memoryStart: { batches: 1 } },
  { name: "mldg" },
  { name: "pin-memory", memoryStart: { batches: 1 } },
  { name: "pin-memory", order: "second", memoryStart: { batches: 1 } },
] as const;

describe("a run with a foundation backbone", () => {
  it.each(methods)("trains by %o, with adapters alone", async (method) => {
    const folder = new RunFolder(join(root, "run"));
    const model = { backbone: "dinov3_debug", head: "linear", adapter: { kind: "lora", rank: 2 } } as const;
    const result = await train(recipe(model, { method }), { folder });
    expect(result).toMatchObject({ step: 2, reason: "finished" });
  });

  const networks = [
    ["dinov2_debug", "dpt"],
    ["dinov2_debug", "deeplab-v3+"],
    ["dinov3_convnext_debug", "deeplab-v3+"],
  ] as const;
  it.each(full ? networks : networks.slice(0, 1))(
    "trains %s with the head %s and the memory, and is opened again",
    async (backbone, head) => {
      const folder = new RunFolder(join(root, "run"));
      await train(recipe({ backbone, head }), { folder });
      using run = openRun(folder.path);
      scope(() => {
        const logits = noGrad(() => predict(run.network, formulaImages([0], [45, 50])));
        expect(logits.shape).toEqual([1, run.space.classes.length, 45, 50]);
        expect(logits.isfinite().all().item()).toBe(true);
      });
    },
  );

  const halves = [
    ["dinov2_debug", "deeplab-v3+"],
    ["dinov2_debug", "linear"],
    ["dinov3_debug", "linear"],
    ["dinov3_convnext_debug", "linear"],
  ] as const;
  it.each(full ? halves : halves.slice(0, 1))(
    "trains %s with the head %s in half precision",
    async (backbone, head) => {
      const folder = new RunFolder(join(root, "run"));
      const result = await train(recipe({ backbone, head }, { precision: "bfloat16" }), { folder });
      expect(result.reason).toBe("finished");
    },
  );

  it("holds what was trained alone, goes on bit by bit, and knows its backbone's file by content", async () => {
    const backboneWeights = publishedFile("dinov2_debug");
    const model = {
      backbone: "dinov2_debug",
      head: "linear",
      adapter: { kind: "lora" },
      backboneWeights,
    } as const;
    const whole = new RunFolder(join(root, "whole"));
    const given = recipe(model, { activationCheckpointing: true });
    await train(given, { folder: whole });
    const names = tensorsOf(whole.model("last"));
    expect(names.filter((name) => /\.mlp\.|\.norm1\.|layer0\.patches/.test(name))).toEqual([]);
    expect(names).toContain("layer0.position_rule");
    const checkpoint = join(whole.checkpoints, "step-000002", "model.safetensors");
    expect(tensorsOf(checkpoint).sort()).toEqual(names.sort());
    expect(statSync(whole.model("last")).size).toBeLessThan(statSync(backboneWeights).size);
    expect(tensorsOf(whole.model("best")).sort()).toEqual(names.sort());
    const sha256 = createHash("sha256").update(readFileSync(backboneWeights)).digest("hex");
    for (const which of ["best", "last"] as const) {
      const said = scope(() => [...loadSafetensors(whole.model(which)).metadata.values()].join());
      expect(said).toContain(sha256);
    }

    const halves = new RunFolder(join(root, "halves"));
    let steps = 0;
    const stop = new AbortController();
    const events = [
      {
        write: ({ event }: { event: string }) => {
          if (event === "step" && ++steps === 1) stop.abort();
        },
        flush: () => {},
        close: () => {},
      },
    ];
    await train(given, { folder: halves, signal: stop.signal, events: events as never });
    await train(given, { folder: halves, resume: true });
    const values = (folder: RunFolder) =>
      scope(() =>
        [...loadSafetensors(folder.model("last")).tensors].map(([name, tensor]) => [name, tensor.toArray()]),
      );
    expect(values(halves)).toEqual(values(whole));

    {
      using run = openRun(whole.path);
      expect(run.step).toBe(2);
    }
    publishedFile("dinov2_debug", 8);
    const other = scope(() => loadSafetensors(join(root, "dinov2_debug-8.safetensors")).tensors);
    saveSafetensors(backboneWeights, other);
    expect(() => openRun(whole.path)).toThrow(
      /is another file than .* was trained with: its SHA-256 begins with/,
    );
    await expect(train(given, { folder: whole, resume: true })).rejects.toThrow(
      "is another file than the run was begun with",
    );
    rmSync(backboneWeights);
    expect(() => openRun(whole.path)).toThrow(
      /holds what was trained beside the backbone's weights dinov2_debug-7\.safetensors/,
    );
  });

  describe("that was trained beside its backbone's file", () => {
    const trained = async () => {
      const backboneWeights = publishedFile("dinov2_debug");
      const model = {
        backbone: "dinov2_debug",
        head: "linear",
        adapter: { kind: "lora", rank: 2 },
        backboneWeights,
      } as const;
      const folder = new RunFolder(join(root, "run"));
      await train(recipe(model, { length: { steps: 1 } }), { folder });
      return { model, folder };
    };
    const place = async () => {
      const [images, labels] = [join(root, "place/images"), join(root, "place/labels")];
      const [width, height] = [48, 32];
      for (const index of [0, 1]) {
        const { image, label } = renderStreet({ domain: "night", seed: 0, index, width, height });
        await writeRgbPng(join(images, `${index}.png`), { width, height, pixels: image });
        await writeLabelPng(join(labels, `${index}.png`), { width, height, labels: label });
      }
      return { images, labels, out: join(root, "adapted") };
    };

    it("is named, adapted to a place, and holds as little as before", async () => {
      const { folder, model } = await trained();
      const said = describeContent(inspectWeights(folder.model("best"))).join("\n");
      expect(said).toContain(
        "network   dinov2_debug, lora, by its recipe; the rest is in dinov2_debug-7.safetensors",
      );
      expect(describeContent(inspectWeights(model.backboneWeights)).join("\n")).toContain(
        "network   the published dinov2_debug",
      );
      const given = { ...(await place()), shots: 2 };
      await adaptToPlace(folder.path, given);
      const adapted = new RunFolder(join(root, "adapted"));
      const fitted = "final2.0.context";
      const held = tensorsOf(adapted.model("best")).filter((name) => name !== fitted);
      expect(held.sort()).toEqual(tensorsOf(folder.model("best")).sort());
      {
        using run = openRun(adapted.path);
        expect(run.adaptation).not.toBeNull();
      }
      rmSync(model.backboneWeights);
      await expect(adaptToPlace(folder.path, { ...given, out: join(root, "again") })).rejects.toThrow(
        /holds what was trained beside the backbone's weights dinov2_debug-7\.safetensors/,
      );
    });

    it("is what another starts from, beside the same file and no other", async () => {
      const { folder, model } = await trained();
      const weights = { file: folder.model("last") };
      const start = (changed: object) =>
        train(recipe({ ...model, weights, ...changed }, { length: { steps: 1 } }), {
          folder: join(root, "next"),
        });
      await expect(start({ backboneWeights: publishedFile("dinov2_debug", 8) })).rejects.toThrow(
        /was trained beside dinov2_debug-7\.safetensors, whose SHA-256 begins with .*is another file/,
      );
      await expect(start({ backboneWeights: null })).rejects.toThrow(
        "name that file in model.backboneWeights",
      );
      expect((await start({})).step).toBe(1);
    });

    it("does not start from whole weights with another backbone", async () => {
      const { model } = await trained();
      const whole = untrainedRun(join(root, "whole"), {
        recipe: recipe({ ...model, backboneWeights: null }),
      });
      const weights = { file: new RunFolder(whole).model("last") };
      await expect(train(recipe({ ...model, weights }), { folder: join(root, "next") })).rejects.toThrow(
        /holds another backbone than model\.backboneWeights \(layer0\.\w+ differs\).*leave model\.backboneWeights out/,
      );
    });
  });

  it.each([
    [{ backbone: "dinov2_debug", head: "deeplab-v2" }, /model\.head: works at an output stride of 8/],
    [{ backbone: "resnet18", head: "dpt" }, /model\.head: takes maps of a transformer/],
    [{ backbone: "dinov3_debug", outputStride: 8 }, /model\.outputStride: must be 16/],
    [
      { backbone: "dinov3_debug", normalization: { layer1: "instance-whitening" } },
      /model\.normalization: .*no place for an instance/,
    ],
    [
      { backbone: "resnet18", adapter: { kind: "lora" } },
      /model\.adapter "lora" needs a foundation backbone/,
    ],
    [
      { backbone: "dinov2_debug", adapter: { kind: "lora", projections: ["gate"] } },
      /model\.adapter "lora" stands beside gate, but the blocks of dinov2_debug have query, key/,
    ],
    [
      { backbone: "dinov3_convnext_debug", adapter: { kind: "rein" } },
      /model\.adapter "rein" needs a transformer, which dinov3_convnext_debug is not/,
    ],
    [
      { backbone: "dinov3_convnext_debug", adapter: { kind: "last-blocks", blocks: 6 } },
      /model\.adapter "last-blocks" trains 6 blocks, but dinov3_convnext_debug has 5/,
    ],
    [
      { backbone: "dinov3_debug", positions: "hub" },
      /model\.positions is "hub", but "dinov3_debug" has no position embeddings/,
    ],
  ] as const)("of %o is refused before anything is computed", (model, message) => {
    expect(() => recipe(model as never)).toThrow(message);
  });

  it("without batch norms is calibrated for what its classes' frequencies weigh", async () => {
    const model = { backbone: "dinov3_debug", head: "linear" } as const;
    const { path } = new RunFolder(join(root, "run"));
    await train(recipe(model, { method: methods[0], calibration: { pictures: 2 } }), { folder: path });
    const { calibration } = await calibrate(path, [], { onlyNew: true });
    expect(calibration).toMatchObject({ rule: null, votes: null, candidates: [0], sourceDeparture: 0 });
    expect(calibration.shown.map(({ change }) => change)).not.toContain("framing");
    using run = openRun(path, { logitAdjustment: "auto" });
    expect(run.adjustedBy).toBe(calibration.logitAdjustment?.chosen);
    expect(() => openRun(path, { normalize: { kind: "image", weight: "auto" } })).toThrow(
      "has no batch norm, and so no statistics that a picture could bring: leave `normalize` out",
    );
  });

  it("whose memory only votes has no use for that memory's batch norms, and is calibrated without", async () => {
    const memory = { votesOnly: true, vote: 5 };
    const model = { backbone: "dinov3_debug", head: "linear", memory } as const;
    const { path } = new RunFolder(join(root, "run"));
    await train(recipe(model, { method: methods[1], calibration: { pictures: 1 } }), { folder: path });
    const { calibration } = await calibrate(path, [], { onlyNew: true });
    expect(calibration).toMatchObject({ rule: null, votes: { trained: 5 }, sourceDeparture: 0 });
    expect(() => openRun(path, { normalize: { kind: "image", weight: 0.3 } })).toThrow(/has no batch norm/);
  });

  it("refuses a crop that cuts patches, and names the nearest that do not", () => {
    const { data } = miniRecipe();
    const crop = { width: 512, height: 518 };
    expect(() =>
      miniRecipe({ data: { ...data, crop } as never, model: { backbone: "dinov2_debug" } }),
    ).toThrow('data.crop.width is 512, no multiple of 14, the patch of "dinov2_debug": take 504 or 518');
  });

  it("refuses weights of another size before the first step", async () => {
    const file = publishedFile("dinov3_debug");
    writeFileSync(join(root, "other"), "");
    const model = { backbone: "dinov2_debug", head: "linear", backboneWeights: file } as const;
    await expect(train(recipe(model), { folder: join(root, "run") })).rejects.toThrow(
      "these weights do not fit dinov2_debug: they are those of dinov3_debug",
    );
  });
});
