// A labeled picture as a network has encoded it: its part in the rows, and its answers with any rows and strengths of the votes,
// without encoding it again. What a decoder makes of a picture is needed once for all strengths: votes are added to its logits
// before they are brought up to the picture's size, as in `decode`.
// Shapes: C width, K classes, H W picture, h w feature.

import { type Device, dispose, fromTypedArray, keep, nn, noGrad, scope, type Tensor } from "@pinmem/torch";
import { winners } from "../inference/predictor.js";
import { imageTensor, normalize } from "../loading/batch-tensors.js";
import type { EvaluationImage } from "../loading/evaluation-loader.js";
import { BackboneNetwork } from "../models/backbone-network.js";
import { decodeWith } from "../models/segment.js";
import type { SegmentationNetwork } from "../models/segmentation-network.js";
import { memoryOf } from "../training/methods/method.js";
import { type PictureSums, sumPicture } from "./class-rows.js";

interface Features {
  readonly feature: Tensor;
  readonly lowLevel: Tensor | null;
}

export interface EncodeOptions {
  readonly device: Device;
  /** Bytes of features that may be kept; what is larger is encoded again where it is needed. */
  readonly keepUpTo: number;
}

export class EncodedPicture implements Disposable {
  readonly label: Uint8Array;
  readonly sums: PictureSums;
  /** Of the features that are kept. */
  readonly bytes: number;
  readonly #size: readonly [height: number, width: number];
  readonly #network: SegmentationNetwork;
  readonly #image: EvaluationImage;
  readonly #device: Device;
  readonly #kept: Features | null;

  /** @param network in evaluation mode; its weights and statistics are those of this moment only while it is not changed */
  constructor(network: SegmentationNetwork, picture: EvaluationImage, { device, keepUpTo }: EncodeOptions) {
    const { label, width, height } = picture;
    this.#network = network;
    this.#image = picture;
    this.#device = device;
    this.#size = [height, width];
    this.label = label;
    const { sums, kept, bytes } = scope(() => {
      const features = this.#encode();
      const ids = fromTypedArray(label, [1, height, width], { device }).to("int64");
      const sums = sumPicture(features.feature, ids, network.classes);
      const bytes = bytesOf(features.feature) + bytesOf(features.lowLevel);
      if (bytes > keepUpTo) return { sums, kept: null, bytes: 0 };
      keep(features.feature);
      if (features.lowLevel) keep(features.lowLevel);
      return { sums, kept: features, bytes };
    });
    this.sums = sums;
    this.bytes = bytes;
    this.#kept = kept;
  }

  /** Train ids (H x W) by rows (K, C), for each strength of the votes. */
  answers(items_KC: Tensor, votes: readonly number[]): Uint8Array[] {
    const network = this.#network;
    const memory = memoryOf(network, "EncodedPicture");
    return noGrad(() =>
      scope(() => {
        const { feature, lowLevel } = this.#kept ?? this.#encode();
        const { refined, votes: unit } = memory.read(feature, { items: items_KC, vote: 1 });
        const logits = this.#decoder(refined, lowLevel, unit as Tensor);
        return votes.map((vote) => scope(() => winners(logits(vote))));
      }),
    );
  }

  [Symbol.dispose](): void {
    this.sums[Symbol.dispose]();
    if (this.#kept) dispose([this.#kept.feature, ...(this.#kept.lowLevel ? [this.#kept.lowLevel] : [])]);
  }

  /** Logits (1, K, H, W) for a strength of the votes. */
  #decoder(refined: Tensor, lowLevel: Tensor | null, unit: Tensor): (vote: number) => Tensor {
    const network = this.#network;
    if (!(network instanceof BackboneNetwork)) {
      return (vote) => {
        const reading = { refined, votes: vote === 0 ? null : unit.mul(vote) };
        return decodeWith(network, { feature: refined, lowLevel }, reading, this.#size);
      };
    }
    // Asked for its own resolution, a decoder does not resize what it gives.
    const [, , h = 0, w = 0] = (lowLevel ?? refined).shape;
    const small = network.decode(refined, lowLevel, [h, w]);
    const resize = (input: Tensor, size: readonly [number, number]) =>
      nn.F.interpolate(input, { size, mode: "bilinear", alignCorners: true });
    const cosines = resize(unit, [h, w]);
    return (vote) => resize(small.add(cosines, { alpha: vote }), this.#size);
  }

  #encode(): Features {
    const { image } = this.#image;
    const [height, width] = this.#size;
    return noGrad(() =>
      scope(() => {
        const { feature, lowLevel } = this.#network.encode(
          normalize(imageTensor(image, [1, height, width], { device: this.#device })),
        );
        return { feature, lowLevel };
      }),
    );
  }
}

const bytesOf = (tensor: Tensor | null): number => (tensor ? 4 * tensor.numel : 0);
