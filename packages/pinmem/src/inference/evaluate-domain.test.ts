import { meanIoU, Tally } from "@pinmem/core";
import { protocol, protocolNames } from "@pinmem/core/formats";
import { scope, type Tensor } from "@pinmem/torch";
import { describe, expect, it } from "vitest";
import { folderOf } from "../../test/data-fixtures.js";
import { openNamedDataset } from "../datasets/sets/index.js";
import { streetsDataset } from "../datasets/sets/streets.js";
import { evaluationImages } from "../loading/evaluation-loader.js";
import { evaluateDomain } from "./evaluate-domain.js";
import { type Forward, Predictor } from "./predictor.js";

const dataset = streetsDataset({ domain: "boulevard", count: 2, width: 64, height: 32 });
const CLASSES = 19;

async function labels(): Promise<Uint8Array[]> {
  const found: Uint8Array[] = [];
  for await (const { label } of evaluationImages(dataset)) found.push(label);
  return found;
}

/** Logits that are largest for one class, everywhere. */
const always =
  (id: number): Forward =>
  (image: Tensor) => {
    const [batch = 0, , height = 0, width = 0] = image.shape;
    const logits = image.narrow(1, 0, 1).mul(0).expand([batch, CLASSES, height, width]).clone();
    logits.select(1, id).fill_(1);
    return logits;
  };

const whole = (forward: Forward, batch = 1) => new Predictor({ forward, protocol: protocol("whole"), batch });

describe("evaluateDomain", () => {
  it("counts every labeled pixel, and shows image, label and prediction side by side", async () => {
    const { matrix, images, picture } = await evaluateDomain(dataset, { predictor: whole(always(0)) });
    const truth = (await labels()).flatMap((label) => [...label]);
    const byClass = Array.from({ length: CLASSES }, (_, id) => truth.filter((value) => value === id).length);
    expect(images).toBe(2);
    expect(byClass.map((_, id) => matrix.counts[id * CLASSES])).toEqual(byClass);
    expect(matrix.counts.reduce((a, b) => a + b)).toBe(truth.filter((value) => value !== 255).length);
    expect([picture?.width, picture?.height, picture?.pixels.length]).toEqual([192, 32, 192 * 32 * 3]);
    const roadColor = [...(picture?.pixels.subarray(128 * 3, 128 * 3 + 3) ?? [])];
    expect(roadColor).toEqual([128, 64, 128]);
  });

  it("feeds images as the networks were trained on them: normalized by the statistics of ImageNet", async () => {
    const ranges: number[][] = [];
    const look: Forward = (image) => {
      ranges.push(scope(() => [image.min().toNumber(), image.max().toNumber()]));
      return image.mul(0).sum([1], { keepdim: true }).repeat([1, CLASSES, 1, 1]);
    };
    const { matrix } = await evaluateDomain(dataset, { predictor: whole(look) });
    for (const [low = -9, high = 9] of ranges) {
      expect(low).toBeGreaterThan(-0.486 / 0.229);
      expect(low).toBeLessThan(0);
      expect(high).toBeLessThan((1 - 0.405) / 0.225);
      expect(high).toBeGreaterThan(0);
    }
    expect(ranges).toHaveLength(2);
    expect(meanIoU(matrix)).not.toBeNull();
  });

  it.each(protocolNames.filter((name) => !name.startsWith("mapillary")))(
    "gives a constant network the same counts under the protocol %s",
    async (name) => {
      const { matrix } = await evaluateDomain(dataset, { predictor: whole(always(2)) });
      const predictor = new Predictor({ forward: always(2), protocol: protocol(name) });
      expect((await evaluateDomain(dataset, { predictor })).matrix.counts).toEqual(matrix.counts);
    },
  );

  it("counts padding of narrow images as road under the official protocol for Mapillary, not under the corrected one", async () => {
    const portrait = await openNamedDataset("mapillary", {
      root: folderOf({
        "validation/images/x.jpg": "portrait.jpg",
        "validation/labels/x.png": "vistas-portrait.png",
      }),
      split: "val",
    });
    const road = async (name: string) => {
      const predictor = new Predictor({ forward: always(0), protocol: protocol(name) });
      const { matrix } = await evaluateDomain(portrait, { predictor });
      return matrix.counts[0];
    };
    // 24 x 48 pixels become 768 x 1536 in a square of 1536: half of it is padding, and no label of the file is road.
    expect(await road("mapillary-official")).toBeGreaterThan(0.49 * 1536 ** 2);
    expect(await road("mapillary")).toBe(0);
  });

  it("gives the same counts in batches, of images of different sizes too", async () => {
    const mixed = {
      ...dataset,
      samples: [48, 48, 32, 48].map((height, index) => ({
        scene: { domain: "night", seed: 0, index, width: 64, height },
      })),
    };
    const sizes: string[] = [];
    const bright: Forward = (image) => {
      sizes.push(image.shape.join("x"));
      return image.sum([1], { keepdim: true }).repeat([1, CLASSES, 1, 1]).cumsum(1);
    };
    const alone = await evaluateDomain(mixed, { predictor: whole(bright) });
    const together = await evaluateDomain(mixed, { predictor: whole(bright, 3) });
    expect(together.matrix.counts).toEqual(alone.matrix.counts);
    expect(sizes.slice(4)).toEqual(["2x3x48x64", "1x3x32x64", "1x3x48x64"]);
  });

  it("leaves out files that cannot be used, wherever they stand, and says which; or stops at the first", async () => {
    const names = ["a", "b", "c", "d", "e"];
    const broken = ["a", "d", "e"];
    const root = folderOf(
      Object.fromEntries(
        names.flatMap((name) => [
          [`images/${name}.png`, broken.includes(name) ? "truncated.png" : "photo.png"],
          [`labels/${name}.png`, "train-ids.png"],
        ]),
      ),
    );
    const files = await openNamedDataset("folder", { root });
    const tally = new Tally({ classes: CLASSES });
    const nexts: number[] = [];
    const predictor = whole(always(1));
    await evaluateDomain(files, {
      predictor,
      tally,
      skip: true,
      onImages: (next) => {
        nexts.push(next, tally.skipped.length);
      },
    });
    expect(tally.images).toBe(2);
    expect(tally.skipped.map(({ file }) => file.slice(-5))).toEqual(["a.png", "d.png", "e.png"]);
    expect(nexts).toEqual([2, 1, 3, 1]);
    await expect(evaluateDomain(files, { predictor })).rejects.toThrow(/a\.png: is damaged or truncated/);
  });
});
