// Properties of label decoding, over tables, spaces and files drawn at random: against a decoder that looks up pixel by pixel.

import { type Color, defineLabelSpace, IGNORE_INDEX, Random } from "@pinmem/core";
import sharp from "sharp";
import { describe, expect, it } from "vitest";
import { type PngSamples, readPng } from "../images/png.js";
import { colorCode, decodingFor, LabelDecoder, type LabelDecoding } from "./label-decoding.js";
import { LabelCounter } from "./label-statistics.js";

const TRIALS = 120;

function trials(stream: string, check: (random: Random) => void): void {
  for (let index = 0; index < TRIALS; index++) {
    try {
      check(new Random({ seed: 13, index, stream }));
    } catch (error) {
      throw new Error(`trial ${index}: ${(error as Error).message}`, { cause: error });
    }
  }
}

interface Drawn {
  readonly png: PngSamples;
  readonly decoding: LabelDecoding;
  /** The code of each pixel, by the rule of the format. */
  readonly codes: readonly number[];
}

/** A few colors, so that files repeat them. */
const drawColors = (random: Random): Color[] =>
  Array.from({ length: 12 }, () => [random.randint(0, 256), random.randint(0, 256), random.randint(0, 256)]);

function draw(random: Random): Drawn {
  const [width, height] = [random.randint(1, 20), random.randint(1, 20)];
  const length = width * height;
  const format = random.choice([
    "bytes",
    "words",
    "first channel",
    "palette values",
    "palette colors",
    "rgb",
    "rgba",
  ] as const);
  const colors = drawColors(random);
  const palette = Uint8Array.from(colors.flat());
  const size = { width, height };
  const isColor = format === "palette colors" || format === "rgb" || format === "rgba";
  const decoding: LabelDecoding = {
    kind: isColor ? "colors" : "values",
    entries: (isColor ? colors.map(colorCode) : [0, 1, 2, 3, 5, 8, 13, 200, 255, 300])
      .filter(() => random.bernoulli(0.8))
      .map((code) => [code, random.choice([0, 1, 7, 18, IGNORE_INDEX])] as const),
    unlisted: "ignore",
    ...(format === "first channel" && { firstChannel: true }),
  };
  const values = Array.from({ length }, () => random.choice([0, 1, 2, 3, 5, 8, 11, 13, 77, 200, 255]));
  const indices = Array.from({ length }, () => random.randint(0, colors.length));
  switch (format) {
    case "bytes":
      return { png: { ...size, channels: 1, samples: Uint8Array.from(values) }, decoding, codes: values };
    case "words": {
      const words = values.map((value) => (random.bernoulli(0.2) ? 300 + random.randint(0, 2) : value));
      return { png: { ...size, channels: 1, samples: Uint16Array.from(words) }, decoding, codes: words };
    }
    case "first channel": {
      const samples = Uint16Array.from(values.flatMap((value) => [value, random.randint(0, 65536), 0]));
      return { png: { ...size, channels: 3, samples }, decoding, codes: values };
    }
    case "palette values":
      return {
        png: { ...size, channels: 1, samples: Uint8Array.from(indices), palette },
        decoding,
        codes: indices,
      };
    case "palette colors": {
      const codes = indices.map((index) => colorCode(colors[index] as Color));
      return { png: { ...size, channels: 1, samples: Uint8Array.from(indices), palette }, decoding, codes };
    }
    default: {
      const alpha = format === "rgba" ? [random.randint(0, 256)] : [];
      const chosen = indices.map((index) => colors[index] as Color);
      const samples = Uint8Array.from(chosen.flatMap((color) => [...color, ...alpha]));
      return {
        png: { ...size, channels: format === "rgba" ? 4 : 3, samples },
        decoding,
        codes: chosen.map(colorCode),
      };
    }
  }
}

describe("LabelDecoder", () => {
  it("gives what looking up each pixel gives, and tells of all that is not listed", () => {
    trials("decode", (random) => {
      const { png, decoding, codes } = draw(random);
      const table = new Map(decoding.entries);
      const { trainIds, unlisted } = new LabelDecoder(decoding).decode(png, "a.png");
      expect([...trainIds]).toEqual(codes.map((code) => table.get(code) ?? IGNORE_INDEX));
      const strangers = codes.filter((code) => !table.has(code));
      const told = unlisted.map(({ label }) => (typeof label === "number" ? label : colorCode(label)));
      expect(new Set(told)).toEqual(new Set(strangers));
      const strict = new LabelDecoder({ ...decoding, unlisted: "error" });
      if (strangers.length > 0) expect(() => strict.decodeStrictly(png, "a.png")).toThrow(/does not define/);
      else expect(strict.decodeStrictly(png, "a.png")).toEqual(trainIds);
    });
  });

  it("gives for any grid of pixels what the whole has there", () => {
    trials("grid", (random) => {
      const { png, decoding } = draw(random);
      const decoder = new LabelDecoder(decoding);
      const { trainIds } = decoder.decode(png, "a.png");
      const rows = Int32Array.from({ length: random.randint(1, 30) }, () => random.randint(0, png.height));
      const columns = Int32Array.from({ length: random.randint(1, 30) }, () => random.randint(0, png.width));
      const expected = [...rows].flatMap((row) =>
        [...columns].map((column) => trainIds[row * png.width + column]),
      );
      expect([...decoder.decodeGrid(png, { rows, columns }, "a.png")]).toEqual(expected);
    });
  });

  it("counts every pixel once, by what the file stores", () => {
    trials("count", (random) => {
      const { png, decoding, codes } = draw(random);
      const counts = new LabelDecoder(decoding).count(png, "a.png");
      const expected = new Map<number, number>();
      for (const code of codes) expected.set(code, (expected.get(code) ?? 0) + 1);
      expect(counts).toEqual(expected);
      const classes = Array.from({ length: 19 }, (_, at) => ({ name: `c${at}`, color: [at, 0, 0] as Color }));
      const counter = new LabelCounter({ decoding, space: defineLabelSpace({ name: "s", classes }) });
      counter.add(counts);
      const { histogram, ignoredPixels, pixels } = counter.statistics();
      expect(pixels).toBe(codes.length);
      expect(histogram.reduce((sum, count) => sum + count, ignoredPixels)).toBe(codes.length);
    });
  });

  it("reaches another space as its table says, class by class", () => {
    trials("space", (random) => {
      const { png, decoding } = draw(random);
      const space = defineLabelSpace({
        name: "two",
        classes: [
          { name: "a", color: [1, 0, 0], cityscapes: ["road", "traffic sign"] },
          { name: "b", color: [2, 0, 0], cityscapes: ["sidewalk"] },
        ],
      });
      const before = new LabelDecoder(decoding).decode(png, "a.png").trainIds;
      const after = new LabelDecoder(decodingFor(space, decoding)).decode(png, "a.png").trainIds;
      expect(after).toEqual(before.map((id) => space.fromCityscapes[id] as number));
    });
  });
});

describe("readPng", () => {
  it("gives the values that were written, interlaced or not", async () => {
    for (let index = 0; index < 30; index++) {
      const random = new Random({ seed: 17, index, stream: "png" });
      const [width, height] = [random.randint(1, 40), random.randint(1, 40)];
      const channels = random.choice([1, 3, 4] as const);
      const deep = channels === 1 && random.bernoulli();
      const values = Array.from({ length: width * height * channels }, () =>
        random.randint(0, deep ? 65536 : 256),
      );
      const samples = deep ? Uint16Array.from(values) : Uint8Array.from(values);
      const bytes = await sharp(samples, { raw: { width, height, channels } })
        .toColourspace(channels > 1 ? "srgb" : deep ? "grey16" : "b-w")
        .png({ progressive: random.bernoulli(), compressionLevel: random.randint(0, 10) })
        .toBuffer();
      const png = readPng(bytes, "a.png");
      expect([png.width, png.height, png.channels], `file ${index}`).toEqual([width, height, channels]);
      expect(png.samples, `file ${index}`).toEqual(samples);
    }
  });
});
