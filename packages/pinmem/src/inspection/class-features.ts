// One vector for each class of each image: the mean direction of the features that the memory reads, over the pixels of the
// class. What the paper's figure of the embedding is made of.
//
// As in the official code, directions are brought to the label's resolution (bilinear, corners aligned) and averaged there.
// That map is linear and separable, so its transpose brings the label's masks down to the feature instead: the same
// means, without C channels at full resolution.
// Shapes: C width, K classes, H W label resolution, h w feature.

import { type Device, eye, nn, noGrad, scope, type Tensor } from "@pinmem/torch";
import { withOwnStatistics } from "../inference/own-look.js";
import type { TestTimeNormalization } from "../inference/test-time-normalization.js";
import { pictureOf } from "../loading/evaluation-loader.js";
import type { TrainableNetwork } from "../models/trainable-network.js";
import { imageTensors } from "../loading/image-tensors.js";
import type { InspectedDomain } from "./domains.js";

export interface ClassFeature {
  /** Position among the domains. */
  readonly domain: number;
  /** Within its domain. */
  readonly image: number;
  readonly trainId: number;
  /** C */
  readonly vector: Float64Array;
}

export interface ClassFeatureOptions {
  /** Train ids to collect. */
  readonly classes: readonly number[];
  readonly device?: Device;
  /** Where batch norm takes each picture's own statistics, of the network. Default null: it does not. */
  readonly normalization?: TestTimeNormalization | null;
  readonly onProgress?: (done: number, total: number) => void;
}

/** Features of the given classes in every image of the domains, in order. The network is in evaluation mode. */
export async function collectClassFeatures(
  network: TrainableNetwork,
  domains: readonly InspectedDomain[],
  { classes, device = "cpu", normalization = null, onProgress = () => {} }: ClassFeatureOptions,
): Promise<ClassFeature[]> {
  const features: ClassFeature[] = [];
  const total = domains.reduce((sum, { count }) => sum + count, 0);
  let done = 0;
  for (const [domain, { images }] of domains.entries()) {
    for await (const sample of images()) {
      scope(() =>
        noGrad(() => {
          const { image, label } = imageTensors(sample, device);
          const { feature } = withOwnStatistics(network, pictureOf(sample), { device, normalization }, () =>
            network.encode(image),
          );
          for (const [trainId, vector] of classMeanFeatures(feature, label, classes)) {
            features.push({ domain, image: sample.index, trainId, vector });
          }
        }),
      );
      onProgress(++done, total);
    }
  }
  return features;
}

/**
 * Mean direction (C) of a feature (1, C, h, w) over the pixels of each class in a label (1, H, W) that occurs there.
 * @param classes train ids to look for
 */
export function classMeanFeatures(
  feature_1Chw: Tensor,
  label_1HW: Tensor,
  classes: readonly number[],
): Map<number, Float64Array> {
  const [, width = 0, h = 0, w = 0] = feature_1Chw.shape;
  const [, height = 0, breadth = 0] = label_1HW.shape;
  const { device } = feature_1Chw;
  return scope(() => {
    const query_NC = nn.F.normalize(feature_1Chw.to("float64"))
      .view([width, h * w])
      .t();
    const up_Hh = interpolation(h, height, device);
    const up_Ww = interpolation(w, breadth, device);
    const found = new Map<number, Float64Array>();
    for (const trainId of classes) {
      const mask_HW = label_1HW.squeeze(0).eq(trainId).to("float64");
      const pixels = mask_HW.sum().toNumber();
      if (pixels === 0) continue;
      const share_1N = up_Hh
        .t()
        .matmul(mask_HW)
        .matmul(up_Ww)
        .view([1, h * w]);
      const mean = share_1N.matmul(query_NC).div(pixels);
      found.set(trainId, mean.flatten().toTypedArray() as Float64Array);
    }
    return found;
  });
}

/** The matrix (to, from) of bilinear interpolation along one axis, corners aligned. */
function interpolation(from: number, to: number, device: Device): Tensor {
  const unit = eye(from, { dtype: "float64", device }).view([1, 1, from, from]);
  return nn.F.interpolate(unit, { size: [to, from], mode: "bilinear", alignCorners: true }).view([to, from]);
}
