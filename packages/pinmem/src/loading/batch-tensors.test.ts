import { Random } from "@pinmem/core";
import { liveTensors, type Tensor } from "@pinmem/torch";
import { describe, expect, it } from "vitest";
import { batchTensors, imageNetNormalization, imageTensor, normalize } from "./batch-tensors.js";
import type { Batch } from "./loader.js";
import {
  drawPhotometric,
  normalAugmentation,
  photometric,
  strongAugmentation,
} from "./transforms/photometric.js";

const size = { width: 5, height: 4 };
const random = new Random({ seed: 9 });
const batch: Batch = {
  epoch: 3,
  index: 2,
  image: Uint8Array.from({ length: 2 * 4 * 5 * 3 }, () => random.randint(0, 256)),
  label: Uint8Array.from({ length: 2 * 4 * 5 }, (_, at) => (at % 7 === 0 ? 255 : at % 19)),
  size,
  choices: [
    { dataset: 0, sample: 4 },
    { dataset: 1, sample: 0 },
  ],
};
const values = (tensor: Tensor) => tensor.contiguous().toTypedArray() as Float32Array;

describe("batchTensors", () => {
  it("turns bytes into normalized planes, and labels into int64", () => {
    const before = liveTensors();
    const { image, label } = batchTensors(batch, { seed: 1 });
    expect(liveTensors()).toBe(before + 2);
    expect([image.shape, image.dtype, label.shape, label.dtype]).toEqual([
      [2, 3, 4, 5],
      "float32",
      [2, 4, 5],
      "int64",
    ]);
    const [mean, std] = [imageNetNormalization.mean[2], imageNetNormalization.std[2]];
    const at = ((1 * 4 + 2) * 5 + 3) * 3 + 2; // image 1, row 2, column 3, blue
    expect(values(image)[((1 * 3 + 2) * 4 + 2) * 5 + 3]).toBeCloseTo(
      ((batch.image[at] ?? 0) / 255 - mean) / std,
      5,
    );
    expect([...(label.toTypedArray() as BigInt64Array)].map(Number)).toEqual([...batch.label]);
  });

  it("changes each data set's images in its own way, drawn from seed, epoch and position", () => {
    const { image } = batchTensors(batch, {
      seed: 1,
      augmentation: (dataset) => (dataset === 1 ? strongAugmentation : undefined),
    });
    const draw = drawPhotometric(
      new Random({ seed: 1, epoch: 3, index: 5, stream: "photometric" }),
      strongAugmentation,
    );
    const plain = imageTensor(batch.image, [2, 4, 5]);
    const expected = normalize(photometric(plain, [{ adjustments: [], sigma: undefined }, draw]));
    expect(values(image)).toEqual(values(expected));
    const other = batchTensors({ ...batch, epoch: 4 }, { seed: 1, augmentation: () => normalAugmentation });
    const same = batchTensors({ ...batch, epoch: 4 }, { seed: 1, augmentation: () => normalAugmentation });
    expect(values(other.image)).toEqual(values(same.image));
    expect(values(other.image)).not.toEqual(values(image));
  });
});
