// A labeled picture as a network has encoded it: its part in the rows and in a fit of the classifier, and its answers with any
// rows and strengths of votes and fit, without encoding it again. What a decoder makes of a picture is needed once for all
// strengths: both are added to its logits before they are brought up to the picture's size, as votes are in `decode`.
// Shapes: C width, K classes, H W picture, h w feature.

import { IGNORE_INDEX } from "@pinmem/core";
import { type Device, dispose, fromTypedArray, keep, nn, noGrad, scope, type Tensor } from "@pinmem/torch";
import { withOwnStatistics } from "../inference/own-look.js";
import { winners } from "../inference/predictor.js";
import type { TestTimeNormalization } from "../inference/test-time-normalization.js";
import { type EvaluationImage, pictureOf } from "../loading/evaluation-loader.js";
import { imageTensors } from "../loading/image-tensors.js";
import { logFrequencies } from "../models/adjust-logits.js";
import { BackboneNetwork } from "../models/backbone-network.js";
import { contextOf } from "../models/heads/context-convolution.js";
import { decodeWith } from "../models/segment.js";
import type { SegmentationNetwork } from "../models/segmentation-network.js";
import { memoryOf } from "../training/methods/method.js";
import { labelsOf, type PictureSums, sumPicture } from "./class-rows.js";
import { type ClassifierFit, type ClassifierSums, sumEncoded } from "./classifier-fit.js";

interface Features {
  readonly feature: Tensor;
  readonly lowLevel: Tensor | null;
}

export interface EncodeOptions {
  readonly device: Device;
  /** Of the network, where it mixes each picture's own statistics in. Default none. */
  readonly normalization?: TestTimeNormalization | null;
  /** Whether its part in a fit of the classifier is wanted. Default false. */
  readonly classifier?: boolean;
  /** Bytes of features that may be kept; what is larger is encoded again where it is needed. */
  readonly keepUpTo: number;
  /** Where labels name a few classes only: whose pixels without a label are taken for what the network sees there. Default nobody's. */
  readonly others?: OtherClasses;
}

/** Classes beside those that labels name. */
export interface OtherClasses {
  readonly named: ReadonlySet<number>;
  /** How the network is asked what it sees, with rows as they are. */
  readonly asked: Asked;
  /** Of the classes in the sources' labels; null where they are not known. */
  readonly frequencies: readonly number[] | null;
}

/** How a picture is to be answered. */
export interface Asked {
  readonly vote: number;
  /** Strength of the classifier's fit. Default 0. */
  readonly classifier?: number;
  /** How much of the logarithms of the classes' frequencies is taken out of the logits. Default 0. */
  readonly logitAdjustment?: number;
}

/** What a picture may be answered with. */
export interface AnswerOptions {
  /** Of the classifier. Default none. */
  readonly fit?: ClassifierFit | null;
  /** Of the classes in the sources' labels. Default not known. */
  readonly frequencies?: readonly number[] | null;
}

export class EncodedPicture implements Disposable {
  readonly label: Uint8Array;
  /** Train ids of other classes than labels name, as the network sees them where there is no label; 255 elsewhere. Null where they are not asked for. */
  readonly rest: Uint8Array | null;
  readonly sums: PictureSums;
  /** Null where it was not wanted, or the network's last convolution is not known. */
  readonly classifier: ClassifierSums | null;
  /** Of the features that are kept. */
  readonly bytes: number;
  readonly #size: readonly [height: number, width: number];
  readonly #network: SegmentationNetwork;
  readonly #image: EvaluationImage;
  readonly #device: Device;
  readonly #normalization: TestTimeNormalization | null;
  #kept: Features | null;

  /** @param network in evaluation mode; its weights and statistics are those of this moment only while it is not changed */
  constructor(
    network: SegmentationNetwork,
    picture: EvaluationImage,
    { device, normalization = null, classifier = false, keepUpTo, others }: EncodeOptions,
  ) {
    const { label, width, height } = picture;
    this.#network = network;
    this.#image = picture;
    this.#device = device;
    this.#normalization = normalization;
    this.#size = [height, width];
    this.label = label;
    const { sums, fit, rest, kept, bytes } = this.#asPredicted(() => {
      const tensors = imageTensors(picture, device);
      const features = this.#encode(tensors.image);
      const rest = others ? this.#othersIn(features, others) : null;
      const fit =
        classifier && network instanceof BackboneNetwork
          ? sumEncoded(network, features, rest ? this.#withLabel(rest) : tensors.label)
          : null;
      const sums = sumPicture(features.feature, labelsOf(picture), network.classes);
      const bytes = bytesOf(features.feature) + bytesOf(features.lowLevel);
      if (bytes > keepUpTo) return { sums, fit, rest, kept: null, bytes: 0 };
      keep(features.feature);
      if (features.lowLevel) keep(features.lowLevel);
      return { sums, fit, rest, kept: features, bytes };
    });
    this.sums = sums;
    this.classifier = fit;
    this.rest = rest;
    this.bytes = bytes;
    this.#kept = kept;
  }

  /** Train ids (H x W) by rows (K, C), for each way to ask. */
  answers(items_KC: Tensor, asked: readonly Asked[], options: AnswerOptions = {}): Uint8Array[] {
    return noGrad(() =>
      this.#asPredicted(() => {
        const features = this.#kept ?? this.#encode(imageTensors(this.#image, this.#device).image);
        return this.#answers(features, items_KC, asked, options);
      }),
    );
  }

  #answers(
    { feature, lowLevel }: Features,
    items: Tensor,
    asked: readonly Asked[],
    options: AnswerOptions,
  ): Uint8Array[] {
    const { refined, votes: unit } = memoryOf(this.#network, "EncodedPicture").read(feature, {
      items,
      vote: 1,
    });
    const logits = this.#decoder(refined, lowLevel, unit as Tensor, options);
    return asked.map((one) => scope(() => winners(logits(one))));
  }

  #othersIn(features: Features, { named, asked, frequencies }: OtherClasses): Uint8Array {
    const { items } = memoryOf(this.#network, "EncodedPicture");
    const [seen] = noGrad(() => scope(() => this.#answers(features, items, [asked], { frequencies })));
    return (seen as Uint8Array).map((id, at) =>
      this.label[at] === IGNORE_INDEX && !named.has(id) ? id : IGNORE_INDEX,
    );
  }

  /** The label (1, H, W), and where it has none this one. */
  #withLabel(rest: Uint8Array): Tensor {
    const both = this.label.map((id, at) => (id === IGNORE_INDEX ? (rest[at] as number) : id));
    return fromTypedArray(both, [1, ...this.#size], { device: this.#device }).to("int64");
  }

  /** Frees the features: of what is left, sums can be used still. */
  forget(): void {
    if (this.#kept) dispose([this.#kept.feature, ...(this.#kept.lowLevel ? [this.#kept.lowLevel] : [])]);
    this.#kept = null;
  }

  [Symbol.dispose](): void {
    this.sums[Symbol.dispose]();
    this.classifier?.[Symbol.dispose]();
    this.forget();
  }

  /** Logits (1, K, H, W) for a way to ask. */
  #decoder(
    refined: Tensor,
    lowLevel: Tensor | null,
    unit: Tensor,
    { fit = null, frequencies = null }: AnswerOptions,
  ): (asked: Asked) => Tensor {
    const network = this.#network;
    if (!(network instanceof BackboneNetwork)) {
      return ({ vote }) => {
        const reading = { refined, votes: vote === 0 ? null : unit.mul(vote) };
        return decodeWith(network, { feature: refined, lowLevel }, reading, this.#size);
      };
    }
    const seen = network.beforeClassifier(refined, lowLevel);
    const [small, fitted] = [network.final2.call(seen), fit && fittedTo(seen, fit)];
    const [, , h = 0, w = 0] = small.shape;
    const cosines = nn.F.interpolate(unit, { size: [h, w], mode: "bilinear", alignCorners: true });
    const known = frequencies && logFrequencies(frequencies, this.#device).view([1, -1, 1, 1]);
    return ({ vote, classifier = 0, logitAdjustment = 0 }) => {
      const voted = small.add(cosines, { alpha: vote });
      const logits = fitted && classifier > 0 ? voted.add(fitted, { alpha: classifier }) : voted;
      const adjusted = known && logitAdjustment > 0 ? logits.sub(known, { alpha: logitAdjustment }) : logits;
      return network.enlarge(adjusted, this.#size);
    };
  }

  /** In a scope, with the statistics that predictions of the picture take. */
  #asPredicted<T>(body: () => T): T {
    const look = { device: this.#device, normalization: this.#normalization };
    return scope(() => withOwnStatistics(this.#network, pictureOf(this.#image), look, body));
  }

  #encode(image: Tensor): Features {
    return noGrad(() =>
      scope(() => {
        const { feature, lowLevel } = this.#network.encode(image);
        return { feature, lowLevel };
      }),
    );
  }
}

/** What the fit alone says of (1, C, h, w). */
const fittedTo = (seen: Tensor, { weight, context, bias }: ClassifierFit): Tensor =>
  nn.F.conv2d(seen, weight, bias).add(contextOf(nn.F.conv2d(seen, context)));

const bytesOf = (tensor: Tensor | null): number => (tensor ? 4 * tensor.numel : 0);
