import { scope, type Tensor } from "@pinmem/torch";
import { describe, expect, it } from "vitest";
import { evaluationImages, streetsDataset } from "../data/index.js";
import { evaluateDomain } from "./evaluate-domain.js";
import { meanIoU } from "./mean-iou.js";

const dataset = streetsDataset({ domain: "boulevard", count: 2, width: 64, height: 32 });
const CLASSES = 19;

async function labels(): Promise<Uint8Array[]> {
  const found: Uint8Array[] = [];
  for await (const { label } of evaluationImages(dataset)) found.push(label);
  return found;
}

describe("evaluateDomain", () => {
  it("counts every labelled pixel, and shows image, label and prediction side by side", async () => {
    const everythingIsRoad = (image: Tensor) => {
      const [batch = 0, , height = 0, width = 0] = image.shape;
      const logits = image.narrow(1, 0, 1).mul(0).expand([batch, CLASSES, height, width]).clone();
      logits.select(1, 0).fill_(1);
      return logits;
    };
    const { matrix, images, picture } = await evaluateDomain(dataset, {
      device: "cpu",
      logits: everythingIsRoad,
    });
    const truth = (await labels()).flatMap((label) => [...label]);
    const byClass = Array.from({ length: CLASSES }, (_, id) => truth.filter((value) => value === id).length);
    expect(images).toBe(2);
    expect(byClass.map((_, id) => matrix.counts[id * CLASSES])).toEqual(byClass);
    expect(matrix.counts.reduce((a, b) => a + b)).toBe(truth.filter((value) => value !== 255).length);
    expect([picture?.width, picture?.height, picture?.pixels.length]).toEqual([192, 32, 192 * 32 * 3]);
    const roadColor = [...(picture?.pixels.subarray(128 * 3, 128 * 3 + 3) ?? [])];
    expect(roadColor).toEqual([128, 64, 128]);
  });

  it("feeds images with values from 0 to 1", async () => {
    const ranges: number[][] = [];
    const look = (image: Tensor) => {
      ranges.push(scope(() => [image.min().toNumber(), image.max().toNumber()]));
      return image.mul(0).sum([1], { keepdim: true }).repeat([1, CLASSES, 1, 1]);
    };
    const { matrix } = await evaluateDomain(dataset, { device: "cpu", logits: look });
    for (const [low = -1, high = 2] of ranges) {
      expect(low).toBeGreaterThanOrEqual(0);
      expect(high).toBeLessThanOrEqual(1);
      expect(high).toBeGreaterThan(0.3);
    }
    expect(meanIoU(matrix)).not.toBeNull();
  });
});
