import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { renderStreet } from "@pinmem/streets";
import { loadSafetensors, noGrad, randn, scope, type Tensor } from "@pinmem/torch";
import { beforeAll, describe, expect, it } from "vitest";
import { calibrateAs } from "../../test/calibrated-run.js";
import { temporaryFolder } from "../../test/data-fixtures.js";
import "../../test/tiny-backbone.js";
import { miniRecipe } from "../../test/mini-recipe.js";
import { untrainedRun } from "../../test/untrained-run.js";
import { writeLabelPng, writeRgbPng } from "../images/write-png.js";
import { adaptToPlace } from "./adapt-to-place.js";
import { describeAdaptation } from "./describe-adaptation.js";
import { type OpenRun, openRun } from "./open-run.js";
import { train } from "./train.js";

const recipe = miniRecipe({ model: { backbone: "tiny" } });
const root = temporaryFolder();
const run = join(root, "run");
const images = join(root, "night/images");
const labels = join(root, "night/labels");
const [width, height] = [64, 32];
let turn = 0;
const fresh = () => join(root, `adapted-${turn++}`);

beforeAll(async () => {
  untrainedRun(run, { recipe });
  for (let index = 0; index < 4; index++) {
    const { image, label } = renderStreet({ domain: "night", seed: 0, index, width, height });
    await writeRgbPng(join(images, `drive/${index}.png`), { width, height, pixels: image });
    if (index < 3) await writeLabelPng(join(labels, `drive/${index}.png`), { width, height, labels: label });
  }
});

const contentOf = (folder: string) =>
  Object.fromEntries(
    readdirSync(folder)
      .sort()
      .map((name) => [name, readFileSync(join(folder, name)).toString("base64")]),
  );

/** Names of the tensors that differ between two files of weights. */
const changed = (a: string, b: string): string[] =>
  scope(() => {
    const [one, other] = [loadSafetensors(a).tensors, loadSafetensors(b).tensors];
    expect([...one.keys()]).toEqual([...other.keys()]);
    return [...one].flatMap(([name, tensor]) => (tensor.equal(other.get(name) as never) ? [] : [name]));
  });

describe("adapting to pictures alone", () => {
  it("changes running statistics and nothing else, and leaves the run that it comes from as it was", async () => {
    const before = contentOf(run);
    const { out, record } = await adaptToPlace(run, { images, out: fresh() });
    expect(record).toMatchObject({
      images,
      labels: null,
      pictures: 4,
      labeled: 0,
      weight: 0.3,
      leftOut: null,
      from: { run, file: join(run, "last.safetensors"), step: 0 },
    });
    const names = changed(join(run, "last.safetensors"), join(out, "last.safetensors"));
    expect(names.length).toBeGreaterThan(20);
    expect(names.filter((name) => !/running_(mean|var)$/.test(name))).toEqual([]);
    expect(contentOf(run)).toEqual(before);
    expect(readdirSync(out).sort()).toEqual([
      "adaptation.json",
      "best.safetensors",
      "environment.json",
      "last.safetensors",
      "recipe.json",
    ]);
    using opened = openRun(out);
    expect(opened).toMatchObject({ recipe, score: null, adaptation: record });
    expect(readdirSync(root).filter((name) => name.startsWith("."))).toEqual([]);
  });

  it("takes as much of the sources' class frequencies out of the logits as the run's calibration found best, and once", async () => {
    const calibrated = untrainedRun(fresh(), { recipe });
    const frequencies = Array.from({ length: 19 }, (_, trainId) => (trainId < 4 ? 0.1 * (trainId + 1) : 0));
    const file = await calibrateAs(calibrated, {
      logitAdjustment: { frequencies, chosen: 0.4, candidates: [0, 0.4], shown: [] },
    });
    const adapting = { images, weight: 0 };
    const { out, record } = await adaptToPlace(calibrated, { ...adapting, out: fresh() });
    expect([record.logitAdjustment, record.notes]).toEqual([0.4, []]);
    const adapted = join(out, "last.safetensors");
    expect(changed(file, adapted)).toEqual(["final2.0.bias"]);
    scope(() => {
      const [before, after] = [file, adapted].map((one) =>
        loadSafetensors(one).tensors.get("final2.0.bias")?.toArray(),
      ) as [number[], number[]];
      for (const [trainId, share] of frequencies.entries()) {
        const out = share > 0 ? 0.4 * Math.log(share) : 0;
        expect(after[trainId]).toBeCloseTo((before[trainId] as number) - out, 5);
      }
    });
    const again = await adaptToPlace(out, { ...adapting, out: fresh() });
    expect(again.record.logitAdjustment).toBe(0.4);
    expect(changed(adapted, join(again.out, "last.safetensors"))).toEqual([]);
    const without = await adaptToPlace(calibrated, { ...adapting, logitAdjustment: 0, out: fresh() });
    expect(without.record.logitAdjustment).toBe(0);
    expect(changed(file, join(without.out, "last.safetensors"))).toEqual([]);
  });

  it("refuses to train on there, with the reason", async () => {
    const { out } = await adaptToPlace(run, { images, out: fresh(), limit: 1 });
    await expect(train(recipe, { folder: out, resume: true })).rejects.toThrow(
      /was adapted to a place, and has no state to train on from; resume the run that it came from/,
    );
    expect(existsSync(join(out, "checkpoints"))).toBe(false);
  });
});

describe("adapting with labels", () => {
  it("writes rows of the classes that occur, chooses by pictures left out, and keeps the rows before", async () => {
    const { out, record } = await adaptToPlace(run, { images, labels, out: fresh(), weight: 0.3, vote: 10 });
    expect(record).toMatchObject({ labels, pictures: 4, labeled: 3, weight: 0.3, vote: 10, attached: false });
    expect(record.written).toContain("road");
    expect(record.leftOut?.candidates).toHaveLength(1);
    expect(Object.keys(record.leftOut?.before.classIoU ?? {})).toHaveLength(19);
    const names = changed(join(run, "last.safetensors"), join(out, "last.safetensors"));
    expect(names.filter((name) => !/running_(mean|var)$/.test(name))).toEqual(["memory.m_items"]);
    scope(() => {
      const rows = (file: string) => loadSafetensors(join(file)).tensors.get("memory.m_items")?.toArray();
      expect(rows(join(out, "rows-before.safetensors"))).toEqual(rows(join(run, "last.safetensors")));
      const [before, after] = [
        rows(join(run, "last.safetensors")),
        rows(join(out, "last.safetensors")),
      ] as number[][][];
      const classes = JSON.parse(readFileSync(join(out, "adaptation.json"), "utf8")).written as string[];
      const moved = (before ?? []).filter((row, trainId) => String(row) !== String(after?.[trainId]));
      expect(moved).toHaveLength(classes.length);
    });
    using opened = openRun(out);
    expect(opened.network.memory?.voteWeight).toBe(10);
    expect(opened.recipe.model.memory.vote).toBe(10);
  });
});

describe("a network without a memory", () => {
  const erm = join(root, "erm");
  beforeAll(() => {
    untrainedRun(erm, { recipe: { ...recipe, method: { name: "erm" } } });
  });

  const image = () => randn([1, 3, height, width]);

  it("gets one that only votes, and says the same without votes", async () => {
    const { out, record } = await adaptToPlace(erm, { images, labels, out: fresh(), weight: 0, vote: 20 });
    expect(record).toMatchObject({ attached: true, vote: 20, weight: 0 });
    expect(record.notes).toContainEqual(expect.stringMatching(/one that votes was attached/));
    using plain = openRun(erm);
    using adapted = openRun(out);
    const { memory } = adapted.network;
    if (!memory) throw new Error("there should be a memory");
    scope(() => {
      const input = image();
      const logits = ({ network }: OpenRun) => noGrad(() => network.call(input).logits);
      const differs = () => logits(adapted).sub(logits(plain)).abs().max().toNumber();
      expect(differs()).toBeGreaterThan(0.1);
      memory.voteWeight = 0;
      expect(differs()).toBeLessThan(1e-5);
    });
    const zero = (memory.items.toArray() as number[][]).filter((row) => row.every((value) => value === 0));
    expect(zero).toHaveLength(19 - record.written.length);
  });

  it("gets none without labels, and is told that votes are nothing to it then", async () => {
    const { out, record } = await adaptToPlace(erm, { images, out: fresh(), limit: 1 });
    expect(record).toMatchObject({ attached: false, vote: 0, pictures: 1 });
    expect(existsSync(join(out, "rows-before.safetensors"))).toBe(false);
    using adapted = openRun(out);
    expect(adapted.network.memory).toBeNull();
    const there = fresh();
    await expect(adaptToPlace(erm, { images, out: there, vote: 10 })).rejects.toThrow(
      /`vote` has no effect without `labels`/,
    );
    expect(existsSync(there)).toBe(false);
  });

  it("keeps none where its last layer alone was fitted, and says nothing of one", async () => {
    const { out, record } = await adaptToPlace(erm, { images, labels, shots: 1, out: fresh() });
    expect(record).toMatchObject({ attached: false, written: [], vote: 0, classifier: 1 });
    expect(existsSync(join(out, "rows-before.safetensors"))).toBe(false);
    expect([...record.notes, ...describeAdaptation(record)].join()).not.toMatch(/memory/);
    using adapted = openRun(out);
    expect([adapted.network.memory, adapted.recipe.model.context]).toEqual([null, true]);
    const again = await adaptToPlace(out, { images, labels, weight: 0, vote: 10, out: fresh() });
    expect(again.record).toMatchObject({ attached: true, vote: 10 });
  });

  it("remembers rows of the place over an adaptation that writes none", async () => {
    const first = await adaptToPlace(run, { images, labels, out: fresh(), weight: 0, vote: 10 });
    const between = await adaptToPlace(first.out, { images, out: fresh(), weight: 0.2 });
    expect(between.record).toMatchObject({ written: [], placeRows: true });
    const last = await adaptToPlace(between.out, { images, labels, out: fresh(), weight: 0, vote: 10 });
    expect(last.record.momentum).toBe(0.8);
    const without = await adaptToPlace(run, { images, out: fresh(), weight: 0.2 });
    expect(without.record.placeRows).toBe(false);
  });

  it("is gone on with: rows move by the momentum from where they were", async () => {
    const options = { images, labels, weight: 0, vote: 20 };
    const first = await adaptToPlace(erm, { ...options, out: fresh() });
    const second = await adaptToPlace(first.out, {
      ...options,
      shots: 1,
      out: fresh(),
    });
    expect(first.record.momentum).toBe(0);
    expect(second.record).toMatchObject({
      momentum: 0.8,
      labeled: 1,
      attached: false,
      from: { run: first.out },
    });
    scope(() => {
      const rowsOf = (run: string) =>
        loadSafetensors(join(run, "last.safetensors")).tensors.get("memory.m_items") as Tensor;
      const cosines = rowsOf(first.out).mul(rowsOf(second.out)).sum(1).toArray() as number[];
      const road = cosines[0] as number;
      expect(road).toBeGreaterThan(0.9);
      expect(road).toBeLessThan(1);
    });
  });
});

describe("a strength of votes that was learned", () => {
  it("gives way to the one that is chosen", async () => {
    const learned = join(root, "learned");
    const memory = { ...recipe.model.memory, vote: { learned: 7 } };
    untrainedRun(learned, { recipe: { ...recipe, model: { ...recipe.model, memory } } });
    const { out } = await adaptToPlace(learned, { images, labels, shots: 1, vote: 5, out: fresh() });
    using adapted = openRun(out);
    expect(adapted.network.memory?.voteWeight).toBe(5);
    const alone = await adaptToPlace(learned, { images, limit: 1, out: fresh() });
    expect(alone.record.vote).toBeCloseTo(7, 4);
    using same = openRun(alone.out);
    expect(same.network.memory?.voteWeight).toBeCloseTo(7, 4);
    expect(same.recipe.model.memory.vote).toEqual({ learned: 7 });
  });
});

describe("one labeled picture", () => {
  it("is not left out: values that did well elsewhere are taken, and it is said", async () => {
    const { record } = await adaptToPlace(run, { images, labels, shots: 1, out: fresh() });
    expect(record).toMatchObject({ labeled: 1, weight: 0.3, vote: 0, classifier: 1, leftOut: null });
    expect(record.notes.join()).toMatch(/one picture is labeled, so that none can be left out/);
  });
});

describe("two or three labeled pictures", () => {
  /** Labels of the first few pictures. */
  const labeled = async (trainId: (at: number) => number, count = 2): Promise<string> => {
    const folder = join(root, `labels-${turn++}`);
    const ids = Uint8Array.from({ length: width * height }, (_, at) => trainId(at));
    for (let index = 0; index < count; index++)
      await writeLabelPng(join(folder, `drive/${index}.png`), { width, height, labels: ids });
    return folder;
  };

  it.each([
    [2, [3]],
    [3, [10, 3]],
  ])(
    "choose, where they name what is seen and are %i, between fits of %j and a weak one: the strongest that answers what is left out clearly better than none",
    async (count, stronger) => {
      const all = await labeled((at) => at % 19, count);
      const { record } = await adaptToPlace(run, { images, labels: all, out: fresh() });
      expect(record).toMatchObject({ labeled: count, weight: 0.3 });
      const scores = new Map(
        record.leftOut?.candidates.flatMap(({ rows, classifier, meanIoU }) =>
          rows === "trained" ? [[classifier, meanIoU ?? 0] as const] : [],
        ),
      );
      expect([...scores.keys()]).toEqual([0, ...stronger, 1]);
      const of = (strength: number) => scores.get(strength) ?? 0;
      const taken = stronger.find((strength) => of(strength) > of(0) + 0.01) ?? 1;
      expect([record.classifier, record.leftOut?.after.meanIoU]).toEqual([taken, of(taken)]);
      expect(record.notes.join()).toMatch(new RegExp(`${count} pictures are labeled, too few to choose by`));
    },
  );

  it("choose between a weak fit and stronger ones where they name little of it, with what is seen of other classes", async () => {
    const few = await labeled((at) => (at < 8 ? 18 : 255));
    const { record } = await adaptToPlace(run, { images, labels: few, out: fresh() });
    expect(
      record.leftOut?.candidates.map(({ weight, rows, classifier }) => [weight, rows, classifier]),
    ).toEqual([0, 10, 3, 1].map((strength) => [0.3, "trained", strength]));
    expect(record.notes.join()).toMatch(/what it sees of the others stands for them/);
  });

  it("leave alone what is given", async () => {
    const all = await labeled((at) => at % 19);
    const { record } = await adaptToPlace(run, { images, labels: all, weight: 0, vote: 5, out: fresh() });
    expect(record).toMatchObject({ weight: 0, vote: 5, classifier: 0 });
  });
});

describe("steps on the labeled pictures", () => {
  it("change norms, write network, classifier and rows alone, the same for the same seed", async () => {
    const options = { images, labels, shots: 2, weight: 0, vote: 10, steps: 2 } as const;
    const [one, same, other] = [
      await adaptToPlace(run, { ...options, out: fresh() }),
      await adaptToPlace(run, { ...options, out: fresh() }),
      await adaptToPlace(run, { ...options, out: fresh(), seed: 1, steps: 3 }),
    ];
    const weights = (folder: string) => join(folder, "last.safetensors");
    expect(changed(weights(one.out), weights(same.out))).toEqual([]);
    expect(changed(weights(one.out), weights(other.out)).length).toBeGreaterThan(20);
    const names = changed(weights(run), weights(one.out));
    const norms = scope(() =>
      [...loadSafetensors(weights(run)).tensors.keys()]
        .filter((name) => name.endsWith(".running_mean"))
        .map((name) => name.replace("running_mean", "")),
    );
    const isNorm = (name: string) => norms.some((norm) => [`${norm}weight`, `${norm}bias`].includes(name));
    const others = names.filter((name) => !isNorm(name));
    expect(others.sort()).toEqual([
      "final2.0.bias",
      "final2.0.weight",
      "memory.m_items",
      "memory.writenet.writefeat.0.weight",
    ]);
    expect(one.record.notes.join()).toMatch(/those before the training steps/);
  });
});
