import { describe, expect, it } from "vitest";
import type { MemoryUse } from "./memory-estimate.js";
import { tileAxis } from "./tile-axis.js";
import { tileSize } from "./tile-size.js";

const MIB = 2 ** 20;
const use: MemoryUse = { backbone: "resnet50", outputStride: 16, classes: 19 };

describe("tileAxis", () => {
  it.each([
    [100, 100, 16],
    [258, 257, 16],
    [300, 257, 16],
    [2048, 513, 16],
    [1999, 257, 8],
    [5000, 545, 32],
  ])("covers %i pixels with tiles of %i, whose shares sum to one everywhere", (size, tile, stride) => {
    const { starts, weights, tile: length } = tileAxis(size, tile, stride);
    const sums = new Float64Array(size);
    starts.forEach((start, at) => {
      expect(at === starts.length - 1 || start % stride === 0).toBe(true);
      weights[at]?.forEach((weight, pixel) => {
        sums[start + pixel] = (sums[start + pixel] as number) + weight;
      });
    });
    expect(starts[0]).toBe(0);
    expect((starts.at(-1) as number) + length).toBe(size);
    for (const sum of sums) expect(sum).toBeCloseTo(1, 5);
  });

  it("gives nothing to the pixels of a tile at an edge inside the image, and everything at the image's own", () => {
    const [first, second] = tileAxis(700, 513, 16).weights;
    expect(first?.[0]).toBe(1);
    expect(first?.at(-1)).toBe(0);
    expect(second?.[0]).toBe(0);
    expect(second?.at(-1)).toBe(1);
  });
});

describe("tileSize", () => {
  it("leaves an image whole that fits, and takes the largest aligned tiles where it does not", () => {
    const image = { width: 2048, height: 1024 };
    expect(tileSize(image, 4096 * MIB, use)).toEqual(image);
    const small = tileSize(image, 300 * MIB, use);
    const large = tileSize(image, 700 * MIB, use);
    expect(small.width % 16).toBe(1);
    expect(large.width).toBeGreaterThan(small.width);
    expect(large.width).toBeLessThan(image.width);
  });

  it("takes smaller tiles where the memory is at the decoder, and the decoder is fine", () => {
    const image = { width: 2048, height: 1024 };
    for (const exported of [false, true]) {
      const atEncoder = { ...use, exported, backbone: "resnet18" };
      const atDecoder = { ...atEncoder, memoryAt: "decoder" } as const;
      const width = (of: MemoryUse) => tileSize(image, 700 * MIB, of).width;
      expect(width(atDecoder)).toBeLessThan(width(atEncoder));
    }
  });

  it("takes smaller tiles for an exported model, which needs more a pixel", () => {
    const image = { width: 2048, height: 1024 };
    const exported = tileSize(image, 700 * MIB, { ...use, exported: true });
    expect(exported.width).toBeLessThan(tileSize(image, 700 * MIB, use).width);
  });

  it("keeps the short side of a long image in one piece", () => {
    expect(tileSize({ width: 20_000, height: 200 }, 1000 * MIB, use)).toMatchObject({ height: 200 });
  });

  it("says what is needed where not even small tiles fit", () => {
    expect(() => tileSize({ width: 4000, height: 3000 }, 50 * MIB, use)).toThrow(
      /4000x3000 pixels needs at least \d+ MiB with this network, but the memory budget is 50 MiB/,
    );
  });

  it("cuts tiles of a transformer between patches, and smaller ones where there are more heads", () => {
    const image = { width: 4096, height: 2048 };
    const sides = ["dinov2_vits14", "dinov2_vitl14_reg", "dinov3_vitb16"].map((backbone) => {
      const stride = backbone.endsWith("16") ? 16 : 14;
      const { width } = tileSize(image, 2048 * MIB, { backbone, outputStride: stride, classes: 19 });
      expect(width % stride).toBe(0);
      return width;
    });
    expect(sides[1]).toBeLessThan(sides[0] as number);
    expect(
      tileSize(image, 2048 * MIB, { ...use, backbone: "dinov3_convnext_base", outputStride: 32 }).width % 32,
    ).toBe(0);
  });
});
