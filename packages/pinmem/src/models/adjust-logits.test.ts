import { noGrad, rand, type Tensor } from "@pinmem/torch";
import { describe, expect, it } from "vitest";
import { TINY } from "../../test/tiny-backbone.js";
import { TinyNetwork } from "../../test/tiny-network.js";
import { adjustLogits } from "./adjust-logits.js";
import { prepareForInference } from "./inference.js";
import { createNetwork } from "./network.js";
import { predict } from "./segment.js";
import type { SegmentationNetwork } from "./segmentation-network.js";

const frequencies = [0.6, 0.3, 0.1, 0];
const image = rand([2, 3, 48, 64]);

const made = (head: string, memory: object | null) =>
  createNetwork({ backbone: TINY, head, classes: 4, width: 16, memory }).eval() as SegmentationNetwork;
const answer = (network: SegmentationNetwork): Tensor => noGrad(() => predict(network, image));

describe("adjusted logits", () => {
  it.each([
    ["deeplab-v3+", { vote: 5 }],
    ["deeplab-v3+", null],
    ["deeplab-v2", null],
    ["linear", null],
  ])("lack a share of the logarithm of each class's frequency (%s, memory %j)", (head, memory) => {
    const network = made(head, memory);
    const before = answer(network);
    adjustLogits(network, frequencies, 0.3);
    const gone = before.sub(answer(network));
    const means = gone.mean({ dim: [0, 2, 3] }).toArray() as number[];
    const spread = gone
      .sub(gone.mean({ dim: [0, 2, 3], keepdim: true }))
      .abs()
      .max()
      .toNumber();
    expect(spread).toBeLessThan(1e-4);
    frequencies.forEach((share, id) => {
      expect(means[id]).toBeCloseTo(share > 0 ? 0.3 * Math.log(share) : 0, 4);
    });
  });

  it("are those of the network that is prepared afterwards", () => {
    const network = made("deeplab-v3+", {});
    adjustLogits(network, frequencies, 0.5);
    const expected = answer(network);
    prepareForInference(network);
    expect(answer(network).sub(expected).abs().max().toNumber()).toBeLessThan(1e-4);
  });

  it("are refused where the classes or the last convolution are not known", () => {
    expect(() => adjustLogits(made("linear", null), [0.5, 0.5], 1)).toThrow(
      "must be those of 4 classes, got 2",
    );
    const other = new TinyNetwork({ classes: 2 }) as unknown as SegmentationNetwork;
    expect(() => adjustLogits(other, [0.5, 0.5], 1)).toThrow("must have a last convolution with a bias");
  });
});
