import { join } from "node:path";
import { ConfusionMatrix, meanIoU } from "@pinmem/core";
import { renderStreet } from "@pinmem/streets";
import { keep, liveTensors, noGrad, scope, type Tensor } from "@pinmem/torch";
import { beforeEach, expect, it } from "vitest";
import { temporaryFolder } from "../../test/data-fixtures.js";
import { miniRecipe } from "../../test/mini-recipe.js";
import "../../test/tiny-backbone.js";
import { full } from "../../test/scope.js";
import { untrainedRun } from "../../test/untrained-run.js";
import { type Dataset, defineDataset } from "../datasets/dataset.js";
import { streetsDataset } from "../datasets/sets/streets.js";
import { writeLabelPng, writeRgbPng } from "../images/write-png.js";
import { PictureNorm } from "../inference/picture-norm.js";
import type { PlaceStatistics } from "../inference/place-statistics.js";
import { TestTimeNormalization } from "../inference/test-time-normalization.js";
import { imageTensor, normalize } from "../loading/batch-tensors.js";
import { evaluationImages } from "../loading/evaluation-loader.js";
import { adjustLogits } from "../models/adjust-logits.js";
import type { BackboneNetwork } from "../models/backbone-network.js";
import { predict } from "../models/segment.js";
import { type OpenRun, openRun } from "../runs/open-run.js";
import { type Candidate, leaveOneOut, meanIoUOver, type Scored } from "./leave-one-out.js";
import { lookAtPictures } from "./look-at-pictures.js";
import { refitClassifier } from "./refit-classifier.js";
import { writeMemory } from "./write-memory.js";

const run = untrainedRun(join(temporaryFolder(), "run"), {
  recipe: miniRecipe({ model: { backbone: "tiny" } }),
});
const dataset = streetsDataset({ domain: "night", count: 2, width: 48, height: 32 });

let opened: OpenRun;
let statistics: PlaceStatistics;
beforeEach(async () => {
  opened = openRun(run, { form: "trained" });
  statistics = await lookAtPictures(opened.network, dataset.samples as never);
  return () => {
    statistics[Symbol.dispose]();
    opened[Symbol.dispose]();
  };
});

const options = { trainedVote: 0, momentum: 0, dataset, mix: (weight: number) => statistics.mixInto(weight) };

/** Of the sources' classes: some never occur. */
const frequencies = Array.from({ length: 19 }, (_, trainId) => (trainId % 3 === 2 ? 0 : (trainId + 1) / 400));

/** The same by the ways of every other use: rows written from the others and stored, the network asked for its answer. */
async function expected(
  { weight, own, vote, rows, classifier, logitAdjustment }: Candidate,
  dataset: Dataset,
): Promise<ConfusionMatrix> {
  const { network } = opened;
  const memory = network.memory as NonNullable<typeof network.memory>;
  const trained = memory.items.clone();
  const before = memory.voteWeight;
  const matrix = new ConfusionMatrix(network.classes);
  statistics.mixInto(weight);
  using _ = own > 0 ? new TestTimeNormalization(network, own) : null;
  memory.voteWeight = vote;
  for await (const { index, image, label, width, height } of evaluationImages(dataset)) {
    const others: Dataset = { ...dataset, samples: dataset.samples.filter((_, at) => at !== index) };
    const otherFolds: Dataset = {
      ...dataset,
      samples: dataset.samples.filter((_, at) => (at - index) % 16 !== 0),
    };
    if (rows === "place") await writeMemory(opened, others);
    const { weight: kernel, context, bias } = (network as BackboneNetwork).addContext();
    const parts = [kernel, context, bias as Tensor];
    const asTrained = parts.map((one) => scope(() => noGrad(() => keep(one.clone()))));
    if (classifier > 0)
      await refitClassifier(network as BackboneNetwork, otherFolds, { strength: classifier });
    adjustLogits(network, frequencies, logitAdjustment);
    const answer = scope(() =>
      noGrad(() =>
        predict(network, normalize(imageTensor(image, [1, height, width])))
          .argmax({ dim: 1 })
          .to("uint8")
          .toTypedArray(),
      ),
    );
    matrix.add(answer as Uint8Array, label);
    memory.store(trained);
    noGrad(() => parts.forEach((one, at) => void one.copy_(asTrained[at] as Tensor)));
  }
  memory.voteWeight = before;
  return matrix;
}

it("scores each candidate as the network would with rows from the other pictures", async () => {
  const live = liveTensors();
  const choice = await leaveOneOut(opened.network, {
    ...options,
    weights: [0, 0.5],
    votes: [0, 20],
    classifiers: [10],
  });
  const { before, candidates } = choice;
  expect(choice.pictures).toHaveLength(2);
  choice[Symbol.dispose]();
  expect(liveTensors()).toBe(live);
  expect(candidates.map(({ weight, vote, rows }) => [weight, vote, rows]).slice(0, 3)).toEqual([
    [0, 0, "trained"],
    [0, 0, "place"],
    [0, 20, "place"],
  ]);
  expect(candidates[3]).toMatchObject({ weight: 0, vote: 0, rows: "trained", classifier: 10 });
  expect(before).toBe(candidates[0]);
  const pixels = 2 * 48 * 32;
  for (const one of [candidates[0], candidates[2], candidates[3], candidates[6]] as Scored[]) {
    const wanted = await expected(one, dataset);
    const differing = one.matrix.counts.reduce(
      (sum, count, at) => sum + Math.abs(count - (wanted.counts[at] as number)),
      0,
    );
    expect(differing / pixels).toBeLessThan(0.002); // votes are added in another order
  }
  expect(candidates[2]?.matrix.counts).not.toEqual(candidates[1]?.matrix.counts);
  expect(candidates[3]?.matrix.counts).not.toEqual(candidates[0]?.matrix.counts);
});

it("counts what is seen of classes that labels do not name against those who take it for one of theirs", async () => {
  const folder = temporaryFolder();
  const [ROAD, SEEN] = [0, 5];
  const samples: Dataset["samples"] = await Promise.all(
    [0, 1].map(async (index) => {
      const { image, label } = renderStreet({ domain: "night", seed: 0, index, width: 48, height: 32 });
      const size = { width: 48, height: 32 };
      const sample = {
        name: `${index}`,
        image: join(folder, `i${index}.png`),
        label: join(folder, `l${index}.png`),
      };
      await writeRgbPng(sample.image, { ...size, pixels: image });
      await writeLabelPng(sample.label, { ...size, labels: label.map((id) => (id === ROAD ? id : 255)) });
      return sample;
    }),
  );
  noGrad(() => (opened.network as BackboneNetwork).classifier.bias?.select(0, SEEN).fill_(100));
  const strokes = defineDataset({ name: "strokes", samples });
  const asked = { ...options, dataset: strokes, weights: [0], votes: [0, 1e4], classifiers: [10] };
  using alone = await leaveOneOut(opened.network, asked);
  using choice = await leaveOneOut(opened.network, { ...asked, named: new Set([ROAD]) });
  const allRoad = ({ vote }: Scored) => vote === 1e4;
  const [misled, told] = [alone.candidates.find(allRoad), choice.candidates.find(allRoad)] as Scored[];
  expect(misled?.score).toBe(1);
  const labeled = told?.matrix.counts.reduce((sum, count) => sum + count, 0) ?? 0;
  expect(told?.matrix.counts).toEqual(misled?.matrix.counts); // What is reported is of labels alone.
  expect(told?.score).toBeCloseTo(labeled / (2 * 48 * 32), 12);
  const shown = ({ pictures }: typeof choice) =>
    pictures.map(({ classifier }) => [...(classifier?.classes.keys() ?? [])]);
  expect(shown(alone)).toEqual([[ROAD], [ROAD]]);
  expect(shown(choice).flat()).toContain(SEEN);
});

it("tries logits with the sources' class frequencies and without, and takes a single adjustment as it is given", async () => {
  const asked = { ...options, frequencies, weights: [0], votes: [0, 20], classifiers: [10] };
  using choice = await leaveOneOut(opened.network, { ...asked, logitAdjustments: [0, 2] });
  const { before, candidates } = choice;
  expect(before).toBe(candidates[0]);
  expect(candidates.map(({ logitAdjustment }) => logitAdjustment)).toEqual([0, 0, 0, 0, 2, 2, 2, 2]);
  for (const one of [candidates[4], candidates[6], candidates[7]] as Scored[]) {
    const wanted = await expected(one, dataset);
    const differing = one.matrix.counts.reduce(
      (sum, count, at) => sum + Math.abs(count - (wanted.counts[at] as number)),
      0,
    );
    expect(differing / (2 * 48 * 32)).toBeLessThan(0.002); // votes are added in another order
  }
  expect(candidates[4]?.matrix.counts).not.toEqual(candidates[0]?.matrix.counts);
  using fixed = await leaveOneOut(opened.network, { ...asked, logitAdjustments: [2] });
  expect(fixed.before).toMatchObject({ logitAdjustment: 0, classifier: 0, rows: "trained" });
  expect(new Set(fixed.candidates.map(({ logitAdjustment }) => logitAdjustment))).toEqual(new Set([2]));
  expect(fixed.best.logitAdjustment).toBe(2);
});

it("keeps the network as it was where nothing is better, and otherwise the first weight unless another is clearly better", async () => {
  const score = (one: Scored) => one.score;
  for (const weights of [
    [0, 0.1, 0.5, 1],
    [0.5, 0],
  ]) {
    using choice = await leaveOneOut(opened.network, { ...options, weights, votes: [0, 5] });
    const { before, best, candidates } = choice;
    const bestAt = (weight: number) =>
      Math.max(...candidates.filter((one) => one.weight === weight).map(score));
    const taken = weights.reduce((one, other) => (bestAt(other) > bestAt(one) + 0.01 ? other : one));
    expect([best.weight, score(best)]).toEqual(
      bestAt(taken) > score(before) ? [taken, bestAt(taken)] : [0, score(before)],
    );
    expect(candidates).toContain(before);
    expect(before).toMatchObject({ weight: 0, vote: 0, rows: "trained" });
  }
});

it("tries pictures' own statistics under the best weight of the place's, as the network would with them, and takes those that are clearly better", async () => {
  using choice = await leaveOneOut(opened.network, {
    ...options,
    weights: [0, 0.5],
    owns: [0.1, 0.9],
    votes: [0, 20],
    classifiers: [10],
  });
  const { candidates, best, before } = choice;
  const score = (one: Scored) => one.score;
  const at = (weight: number, own: number) =>
    candidates.filter((one) => one.weight === weight && one.own === own);
  const tried = candidates.filter(({ own }) => own > 0);
  const [under] = tried;
  expect(new Set(tried.map(({ weight }) => weight)).size).toBe(1);
  expect(tried.map(({ own }) => own)).toEqual([0.1, 0.1, 0.1, 0.1, 0.9, 0.9, 0.9, 0.9]);
  for (const one of [tried[2], tried[7]] as Scored[]) {
    const wanted = await expected(one, dataset);
    const differing = one.matrix.counts.reduce(
      (sum, count, at) => sum + Math.abs(count - (wanted.counts[at] as number)),
      0,
    );
    expect(differing / (2 * 48 * 32)).toBeLessThan(0.002); // votes are added in another order
  }
  let most = Math.max(...at(under?.weight ?? 0, 0).map(score));
  let own = 0;
  for (const other of [0.1, 0.9]) {
    const leading = Math.max(...at(under?.weight ?? 0, other).map(score));
    if (leading > most + 0.01) [most, own] = [leading, other];
  }
  if (best === before) expect(most).toBeLessThanOrEqual(score(before));
  else expect([best.own, score(best)]).toEqual([own, most]);
  // The network is as it was: nothing mixes in it any more.
  expect(opened.network.modules().some((module) => module instanceof PictureNorm)).toBe(false);
});

it("begins with the share of own statistics that the network has, and tries none", async () => {
  using choice = await leaveOneOut(opened.network, {
    ...options,
    weights: [0],
    own: 0.1,
    ownBefore: 0.3,
    votes: [0, 5],
  });
  expect(choice.before).toMatchObject({ weight: 0, own: 0.3, rows: "trained" });
  expect(choice.candidates.map(({ weight, own }) => [weight, own])).toEqual([
    [0, 0.1],
    [0, 0.1],
    [0, 0.1],
  ]);
  const same = await expected(choice.before, dataset);
  expect(choice.before.matrix.counts).toEqual(same.counts);
});

it.runIf(full)(
  "fits the classifier of each picture to the other folds, where there are more than sixteen",
  async () => {
    const many = streetsDataset({ domain: "night", count: 17, width: 16, height: 16 });
    using choice = await leaveOneOut(opened.network, {
      ...options,
      dataset: many,
      mix: () => {},
      weights: [0],
      votes: [0, 5],
      classifiers: [10],
    });
    expect(choice.pictures.filter(({ classifier }) => (classifier?.classes.size ?? 0) > 0)).toHaveLength(16);
    const [fitted] = choice.candidates.filter(({ classifier }) => classifier === 10);
    const wanted = await expected(fitted as Scored, many);
    const differing = wanted.counts.reduce(
      (sum, count, at) => sum + Math.abs(count - (fitted?.matrix.counts[at] as number)),
      0,
    );
    expect(differing / (17 * 16 * 16)).toBeLessThan(0.002); // the fit is added to logits there, to weights here
  },
);

it("takes the first of weights that are alike", async () => {
  const alike = { ...options, mix: () => {}, votes: [0, 5], classifiers: [10] };
  using choice = await leaveOneOut(opened.network, { ...alike, weights: [0.25, 0, 0.5] });
  expect(choice.best).not.toBe(choice.before);
  expect(choice.best.weight).toBe(0.25);
});

it("takes single values as they are given", async () => {
  const asked: number[] = [];
  const mix = (weight: number) => {
    asked.push(weight);
    statistics.mixInto(weight);
  };
  using given = await leaveOneOut(opened.network, { ...options, mix, weights: [0.3], votes: [10] });
  expect(asked).toEqual([0.3, 0]);
  expect(given.candidates).toHaveLength(1);
  expect(given.best).toMatchObject({ weight: 0.3, vote: 10, rows: "place" });
  expect(given.before).toMatchObject({ weight: 0, vote: 0, rows: "trained" });
});

it("asks of pictures only the classes that several of them show, of which the others could tell", async () => {
  using choice = await leaveOneOut(opened.network, { ...options, weights: [0], votes: [0, 5] });
  const shown = new Map<number, number>();
  for await (const { label } of evaluationImages(dataset)) {
    for (const trainId of new Set(label)) shown.set(trainId, (shown.get(trainId) ?? 0) + 1);
  }
  const several = [...shown].flatMap(([trainId, pictures]) =>
    pictures > 1 && trainId < 19 ? [trainId] : [],
  );
  expect(several.length).toBeGreaterThan(2);
  expect([...shown.values()]).toContain(1);
  for (const { matrix, score } of choice.candidates) {
    const at = (row: number, column: number) => matrix.counts[row * 19 + column] as number;
    const ious = several.map((one) => {
      const labeled = Array.from({ length: 19 }, (_, column) => at(one, column)).reduce((a, b) => a + b);
      const predicted = several.reduce((sum, row) => sum + at(row, one), 0);
      return at(one, one) / (labeled + predicted - at(one, one));
    });
    expect(score).toBeCloseTo(ious.reduce((a, b) => a + b) / ious.length, 12);
  }
  const [{ matrix } = { matrix: new ConfusionMatrix(19) }] = choice.candidates;
  expect(meanIoUOver(matrix, new Set())).toBe(meanIoU(matrix));
});
