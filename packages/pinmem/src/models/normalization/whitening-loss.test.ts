import { readFileSync } from "node:fs";
import { cat, fromTypedArray, nn, noGrad, rand, scope, type Tensor, tensor } from "@pinmem/torch";
import { describe, expect, it } from "vitest";
import { formulaImages, formulaPhotos, formulaState } from "../../../../../golden/formula.js";
import { full } from "../../../test/scope.js";
import { createNetwork } from "../network.js";
import { covariances, PairVariances } from "./covariance.js";
import { InstanceWhitening, whiteningLayers } from "./instance-whitening.js";
import { WhiteningLoss } from "./whitening-loss.js";

interface OfficialLayer {
  dim: number;
  count: number;
  var: { sum: number; max: number; stride: number; samples: number[] };
  centroids: number[];
  num_sensitive: number;
  mask_sum: number;
  mask_hex?: string;
}

const official = JSON.parse(
  readFileSync(new URL("../../../../../golden/fixtures/resnet50_isw_64.json", import.meta.url), "utf8"),
).f64.isw.layers as OfficialLayer[];

/** Bits of a mask, row by row, four to a digit. */
function hexadecimal(mask: Tensor): string {
  const bits = [...(mask.toTypedArray() as Float32Array)].join("");
  return bits.replace(/[01]{4}/g, (four) => Number.parseInt(four, 2).toString(16));
}

/** Standardized features (B, C, 4, 5). */
const features = (batch: number, channels: number): Tensor =>
  new nn.InstanceNorm2d(channels).call(rand([batch, channels, 4, 5], { dtype: "float64" }));

describe("selective whitening", () => {
  it.runIf(full)("finds the official code's variances, clusters and masks", () => {
    scope(() => {
      const network = createNetwork({
        backbone: "resnet50",
        normalization: {
          layer0: "selective-whitening",
          layer1: "selective-whitening",
          layer2: "selective-whitening",
        },
      });
      const shapes = new Map([...network.stateDict()].map(([name, { shape }]) => [name, shape]));
      network.loadStateDict(formulaState(shapes));
      network.to({ dtype: "float64" }).eval();
      const loss = new WhiteningLoss(whiteningLayers(network));
      using variances = new PairVariances();
      for (const number of [0, 1]) {
        const pair = cat([formulaPhotos([number], [64, 64]), formulaImages([number], [64, 64])]).to(
          "float64",
        );
        noGrad(() => variances.add(network.encode(pair).whitening));
      }
      const selections = loss.select(variances);
      expect(variances.pairs).toBe(2);
      expect(selections).toHaveLength(official.length);
      for (const [index, expected] of official.entries()) {
        const found = variances.of(index);
        const flat = found.flatten();
        expect(found.shape).toEqual([expected.dim, expected.dim]);
        expect(found.sum().toNumber()).toBeCloseTo(expected.var.sum, 6);
        expect(found.max().toNumber()).toBeCloseTo(expected.var.max, 8);
        for (const [i, sample] of expected.var.samples.entries()) {
          expect(flat.select(0, i * expected.var.stride).toNumber()).toBeCloseTo(sample, 9);
        }
        const selection = selections[index];
        for (const [i, centroid] of expected.centroids.entries()) {
          expect(selection?.centroids[i]).toBeCloseTo(centroid, 9);
        }
        expect(selection?.found).toBe(expected.num_sensitive);
        expect(selection?.selected).toBe(expected.mask_sum);
        if (expected.mask_hex)
          expect(hexadecimal(loss.masks.at(index)?.mask as Tensor)).toBe(expected.mask_hex);
      }
    });
  });

  const threeChannels = (rows: number[][]) => {
    const variances = new PairVariances();
    variances.of = () => tensor(rows, { dtype: "float64" });
    return variances;
  };

  it("keeps of several trials what all of them select", () => {
    const loss = new WhiteningLoss([new InstanceWhitening(3, { selective: true })], { clusters: 2 });
    const mask = () => loss.masks.at(0)?.mask.toArray();
    expect(
      loss.select(
        threeChannels([
          [0, 9, 9],
          [0, 0, 1],
          [0, 0, 0],
        ]),
      )[0],
    ).toMatchObject({ found: 2, selected: 2 });
    expect(mask()).toEqual([
      [0, 1, 1],
      [0, 0, 0],
      [0, 0, 0],
    ]);
    expect(
      loss.select(
        threeChannels([
          [0, 9, 1],
          [0, 0, 8],
          [0, 0, 0],
        ]),
      )[0],
    ).toMatchObject({ found: 2, selected: 1 });
    expect(mask()).toEqual([
      [0, 1, 0],
      [0, 0, 0],
      [0, 0, 0],
    ]);
  });

  it("costs nothing before a selection, and where nothing reacts to colors", () => {
    const loss = new WhiteningLoss([new InstanceWhitening(3, { selective: true })]);
    expect(loss.call([features(2, 3)]).toNumber()).toBe(0);
    expect(
      loss.select(
        threeChannels([
          [0, 0, 0],
          [0, 0, 0],
          [0, 0, 0],
        ]),
      )[0],
    ).toMatchObject({ found: 0 });
    expect(loss.call([features(2, 3)]).toNumber()).toBe(0);
  });

  it("selects all but one in so many where it relaxes", () => {
    const loss = new WhiteningLoss([new InstanceWhitening(3, { selective: true })], { relaxation: 3 });
    expect(
      loss.select(
        threeChannels([
          [0, 3, 1],
          [0, 0, 2],
          [0, 0, 0],
        ]),
      )[0],
    ).toMatchObject({ found: 2, centroids: [] });
    expect(loss.masks.at(0)?.mask.toArray()).toEqual([
      [0, 1, 0],
      [0, 0, 1],
      [0, 0, 0],
    ]);
  });

  it("is saved and restored", () => {
    const layers = [new InstanceWhitening(3, { selective: true })];
    const [first, second] = [
      new WhiteningLoss(layers, { clusters: 2 }),
      new WhiteningLoss(layers, { clusters: 2 }),
    ];
    first.select(
      threeChannels([
        [0, 9, 9],
        [0, 0, 1],
        [0, 0, 0],
      ]),
    );
    second.loadStateDict(first.stateDict());
    const feature = features(2, 3);
    expect(second.call([feature]).toNumber()).toBe(first.call([feature]).toNumber());
    expect(
      second.select(
        threeChannels([
          [0, 9, 1],
          [0, 0, 8],
          [0, 0, 0],
        ]),
      )[0],
    ).toMatchObject({ selected: 1 });
  });
});

describe("PairVariances", () => {
  it("are the same whether pairs come together or one by one", () => {
    const [changed, original] = [features(3, 4), features(3, 4)];
    using together = new PairVariances();
    together.add([cat([changed, original])]);
    using single = new PairVariances();
    for (let i = 0; i < 3; i++) single.add([cat([changed.narrow(0, i, 1), original.narrow(0, i, 1)])]);
    expect(single.pairs).toBe(3);
    expect(single.of(0).sub(together.of(0)).abs().max().toNumber()).toBeLessThan(1e-15);
  });

  it("of an image with itself are zero", () => {
    const feature = features(1, 4);
    using variances = new PairVariances();
    variances.add([cat([feature, feature])]);
    expect(variances.of(0).abs().max().toNumber()).toBe(0);
  });

  it("refuse what are not pairs", () => {
    using variances = new PairVariances();
    expect(() => variances.add([features(3, 2)])).toThrow(/must hold features of the same pairs/);
    expect(() => variances.add([])).toThrow(/must hold features of the same pairs/);
  });
});

describe("whitening loss", () => {
  it("is the mean absolute covariance of different channels, over images and layers", () => {
    const [small, large] = [features(2, 3), features(2, 5)];
    const loss = new WhiteningLoss([new InstanceWhitening(3), new InstanceWhitening(5)]);
    const meanOf = (feature: Tensor) => {
      const [batch = 0, channels = 0] = feature.shape;
      const covariance = covariances(feature).toArray() as number[][][];
      let sum = 0;
      for (const matrix of covariance) {
        for (let i = 0; i < channels; i++) {
          for (let j = i + 1; j < channels; j++) sum += Math.abs(matrix[i]?.[j] as number);
        }
      }
      return sum / batch / ((channels * (channels - 1)) / 2);
    };
    expect(loss.call([small, large]).toNumber()).toBeCloseTo((meanOf(small) + meanOf(large)) / 2, 12);
  });

  it("spares, relaxed, a sum of as many as are spared", () => {
    // Two equal channels: one covariance of hw / (hw - 1).
    const values = Float64Array.from({ length: 16 }, (_, i) => (i % 2 ? 1 : -1));
    const feature = fromTypedArray(Float64Array.of(...values, ...values), [1, 2, 4, 4]);
    const plain = new WhiteningLoss([new InstanceWhitening(2)]);
    expect(plain.call([feature]).toNumber()).toBeCloseTo(16 / 15, 12);
    const third = fromTypedArray(Float64Array.of(...values, ...values, ...values), [1, 3, 4, 4]);
    const relaxed = new WhiteningLoss([new InstanceWhitening(3)], { relaxation: 2 });
    expect(relaxed.call([third]).toNumber()).toBeCloseTo(((3 * 16) / 15 - 1) / 3, 12);
  });

  it("pushes covariances down", () => {
    const layer = new InstanceWhitening(4);
    const loss = new WhiteningLoss([layer]);
    const mixing = rand([4, 4, 1, 1]).requiresGrad_();
    const image = rand([2, 4, 6, 6]);
    const lossOf = () => loss.call([layer.call(image.conv2d(mixing)).whitened]);
    const before = lossOf();
    before.backward();
    noGrad(() => mixing.sub_(mixing.grad as Tensor, { alpha: 0.1 }));
    expect(lossOf().toNumber()).toBeLessThan(before.toNumber());
  });

  it.each([
    [{ clusters: 1 }, /'clusters' must be an integer of at least 2, got 1/],
    [{ relaxation: 0.5 }, /'relaxation' must be 0 or a number above 1, got 0.5/],
  ])("refuses %o", (options, message) => {
    expect(() => new WhiteningLoss([new InstanceWhitening(2)], options)).toThrow(message);
  });

  it("refuses features of other layers than it has", () => {
    expect(() => new WhiteningLoss([])).toThrow(/at least one whitening layer/);
    expect(() => new WhiteningLoss([new InstanceWhitening(3)]).call([])).toThrow(
      /outputs of 1 layers, got 0/,
    );
  });
});
