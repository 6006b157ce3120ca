import type { RgbImage } from "@pinmem/core";
import { protocol } from "@pinmem/core/formats";
import { dispose, liveTensors, manualSeed, nn, noGrad, randn, scope, type Tensor } from "@pinmem/torch";
import { describe, expect, it } from "vitest";
import { full } from "../../test/scope.js";
import { TINY } from "../../test/tiny-backbone.js";
import { createNetwork, type NetworkOptions } from "../models/network.js";
import { predict } from "../models/segment.js";
import type { SegmentationNetwork } from "../models/segmentation-network.js";
import { Predictor } from "./predictor.js";
import { LARGEST_FOR_STATISTICS, TestTimeNormalization } from "./test-time-normalization.js";

/** A network in double precision whose running statistics are not those of any picture. */
function networkOf(options: NetworkOptions): SegmentationNetwork {
  manualSeed(5);
  const network = createNetwork(options).eval().requiresGrad_(false).to({ dtype: "float64" });
  scope(() => {
    for (const module of network.modules()) {
      if (!(module instanceof nn.BatchNorm2d)) continue;
      module.runningMean?.copy_(randn(module.runningMean.shape, { dtype: "float64" }).mul(0.1));
      module.runningVar?.copy_(randn(module.runningVar.shape, { dtype: "float64" }).mul(0.1).exp());
    }
    network.memory?.items.copy_(nn.F.normalize(randn(network.memory.items.shape, { dtype: "float64" })));
  });
  return network;
}

const images = (count: number, height = 49, width = 65): Tensor => {
  manualSeed(9);
  return randn([count, 3, height, width], { dtype: "float64" });
};

const logitsOf = (network: SegmentationNetwork, image: Tensor): Tensor =>
  noGrad(() => predict(network, image));

const distance = (a: Tensor, b: Tensor): number =>
  scope(() => a.sub(b).abs().max().toNumber() / b.abs().max().toNumber());

const small: NetworkOptions[] = [
  { backbone: TINY, memory: {} },
  { backbone: TINY, head: "deeplab-v2", normalization: { layer1: "instance-norm" } },
  { backbone: "mobilenet_v2" },
];
const large: NetworkOptions[] = [
  { backbone: "resnet18", outputStride: 16, memory: {} },
  { backbone: "mobilenet_v2", memory: {} },
  { backbone: "shufflenet_v2_x1_0", head: "deeplab-v2" },
  { backbone: "resnet18", outputStride: 16, normalization: { layer1: "instance-norm" } },
];
const networks = full ? [...small, ...large] : small;

describe.each(networks)("test-time normalization of %o", (options) => {
  it("with weight 0 is the trained network", () => {
    scope(() => {
      const trained = logitsOf(networkOf(options), images(1));
      const network = networkOf(options);
      new TestTimeNormalization(network, 0);
      expect(distance(logitsOf(network, images(1)), trained)).toBeLessThan(1e-12);
    });
  });

  it("with weight 1 is batch norm in training mode on that picture, without its update", () => {
    scope(() => {
      const training = networkOf(options);
      for (const module of training.modules()) {
        if (module instanceof nn.BatchNorm2d) {
          module.train();
          module.momentum = 0;
        }
      }
      // The image pooling has one value a channel, which has no variance: its statistics stay the trained ones.
      for (const [name, module] of training.namedModules()) if (name === "aspp.img_conv") module.eval();
      const expected = logitsOf(training, images(1));
      const network = networkOf(options);
      new TestTimeNormalization(network, 1);
      expect(distance(logitsOf(network, images(1)), expected)).toBeLessThan(1e-6);
    });
  });

  it.each([0.3, 500])("gives each picture of a batch its own statistics, with weight %s", (weight) => {
    scope(() => {
      const network = networkOf(options);
      new TestTimeNormalization(network, weight);
      const both = images(2);
      both.narrow(0, 1, 1).mul_(3);
      const [first, second] = [0, 1].map((at) => logitsOf(network, both.narrow(0, at, 1)));
      const together = logitsOf(network, both);
      expect(distance(together.narrow(0, 0, 1), first as Tensor)).toBeLessThan(1e-9);
      expect(distance(together.narrow(0, 1, 1), second as Tensor)).toBeLessThan(1e-9);
      // Two pictures, not one twice: far above rounding, though networks that were never trained see little of either.
      expect(distance(first as Tensor, second as Tensor)).toBeGreaterThan(1e-5);
    });
  });
});

describe("test-time normalization with a number of values that the trained statistics count for", () => {
  const layer = (weight: number) => {
    const norm = new nn.BatchNorm2d(3).eval().requiresGrad_(false).to({ dtype: "float64" });
    const network = new nn.Sequential(norm);
    new TestTimeNormalization(network, weight);
    return network;
  };

  it("weighs own ones by how many values a layer has of the picture", () => {
    scope(() => {
      const [few, many] = [images(1, 5, 8).add(1), images(1, 50, 80).add(1)];
      for (const [input, same] of [
        [few, 40 / (40 + 160)],
        [many, 4000 / (4000 + 160)],
      ] as const)
        expect(distance(layer(160).forward(input), layer(same).forward(input))).toBeLessThan(1e-12);
    });
  });

  it("counts those of the picture where a part of it is seen", () => {
    scope(() => {
      const whole = images(1, 50, 80);
      const part = whole.narrow(3, 0, 20);
      const network = new nn.Sequential(
        new nn.BatchNorm2d(3).eval().requiresGrad_(false).to({ dtype: "float64" }),
      );
      const normalization = new TestTimeNormalization(network, 1000);
      const seen = normalization.with(
        () => void network.forward(whole),
        () => network.forward(part),
      );
      expect(distance(seen, network.forward(whole).narrow(3, 0, 20))).toBeLessThan(1e-12);
    });
  });
});

/** A picture of bands and noise. */
function picture(width: number, height: number, seed = 1): RgbImage {
  const pixels = new Uint8Array(width * height * 3);
  let state = seed;
  for (let at = 0; at < pixels.length; at++) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    pixels[at] = (Math.floor(at / (width * 3)) * 2 + (state >>> 27)) % 256;
  }
  return { width, height, pixels };
}

/** Single precision, as evaluation runs. */
function predictorOf(preset: string, changes: Parameters<typeof protocol>[1], weight: number, batch = 1) {
  const network = networkOf({ backbone: TINY, memory: {} }).to({ dtype: "float32" });
  const normalization = new TestTimeNormalization(network, weight);
  const chosen = protocol(preset, { ...changes, normalize: { kind: "image", weight } });
  const forward = (image: Tensor) => predict(network, image);
  return new Predictor({ forward, protocol: chosen, batch, normalization });
}

const scoresOf = (predictor: Predictor, image: RgbImage): Tensor => predictor.scores([image]);

describe("views of a picture", () => {
  it("in one window as large as the picture are the picture", () => {
    scope(() => {
      const image = picture(96, 64);
      const whole = scoresOf(predictorOf("whole", {}, 0.5), image);
      const slid = scoresOf(predictorOf("sliding", { crop: 96, overlap: 0.3 }, 0.5), image);
      expect(distance(slid, whole)).toBeLessThan(1e-5);
    });
  });

  it("in windows take the statistics of the whole picture, however many go through the network together", () => {
    scope(() => {
      const image = picture(160, 96);
      const windows = { crop: 64, overlap: 0.5 };
      const [one, three, many] = [1, 3, 16].map((batch) =>
        scoresOf(predictorOf("sliding", windows, 0.5, batch), image),
      );
      expect(distance(three as Tensor, one as Tensor)).toBeLessThan(1e-5);
      expect(distance(many as Tensor, one as Tensor)).toBeLessThan(1e-5);
      const trained = scoresOf(predictorOf("sliding", windows, 0), image);
      expect(distance(trained, one as Tensor)).toBeGreaterThan(1e-3);
    });
  });

  it("of several pictures in windows keep their pictures apart", () => {
    scope(() => {
      const [a, b] = [picture(96, 64, 1), picture(96, 64, 77)];
      const predictor = predictorOf("sliding", { crop: 48, overlap: 0.5 }, 0.5, 4);
      const together = predictor.scores([a, b]);
      expect(distance(together.narrow(0, 0, 1), scoresOf(predictor, a))).toBeLessThan(1e-5);
      expect(distance(together.narrow(0, 1, 1), scoresOf(predictor, b))).toBeLessThan(1e-5);
    });
  });

  it("mirrored are the mirrored picture's own: a symmetric picture scores symmetrically", () => {
    scope(() => {
      const left = picture(48, 64);
      const pixels = new Uint8Array(96 * 64 * 3);
      for (let y = 0; y < 64; y++) {
        for (let x = 0; x < 96; x++) {
          const from = (y * 48 + (x < 48 ? x : 95 - x)) * 3;
          pixels.set(left.pixels.subarray(from, from + 3), (y * 96 + x) * 3);
        }
      }
      const scores = scoresOf(predictorOf("whole-flip", {}, 0.5), { width: 96, height: 64, pixels });
      expect(distance(scores.flip([3]), scores)).toBeLessThan(1e-5);
    });
  });

  it("of a picture larger than its statistics need take those of the reduced one", () => {
    const seen: number[] = [];
    const network = networkOf({ backbone: TINY }).to({ dtype: "float32" });
    const normalization = new TestTimeNormalization(network, 0.5);
    const predictor = new Predictor({
      forward: (image) => {
        seen.push((image.shape[2] as number) * (image.shape[3] as number));
        return image.narrow(1, 0, 1).repeat([1, 19, 1, 1]);
      },
      protocol: protocol("whole", { normalize: { kind: "image", weight: 0.5 } }),
      normalization,
    });
    predictor.labels([picture(1200, 1000)]);
    expect(seen).toHaveLength(2);
    expect(seen[0]).toBeLessThanOrEqual(LARGEST_FOR_STATISTICS);
    expect(seen[1]).toBe(1200 * 1000);
  });

  it.each([
    ["constant", { width: 64, height: 48, pixels: new Uint8Array(64 * 48 * 3).fill(120) }],
    ["of one pixel", { width: 1, height: 1, pixels: Uint8Array.of(1, 2, 3) }],
    ["of one row", { width: 40, height: 1, pixels: new Uint8Array(120).fill(9) }],
  ])("%s have finite scores", (_, image) => {
    scope(() => {
      for (const weight of [0.3, 1]) {
        const scores = scoresOf(predictorOf("whole-flip", {}, weight), image);
        expect(scores.isfinite().all().item()).toBe(true);
      }
    });
  });

  it("such as tiles are seen with the statistics of the whole picture while it lasts", async () => {
    const predictor = predictorOf("whole", {}, 0.9);
    const image = picture(96, 64);
    const tile = { width: 96, height: 16, pixels: image.pixels.slice(0, 96 * 16 * 3) };
    const bytesOf = (one: RgbImage) => scope(() => predictor.scores([one]).toTypedArray() as Float32Array);
    const [whole, alone] = [bytesOf(image), bytesOf(tile)];
    const [wholeWithin, tileWithin] = await predictor.withStatisticsOf(image, async () => [
      bytesOf(image),
      bytesOf(tile),
    ]);
    const farthest = (a: Float32Array, b: Float32Array | undefined) =>
      a.reduce((most, value, at) => Math.max(most, Math.abs(value - (b?.[at] ?? Number.NaN))), 0);
    expect(farthest(whole, wholeWithin)).toBeLessThan(1e-5);
    expect(farthest(alone, tileWithin)).toBeGreaterThan(1e-3);
    expect(farthest(alone, bytesOf(tile))).toBe(0);
  });

  it("leave no tensors behind", () => {
    const predictor = predictorOf("sliding", { crop: 48, overlap: 0.5 }, 0.5);
    predictor.labels([picture(96, 64)]);
    const before = liveTensors();
    predictor.labels([picture(96, 64)]);
    expect(liveTensors()).toBe(before);
  });

  it("need the normalization that the protocol names, on a network that can have it", () => {
    const network = networkOf({ backbone: TINY });
    const forward = (image: Tensor) => predict(network, image);
    const image = protocol("whole", { normalize: { kind: "image", weight: 0.5 } });
    expect(() => new Predictor({ forward, protocol: image })).toThrow(
      /with weight 0\.5, but the network does so with 0/,
    );
    expect(() => new TestTimeNormalization(network, 1.5)).toThrow(/weight is 1\.5/);
    expect(() => new TestTimeNormalization(new nn.Sequential(new nn.ReLU()), 0.5)).toThrow(/no batch norm/);
    dispose([...network.stateDict().values()]);
  });
});
