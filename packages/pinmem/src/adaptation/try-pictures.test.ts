import { BicubicResizer } from "@pinmem/core";
import { protocol } from "@pinmem/core/formats";
import { manualSeed, nn, randn, scope, type Tensor } from "@pinmem/torch";
import { expect, it } from "vitest";
import { AutoPredictor } from "../inference/auto-predictor.js";
import { pictureInput, statisticsView } from "../inference/picture-input.js";
import { SecondLook } from "../inference/second-look.js";
import { predictionSigns } from "../inference/shift-rule.js";
import type { EvaluationImage } from "../loading/evaluation-loader.js";
import { tryPictures } from "./try-pictures.js";

const CLASSES = 3;

function network(): nn.Sequential {
  manualSeed(3);
  const net = new nn.Sequential(
    new nn.Conv2d(3, 4, 3, { padding: 1, stride: 4, bias: false }),
    new nn.BatchNorm2d(4),
    new nn.ReLU({ inplace: true }),
    new nn.Conv2d(4, CLASSES, 1),
    new nn.Upsample({ scaleFactor: 4, mode: "bilinear", alignCorners: false }),
  );
  scope(() => {
    for (const module of net.modules()) {
      if (!(module instanceof nn.BatchNorm2d)) continue;
      module.runningMean?.copy_(randn([4]));
      module.runningVar?.fill_(2);
    }
  });
  return net.eval().requiresGrad_(false);
}

/** Larger than statistics need. */
const [width, height] = [1280, 960];
const pixels = Uint8Array.from({ length: width * height * 3 }, (_, at) => (at * 13 + (at >> 7)) % 251);
const label = Uint8Array.from({ length: width * height }, (_, at) => at % CLASSES);

it("judges a large picture by what is seen of it where it is predicted", async () => {
  const net = network();
  const forward = (image: Tensor) => net.call(image);
  const second = new SecondLook(net, forward);
  async function* images(): AsyncGenerator<EvaluationImage> {
    yield { index: 0, name: "large", image: pixels, label, width, height };
  }
  const [plain] = await tryPictures(images(), {
    forward,
    second,
    weight: 0.5,
    classes: CLASSES,
    seed: 0,
  });
  const image = { width, height, pixels };
  scope(() => {
    const seen = pictureInput([statisticsView(image, new BicubicResizer())], "cpu");
    const logits = second.trained(seen);
    expect(plain?.entropy).toBeCloseTo(predictionSigns(logits).entropy, 6);
    expect(plain?.clearest?.departure).toBeCloseTo(second.look(seen, 0.5, logits).departure, 6);
  });
  const fresh = network();
  const predictor = new AutoPredictor({
    trained: (one) => fresh.call(one),
    second,
    rule: { threshold: 0, information: 0, departure: 0, weight: 0.5 },
    protocol: protocol("whole", { normalize: { kind: "image", weight: "auto" } }),
  });
  const counts = new Float64Array(CLASSES ** 2);
  predictor.labels([image])[0]?.forEach((predicted, at) => {
    const cell = (label[at] as number) * CLASSES + predicted;
    counts[cell] = (counts[cell] as number) + 1;
  });
  expect([...(plain?.clearest?.matrix.counts ?? [])]).toEqual([...counts]);
});

it("hears signals between pictures that are there at once, and stops after the one in work", async () => {
  const net = network();
  const forward = (image: Tensor) => net.call(image);
  const [side, count] = [16, 5];
  async function* images(): AsyncGenerator<EvaluationImage> {
    const picture = { width: side, height: side, image: pixels.slice(0, 3 * side * side) };
    for (let index = 0; index < count; index++)
      yield { index, name: `${index}`, label: label.slice(0, side * side), ...picture };
  }
  const stop = new AbortController();
  const done: number[] = [];
  setImmediate(() => stop.abort()); // As a signal: heard by the event loop alone.
  const tried = tryPictures(images(), {
    forward,
    second: null,
    weight: 0.5,
    classes: CLASSES,
    seed: 0,
    signal: stop.signal,
    onPicture: (turn) => done.push(turn),
  });
  await expect(tried).rejects.toThrow("aborted");
  expect(done.length).toBeLessThan(count);
});
