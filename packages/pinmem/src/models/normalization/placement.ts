// Which instance normalization stands where in a backbone: the option that turns a plain network into IBN-Net, one with
// instance whitening, RobustNet's instance-selective whitening, or switchable whitening.
//
// A stage has at most one such layer: in layer0 of a ResNet or ShuffleNetV2 it replaces the batch norm of the stem (in
// ShuffleNetV2 that of layer4 too), elsewhere it follows the last block of the stage. It uses the statistics of the
// image in training and evaluation alike.
// Source: Choi et al., "RobustNet", CVPR 2021, and its option `wt_layer`.

import { z } from "zod";

/**
 * - `instance-norm`: instance norm with a learned scale and shift (IBN-Net, Pan et al. 2018)
 * - `instance-standardization`: the same without scale and shift
 * - `instance-whitening`: standardized, and its covariances are driven to zero by the whitening loss (IW, IRW)
 * - `selective-whitening`: likewise, but only covariances that react to photometric changes (ISW, RobustNet)
 * - `switchable-whitening`: whitened by a learned mixture of batch and image covariance (Pan et al. 2019)
 */
export const normalizationKinds = [
  "instance-norm",
  "instance-standardization",
  "instance-whitening",
  "selective-whitening",
  "switchable-whitening",
] as const;
export type NormalizationKind = (typeof normalizationKinds)[number];

export const stageNames = ["layer0", "layer1", "layer2", "layer3", "layer4"] as const;
export type StageName = (typeof stageNames)[number];

export const placementSchema = z.strictObject({
  layer0: z.enum(normalizationKinds).optional(),
  layer1: z.enum(normalizationKinds).optional(),
  layer2: z.enum(normalizationKinds).optional(),
  layer3: z.enum(normalizationKinds).optional(),
  layer4: z.enum(normalizationKinds).optional(),
});

/** The kind of each stage that has one. */
export type NormalizationPlacement = z.output<typeof placementSchema>;

// Code 0 is plain batch norm.
const officialCodes: readonly (NormalizationKind | undefined)[] = [
  undefined,
  "instance-whitening",
  "selective-whitening",
  "instance-standardization",
  "instance-norm",
  "switchable-whitening",
];

/**
 * The placement that the official code writes as seven integers, `[stem, stem, stem or layer0, layer1, layer2, layer3,
 * layer4]`; the first two belong to a stem of three convolutions, which no network here has.
 */
export function fromOfficialWhitening(codes: readonly number[]): NormalizationPlacement {
  if (codes.length !== 7 || codes.some((code) => !(code in officialCodes))) {
    throw new RangeError(
      `fromOfficialWhitening: argument 'codes' must be 7 integers from 0 to 5, got [${codes.join(", ")}]`,
    );
  }
  if (codes[0] || codes[1]) {
    throw new RangeError(
      `fromOfficialWhitening: argument 'codes' starts with [${codes[0]}, ${codes[1]}], which belong to a stem of three ` +
        "convolutions; every network here has a single one: use 0 for both",
    );
  }
  const placed = stageNames.map((stage, index) => [stage, officialCodes[codes[index + 2] ?? 0]] as const);
  return Object.fromEntries(placed.filter(([, kind]) => kind));
}
