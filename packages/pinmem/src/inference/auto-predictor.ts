// A predictor that decides for each picture how much of its own statistics batch norm takes: two networks with the same weights,
// one prepared for the trained statistics, one that mixes, and a rule between them (shift-rule.ts).
//
// The decision is made on the whole picture, upright, so that views, windows and tiles follow one decision, and pictures do not
// follow one another. A picture that looks like the sources has gone through the prepared network alone; where the rule asks for
// a second look, that is the prediction with own statistics, if it comes to that.

import { BicubicResizer, type RgbImage } from "@pinmem/core";
import type { Protocol } from "@pinmem/core/formats";
import { cat, type Device, noGrad, scope, type Tensor } from "@pinmem/torch";
import type { ClassMemory } from "../memory/class-memory.js";
import { pictureInput, statisticsView } from "./picture-input.js";
import { type Forward, type ImagePredictor, Predictor, winners } from "./predictor.js";
import type { SecondLook } from "./second-look.js";
import { asksForOwn, departs, predictionSigns, type ShiftRule } from "./shift-rule.js";
import { withTrainedVotes } from "./trained-votes.js";

export interface AutoPredictorOptions {
  /** With the trained statistics. */
  readonly trained: Forward;
  /** With own statistics. */
  readonly second: SecondLook;
  readonly rule: ShiftRule;
  /** Of both networks, where their votes weigh something else than in training, for which the rule is. Default: none. */
  readonly memories?: readonly ClassMemory[];
  readonly protocol: Protocol;
  readonly device?: Device;
  /** Windows of one image that go through the network together; pictures go alone. Default 1. */
  readonly batch?: number;
}

/** Class scores of images, each normalized with as much of its own statistics as a rule finds that it needs. */
export class AutoPredictor implements ImagePredictor {
  readonly protocol: Protocol;
  /** Each picture is decided alone. */
  readonly batch = 1;
  readonly #trained: Predictor;
  readonly #mixing: Predictor;
  readonly #options: AutoPredictorOptions;
  readonly #device: Device;
  readonly #resizer = new BicubicResizer();
  /** While parts of one picture are scored, which all have its weight. */
  #decided: number | null = null;

  constructor(options: AutoPredictorOptions) {
    const { trained, second, rule, protocol, device = "cpu", batch = 1 } = options;
    this.protocol = protocol;
    this.#options = options;
    this.#device = device;
    this.#trained = new Predictor({
      forward: trained,
      protocol: { ...protocol, normalize: { kind: "trained" } },
      device,
      batch,
    });
    second.normalization.weight = rule.weight;
    this.#mixing = new Predictor({
      forward: second.forward,
      protocol: { ...protocol, normalize: { kind: "image", weight: rule.weight } },
      normalization: second.normalization,
      device,
      batch,
    });
  }

  /** The weight for a picture. */
  weightOf(image: RgbImage): number {
    return this.#decide(image).weight;
  }

  scores(images: readonly RgbImage[]): Tensor {
    return scope(() => {
      const each = images.map((image) => this.#use(this.#weightFor(image)).scores([image]));
      return each.length === 1 ? (each[0] as Tensor) : cat(each);
    });
  }

  labels(images: readonly RgbImage[]): Uint8Array[] {
    return images.map((image) =>
      noGrad(() =>
        scope(() => {
          if (this.#decided !== null || !this.#trained.seesWhole(image)) {
            return this.#use(this.#weightFor(image)).labels([image])[0] as Uint8Array;
          }
          // The passes that decide are those that predict.
          const { weight, logits } = this.#decide(image);
          return logits ? winners(logits) : (this.#use(weight).labels([image])[0] as Uint8Array);
        }),
      ),
    );
  }

  async withStatisticsOf<T>(image: RgbImage, body: () => Promise<T>): Promise<T> {
    const outer = this.#decided;
    const weight = this.#weightFor(image);
    this.#decided = weight;
    try {
      return await this.#use(weight).withStatisticsOf(image, body);
    } finally {
      this.#decided = outer;
    }
  }

  #weightFor(image: RgbImage): number {
    return this.#decided ?? scope(() => this.#decide(image).weight);
  }

  #use(weight: number): Predictor {
    if (weight === 0) return this.#trained;
    return this.#mixing;
  }

  /** The weight, and what the network says with it; null where votes of training decide that are not those that predict. */
  #decide(image: RgbImage): { weight: number; logits: Tensor | null } {
    const { memories = [] } = this.#options;
    if (memories.length === 0) return this.#look(image);
    const { weight } = scope(() => withTrainedVotes(memories, () => this.#look(image)));
    return { weight, logits: null };
  }

  #look(image: RgbImage): { weight: number; logits: Tensor } {
    const { trained, second, rule } = this.#options;
    return noGrad(() =>
      scope(() => {
        const input = pictureInput([statisticsView(image, this.#resizer)], this.#device);
        const logits = trained(input);
        if (!asksForOwn(rule, predictionSigns(second.asTrained(logits)))) return { weight: 0, logits };
        const own = second.look(input, rule.weight, logits);
        return departs(rule, own.departure)
          ? { weight: rule.weight, logits: own.logits }
          : { weight: 0, logits };
      }),
    );
  }
}
