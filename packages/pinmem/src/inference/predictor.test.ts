import { type RgbImage, windowStarts } from "@pinmem/core";
import { type ProtocolInput, protocol, protocolNames } from "@pinmem/core/formats";
import { arange, fromTypedArray, liveTensors, nn, noGrad, scope, type Tensor } from "@pinmem/torch";
import { describe, expect, it } from "vitest";
import fixture from "./fixtures/protocols.json" with { type: "json" };
import { type Forward, Predictor } from "./predictor.js";

/** The image of the fixture script. */
function noise(width: number, height: number): RgbImage {
  let state = 12345;
  const pixels = Uint8Array.from({ length: width * height * 3 }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state >>> 24;
  });
  return { width, height, pixels };
}

const weights = scope(() =>
  arange(fixture.classes * 27, { dtype: "float64" })
    .mul(1.7)
    .sin()
    .reshape([fixture.classes, 3, 3, 3])
    .to("float32"),
);

/** The network of the fixture script. */
const network: Forward = (image) => {
  const [, , height = 0, width = 0] = image.shape;
  return scope(() => {
    const small = image.contiguous().conv2d(weights, { stride: [2, 2], padding: [1, 1] });
    const seen = small
      .add(small.mean([2, 3], { keepdim: true }))
      .mul(0.1)
      .tanh();
    return nn.F.interpolate(seen, { size: [height, width], mode: "bilinear", alignCorners: true });
  });
};

const image = noise(fixture.width, fixture.height);
const floats = (packed: string) => new Float32Array(Uint8Array.from(Buffer.from(packed, "base64")).buffer);
const valuesOf = (tensor: Tensor) => [...(tensor.to("float64").contiguous().toTypedArray() as Float64Array)];

describe("Predictor", () => {
  it.each(fixture.cases)("gives the scores of the official evaluation: $preset $changes", (expected) => {
    const changes = expected.changes as Partial<ProtocolInput>;
    const predictor = new Predictor({ forward: network, protocol: protocol(expected.preset, changes) });
    const scores = scope(() => valuesOf(predictor.scores([image])));
    const some = scores.filter((_, at) => at % fixture.step === 0);
    const truth = floats(expected.scores);
    expect(some).toHaveLength(truth.length);
    expect(Math.max(...some.map((value, at) => Math.abs(value - (truth[at] ?? Number.NaN))))).toBeLessThan(
      2e-6,
    );
    const [labels = new Uint8Array()] = predictor.labels([image]);
    const winners = Array.from(
      { length: fixture.classes },
      (_, id) => labels.filter((one) => one === id).length,
    );
    expect(winners).toEqual(expected.winners);
  });

  it("gives the whole image's scores, to the last bit, with a window as large as the image or larger", () => {
    scope(() => {
      const whole = valuesOf(
        new Predictor({ forward: network, protocol: protocol("whole") }).scores([image]),
      );
      for (const crop of [61, 100]) {
        const sliding = new Predictor({ forward: network, protocol: protocol("sliding", { crop }) });
        expect(valuesOf(sliding.scores([image]))).toEqual(whole);
      }
    });
  });

  it.each(protocolNames)("predicts the same with a constant network under the protocol %s", (name) => {
    const constant: Forward = ({ shape: [batch = 0, , height = 0, width = 0] }) =>
      fromTypedArray(Float32Array.of(0.1, -2, 3, 1.5, 2.9), [1, 5, 1, 1]).expand([batch, 5, height, width]);
    const small = name.includes("sliding") ? { crop: 16 } : {};
    const predictor = new Predictor({ forward: constant, protocol: protocol(name, small) });
    const [labels = new Uint8Array()] = predictor.labels([image]);
    expect(new Set(labels)).toEqual(new Set([2]));
    const spread = scope(() => {
      const scores = predictor.scores([image]);
      return scores
        .amax({ dim: [2, 3] })
        .sub(scores.amin({ dim: [2, 3] }))
        .max()
        .toNumber();
    });
    expect(spread).toBeLessThan(1e-6);
  });

  it("gives the same in batches of images and of windows", () => {
    const other = { ...image, pixels: image.pixels.map((value) => 255 - value) };
    for (const preset of ["whole", "official-sliding"] as const) {
      const steps = protocol(preset, preset === "whole" ? {} : { crop: 24 });
      const alone = new Predictor({ forward: network, protocol: steps });
      const together = new Predictor({ forward: network, protocol: steps, batch: 3 });
      const expected = [image, other].flatMap((one) => alone.labels([one]));
      expect(together.labels([image, other])).toEqual(expected);
      expect(together.labels([image])).toEqual(expected.slice(0, 1));
    }
  });

  it.each([{ scales: [0.5, 1.5] }, { resize: { height: 20 } }] as const)(
    "gives the same in batches of images that the network sees in other sizes: %j",
    (changes) => {
      const other = { ...image, pixels: image.pixels.map((value) => 255 - value) };
      const predictor = new Predictor({
        forward: network,
        protocol: protocol("whole", changes as Partial<ProtocolInput>),
        batch: 2,
      });
      const expected = [image, other].flatMap((one) => predictor.labels([one]));
      expect(predictor.labels([image, other])).toEqual(expected);
    },
  );

  it("shows the network the image at the height that is asked for, and answers at the image's size", () => {
    const shapes: string[] = [];
    const look: Forward = (input) => {
      shapes.push(input.shape.join("x"));
      return network(input);
    };
    const predictor = new Predictor({
      forward: look,
      protocol: protocol("whole", { resize: { height: 20 }, scales: [1, 2] }),
    });
    const [labels] = predictor.labels([image]);
    expect(shapes).toEqual(["1x3x20x27", "1x3x40x54"]);
    expect(labels).toHaveLength(fixture.width * fixture.height);
  });

  it("keeps no tensors", () => {
    const predictor = new Predictor({ forward: network, protocol: protocol("multi-scale") });
    const before = liveTensors();
    predictor.labels([image]);
    expect(liveTensors()).toBe(before);
    noGrad(() => predictor.scores([image]).dispose());
    expect(liveTensors()).toBe(before);
  });

  it("refuses images of different sizes, none at all, and batches of none", () => {
    const predictor = new Predictor({ forward: network, protocol: protocol("whole") });
    expect(() => predictor.labels([image, noise(9, 9)])).toThrow(/of one size; these are 61x44 and 9x9/);
    expect(() => predictor.labels([])).toThrow(/there are no images/);
    expect(() => new Predictor({ forward: network, protocol: protocol("whole"), batch: 0 })).toThrow(
      /batch is 0/,
    );
  });
});

describe("windowStarts", () => {
  it("covers the axis, the last window ending with it", () => {
    expect(windowStarts(2048, 768, 1 / 3)).toEqual([0, 512, 1024, 1280]);
    expect(windowStarts(768, 768, 1 / 3)).toEqual([0]);
    expect(windowStarts(100, 768, 1 / 3)).toEqual([0]);
    expect(windowStarts(1280, 768, 1 / 3)).toEqual([0, 512]);
    expect(windowStarts(20, 16, 0)).toEqual([0, 4]);
  });
});
