// Everything that is tried with one network under one kind of statistics and one draw of pictures: each scored picture goes
// through the network once, and is answered by every kind of rows, strength of votes and classifier.

import { dispose, keep, nn, noGrad, scope, type Tensor, where } from "@pinmem/torch";
import { type Dataset, evaluationImages } from "pinmem/data";
import { ConfusionMatrix, scoresOf } from "pinmem/evaluation";
import { cpuClock } from "../lib/cpu-clock.js";
import { labeledOf } from "./choose.js";
import { PlaceNetwork, resized, type Statistics } from "./encoded.js";
import { type LastLayer, type LastLayerExample, trainLastLayer } from "./last-layer.js";
import type { Measured } from "./measured.js";

export interface LeverOptions {
  readonly run: string;
  readonly statistics: Statistics;
  readonly given: Dataset;
  readonly scored: Dataset;
  /** Numbers of labeled pictures. */
  readonly shots: readonly number[];
  readonly votes: readonly number[];
  /** Learning rates of the last layer. */
  readonly rates: readonly number[];
  /** Seconds that the last layer has for so many labeled pictures. */
  readonly secondsFor: (shots: number) => number;
  readonly choice: number;
  readonly onPicture?: (done: number, total: number) => void;
}

export type Lever = Pick<
  Measured,
  "shots" | "variant" | "setting" | "meanIoU" | "classIoU" | "seconds" | "steps" | "pictures"
>;

interface Written {
  readonly shots: number;
  /** (K, C) */
  readonly items: Tensor;
  /** Of encoding and summing up. */
  readonly seconds: number;
}

interface Head extends LastLayer {
  readonly shots: number;
  readonly rate: number;
}

export async function measureLevers(options: LeverOptions): Promise<Lever[]> {
  const { scored, given, votes, onPicture = () => {} } = options;
  using place = await PlaceNetwork.open(options.run, options.statistics, given);
  const { classes, memory } = place.network;
  const trained = memory && scope(() => noGrad(() => keep(memory.items.clone())));
  const { written, heads } = await learn(place, trained, options);
  const tally = new Tallies(classes);
  try {
    let done = 0;
    for await (const picture of evaluationImages(scored)) {
      const size = [picture.height, picture.width] as const;
      scope(() =>
        noGrad(() => {
          const { feature, beforeLast } = place.encode(picture);
          const count = (key: Key, small: Tensor) =>
            scope(() => tally.of(key).add(winnersOf(place.network.enlarge(small, size)), picture.label));
          const seen = beforeLast(trained);
          const logits = place.last.call(seen);
          const grid = [logits.size(2), logits.size(3)] as const;
          const cosines = (items: Tensor) =>
            resized(place.voter.read(feature, { items, vote: 1 }).votes as Tensor, grid);
          const off: Key = { shots: 0, variant: "off", setting: null };
          const predicted = place.predicted(picture);
          if (predicted) tally.of(off).add(predicted, picture.label);
          else count(off, logits);
          if (trained && place.readsRows) {
            const cosine = cosines(trained);
            for (const vote of votes)
              count(
                { shots: 0, variant: "trained rows", setting: vote },
                logits.add(cosine, { alpha: vote }),
              );
          }
          for (const { shots, rate, weight, bias } of heads)
            count({ shots, variant: "last layer", setting: rate }, nn.F.conv2d(seen, weight, bias));
          for (const { shots, items } of written) {
            scope(() => {
              const cosine = cosines(items);
              const own = place.readsRows ? place.last.call(beforeLast(items)) : logits;
              count({ shots, variant: "nearest mean", setting: null }, cosine);
              for (const vote of place.readsRows ? [0, ...votes] : votes)
                count({ shots, variant: "written rows", setting: vote }, own.add(cosine, { alpha: vote }));
            });
          }
        }),
      );
      onPicture(++done, scored.samples.length);
    }
    return tally.all().map(({ key, matrix }): Lever => {
      const { meanIoU, classIoU } = scoresOf(matrix);
      const head = heads.find(({ shots, rate }) => shots === key.shots && rate === key.setting);
      const spent = key.variant === "last layer" ? head : written.find((one) => one.shots === key.shots);
      return {
        ...key,
        meanIoU: meanIoU ?? 0,
        classIoU: Object.fromEntries(
          scored.space.classes.map(({ name }, at) => [name, classIoU[at] ?? null]),
        ),
        seconds: spent?.seconds ?? 0,
        steps: key.variant === "last layer" ? (head?.steps ?? 0) : 0,
        pictures: done,
      };
    });
  } finally {
    dispose([...written.map(({ items }) => items), ...heads.flatMap(({ weight, bias }) => [weight, bias])]);
    if (trained) dispose(trained);
  }
}

/** Rows and classifiers for every number of labeled pictures. */
async function learn(
  place: PlaceNetwork,
  trained: Tensor | null,
  { given, shots, rates, secondsFor, choice }: LeverOptions,
): Promise<{ written: Written[]; heads: Head[] }> {
  const counts = shots.filter((one) => one > 0);
  const most = labeledOf(given.samples, Math.max(0, ...counts));
  const pictures: { feature: Tensor; example: LastLayerExample; seconds: number }[] = [];
  const written: Written[] = [];
  const heads: Head[] = [];
  try {
    for await (const picture of evaluationImages({ ...given, samples: most })) {
      const clock = cpuClock();
      scope(() => {
        const { feature, beforeLast } = place.encode(picture);
        const example = { seen: keep(beforeLast(trained)), label: keep(place.labelOf(picture)) };
        pictures.push({ feature: keep(feature), example, seconds: clock() });
      });
    }
    for (const count of counts) {
      const names = new Set(labeledOf(given.samples, count));
      const some = pictures.filter((_, at) => names.has(most[at] as (typeof most)[number]));
      const clock = cpuClock();
      const encoding = some.reduce((sum, { seconds }) => sum + seconds, 0);
      const items = rowsOf(place, some, trained);
      written.push({ shots: count, items, seconds: encoding + clock() });
      for (const rate of rates) {
        const seconds = Math.max(0, secondsFor(count) - encoding);
        const examples = some.map(({ example }) => example);
        const head = trainLastLayer(place.last, examples, { rate, seconds, seed: choice });
        heads.push({ ...head, seconds: head.seconds + encoding, shots: count, rate });
      }
    }
    return { written, heads };
  } finally {
    for (const { feature, example } of pictures) dispose([feature, example.seen, example.label]);
  }
}

/** Rows of the pictures' classes; the others as trained, or zero. */
function rowsOf(
  { voter }: PlaceNetwork,
  pictures: readonly { readonly feature: Tensor; readonly example: LastLayerExample }[],
  trained: Tensor | null,
): Tensor {
  using sums = voter.collect();
  for (const { feature, example } of pictures) sums.add(feature, example.label);
  return scope(() => {
    const own = sums.items().to("float32");
    return keep(trained ? where(own.ne(0).any(1, { keepdim: true }), own, trained) : own);
  });
}

type Key = Pick<Measured, "shots" | "variant" | "setting">;

/** A confusion matrix for everything that is tried. */
class Tallies {
  readonly #each = new Map<string, { readonly key: Key; readonly matrix: ConfusionMatrix }>();

  constructor(readonly classes: number) {}

  of(key: Key): ConfusionMatrix {
    const name = JSON.stringify(key);
    const entry = this.#each.get(name) ?? { key, matrix: new ConfusionMatrix(this.classes) };
    this.#each.set(name, entry);
    return entry.matrix;
  }

  all(): { readonly key: Key; readonly matrix: ConfusionMatrix }[] {
    return [...this.#each.values()];
  }
}

/** The class of each pixel with the largest score (1, K, H, W). */
function winnersOf(scores: Tensor): Uint8Array {
  const [, classes] = scores.max(1) as [Tensor, Tensor];
  return classes.to("uint8").toTypedArray() as Uint8Array;
}
