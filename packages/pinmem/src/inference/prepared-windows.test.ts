// Windows of an image through a network prepared for inference: its fused layers meet slices of a single image here, which
// lie in memory as no whole image does.

import type { RgbImage } from "@pinmem/core";
import { protocol } from "@pinmem/core/formats";
import { manualSeed, scope } from "@pinmem/torch";
import { describe, expect, it } from "vitest";
import { full } from "../../test/scope.js";
import { prepareForInference } from "../models/inference.js";
import { createNetwork } from "../models/network.js";
import { predict } from "../models/segment.js";
import type { SegmentationNetwork } from "../models/segmentation-network.js";
import { Predictor } from "./predictor.js";

function image(width: number, height: number): RgbImage {
  let state = 7;
  const pixels = Uint8Array.from({ length: width * height * 3 }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state >>> 24;
  });
  return { width, height, pixels };
}

const untrained = (): SegmentationNetwork => {
  manualSeed(11);
  return createNetwork({ backbone: "resnet18", outputStride: 32, memory: {} }).eval().requiresGrad_(false);
};

describe("sliding evaluation with a prepared network", () => {
  const cases = [
    { width: 96, height: 192, crop: 128 }, // width <= crop < height
    { width: 32, height: 96, crop: 32 },
    { width: 72, height: 128, crop: 77 },
    { width: 192, height: 96, crop: 128 },
    { width: 96, height: 96, crop: 64 },
  ];
  it.each(full ? cases : cases.slice(0, 2))(
    "gives a plain network's scores for any batch size: $width x $height, crop $crop",
    ({ width, height, crop }) => {
      scope(() => {
        const scores = (network: SegmentationNetwork, batch: number) =>
          new Predictor({
            forward: (input) => predict(network, input),
            protocol: protocol("sliding", { crop }),
            batch,
          }).scores([image(width, height)]);
        const expected = scores(untrained(), 1);
        const prepared = prepareForInference(untrained());
        for (const batch of [1, 2, 4]) {
          const error = scores(prepared, batch).sub(expected).abs().max().toNumber();
          expect(error / expected.std().toNumber(), `batch ${batch}`).toBeLessThan(1e-4);
        }
      });
    },
  );
});
