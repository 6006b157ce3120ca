// What a network sees in one image: its prediction and, where it has a memory, the read weights at the image's resolution.

import { type Device, nn, noGrad, scope } from "@pinmem/torch";
import { withOwnStatistics } from "../inference/own-look.js";
import { winners } from "../inference/predictor.js";
import type { TestTimeNormalization } from "../inference/test-time-normalization.js";
import { type EvaluationImage, pictureOf } from "../loading/evaluation-loader.js";
import { decodeWith } from "../models/segment.js";
import type { TrainableNetwork } from "../models/trainable-network.js";
import { imageTensors } from "../loading/image-tensors.js";

export interface Observation {
  readonly sample: EvaluationImage;
  /** H x W, train ids. */
  readonly prediction: Uint8Array;
  /** For each row of the memory H x W, the weights at a pixel sum to one; null without a memory. */
  readonly weights: readonly Float32Array[] | null;
}

export interface ObserveOptions {
  readonly device?: Device;
  /** Also the read weights. Default false. */
  readonly weights?: boolean;
  /** Where batch norm takes each picture's own statistics, of the network. Default null: it does not. */
  readonly normalization?: TestTimeNormalization | null;
}

/** The network is in evaluation mode. Weights are resized as the official code does: bilinear, corners aligned. */
export function observe(
  network: TrainableNetwork,
  sample: EvaluationImage,
  { device = "cpu", weights: wanted = false, normalization = null }: ObserveOptions = {},
): Observation {
  const size = [sample.height, sample.width] as const;
  return scope(() =>
    noGrad(() => {
      const { reading, logits } = withOwnStatistics(
        network,
        pictureOf(sample),
        { device, normalization },
        () => {
          const { feature, lowLevel } = network.encode(imageTensors(sample, device).image);
          const read = network.memory?.read(feature) ?? null;
          return { reading: read, logits: decodeWith(network, { feature, lowLevel }, read, size) };
        },
      );
      const prediction = winners(logits);
      if (!wanted || !reading) return { sample, prediction, weights: null };
      const large = nn.F.interpolate(reading.weights, { size, mode: "bilinear", alignCorners: true });
      const weights = large
        .squeeze(0)
        .unbind()
        .map((row) => row.to("float32").toTypedArray() as Float32Array);
      return { sample, prediction, weights };
    }),
  );
}

/** The train ids of a label or prediction, in order, 255 for ignored pixels. */
export const occurring = (trainIds: Uint8Array): number[] => [...new Set(trainIds)].sort((a, b) => a - b);
