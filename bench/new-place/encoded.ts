// A network in a place, picture by picture: what its decoder sees just before the last convolution, which is all that rows,
// votes and other classifiers need to be tried without going through the network again.
// Shapes: C width, K classes, H W picture, h w feature, h' w' low-level feature.

import { type Device, dispose, fromTypedArray, nn, noGrad, scope, type Tensor } from "@pinmem/torch";
import { lookAtPictures, type PlacePicture } from "pinmem/adaptation";
import { type Dataset, type EvaluationImage, imageTensor, normalize, type Sample } from "pinmem/data";
import { AutoPredictor, predict, protocol } from "pinmem/evaluation";
import { BackboneNetwork, ClassMemory } from "pinmem/models";
import { type OpenRun, openRun } from "pinmem/training";

/** Whose statistics batch norm takes. */
export type Statistics =
  | { readonly kind: "trained" }
  | { readonly kind: "image"; readonly weight: number | "auto" }
  | { readonly kind: "place"; readonly weight: number };

/** @throws RangeError where it says none */
export function parseStatistics(text: string): Statistics {
  if (text === "trained") return { kind: "trained" };
  const [, kind, given = ""] = /^(image|place):(.+)$/.exec(text) ?? [];
  const weight = Number(given);
  if (kind === "image" && given === "auto") return { kind, weight: "auto" };
  if ((kind === "image" || kind === "place") && weight >= 0 && weight <= 1) return { kind, weight };
  throw new RangeError(`"${text}" are no statistics; give trained, image:W, image:auto or place:W`);
}

/** A picture on its way: in a scope. */
export interface Encoded {
  /** (1, C, h, w) */
  readonly feature: Tensor;
  /** What the last convolution sees with the feature as the memory refines it by rows (K, C). */
  readonly beforeLast: (items_KC: Tensor | null) => Tensor;
}

export class PlaceNetwork implements Disposable {
  readonly run: OpenRun;
  readonly network: BackboneNetwork;
  /** The classifier as trained. */
  readonly last: nn.Conv2d;
  /** Tells the cosines of any rows. */
  readonly voter: ClassMemory;
  readonly #device: Device;
  readonly #auto: AutoPredictor | null;

  private constructor(run: OpenRun, device: Device) {
    this.run = run;
    this.#device = device;
    const network = run.auto?.network ?? run.network;
    if (!(network instanceof BackboneNetwork)) {
      throw new RangeError(`${run.path}: a network of one's own has no last layer that is known here`);
    }
    this.network = network;
    this.last = network.classifier;
    const width = this.last.weight.size(1);
    this.voter = new ClassMemory({ classes: network.classes, width, votesOnly: true }).eval().to({ device });
    this.#auto =
      run.auto &&
      new AutoPredictor({
        trained: (image) => predict(run.network, image),
        second: run.auto.second,
        rule: run.auto.rule,
        protocol: protocol("whole", { normalize: { kind: "image", weight: "auto" } }),
        device,
      });
  }

  /** @param given pictures whose statistics those of a place are */
  static async open(
    path: string,
    statistics: Statistics,
    given: Dataset,
    device: Device = "cpu",
  ): Promise<PlaceNetwork> {
    const normalize = statistics.kind === "image" ? statistics : ({ kind: "trained" } as const);
    const run = openRun(path, { form: "trained", normalize, device });
    run.network.to({ memoryFormat: "channelsLast" });
    if (statistics.kind === "place") {
      using place = await lookAtPictures(run.network, given.samples.map(pictureOf), { device });
      place.mixInto(statistics.weight);
    }
    return new PlaceNetwork(run, device);
  }

  /** Whether rows change what the decoder sees. */
  get readsRows(): boolean {
    return this.network.memory !== null && !this.network.memory.votesOnly;
  }

  encode(picture: EvaluationImage): Encoded {
    const { network } = this;
    const { image, width, height } = picture;
    const { auto } = this.run;
    if (auto && this.#auto) {
      // Heads and rows see one look at a picture: as it is, with its own statistics where the predictor takes any.
      const takesOwn = this.#auto.takesOwn({ width, height, pixels: image });
      auto.second.normalization.weight = takesOwn ? auto.rule.weight : 0;
    }
    const input = normalize(imageTensor(image, [1, height, width], { device: this.#device }));
    const { feature, lowLevel } = noGrad(() => network.encode(input));
    const beforeLast = (items: Tensor | null): Tensor =>
      noGrad(() =>
        scope(() => {
          const refined = network.memory?.read(feature, items ? { items } : {}).refined ?? feature;
          return network.beforeClassifier(refined, lowLevel);
        }),
      );
    return { feature, beforeLast };
  }

  /** What the network says without rows or another head, where each picture decides how it is looked at; null elsewhere. */
  predicted({ image, width, height }: EvaluationImage): Uint8Array | null {
    return this.#auto?.labels([{ width, height, pixels: image }])[0] ?? null;
  }

  /** Labels (1, H, W). */
  labelOf({ label, width, height }: EvaluationImage): Tensor {
    return fromTypedArray(label, [1, height, width], { device: this.#device }).to("int64");
  }

  [Symbol.dispose](): void {
    dispose([...this.voter.stateDict().values()]);
    this.run[Symbol.dispose]();
  }
}

/** Logits (1, K, h, w) brought to another size, as decoders do. */
export const resized = (logits: Tensor, size: readonly [number, number]): Tensor =>
  nn.F.interpolate(logits, { size, mode: "bilinear", alignCorners: true });

const pictureOf = (sample: Sample): PlacePicture => ("scene" in sample ? sample : sample.image);
