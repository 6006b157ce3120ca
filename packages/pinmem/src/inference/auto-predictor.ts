// A predictor that decides for each picture how it is looked at: with the trained statistics, or with those looks in which the network
// sees most clearly, its own statistics and other exposures among them (clearest-looks.ts). Two networks with the same weights,
// one prepared for the trained statistics, one that mixes, and a rule between them (shift-rule.ts).
//
// The decision is made on the whole picture, upright, so that views, windows and tiles follow one decision, and pictures do not
// follow one another. A picture that looks like the sources has gone through the prepared network alone; where the rule asks for
// other looks, these are the prediction, if it comes to that.

import { BicubicResizer, exposed, type Exposure, type RgbImage } from "@pinmem/core";
import type { Protocol } from "@pinmem/core/formats";
import { cat, type Device, dispose, noGrad, scope, type Tensor } from "@pinmem/torch";
import type { ClassMemory } from "../memory/class-memory.js";
import { clearestLooks, type Look, logarithmsOf, togetherOf } from "./clearest-looks.js";
import { pictureInput, statisticsView } from "./picture-input.js";
import { type Forward, type ImagePredictor, Predictor, winners } from "./predictor.js";
import type { SecondLook } from "./second-look.js";
import { asksForOwn, departs, predictionSigns, type ShiftRule } from "./shift-rule.js";
import type { TestTimeNormalization } from "./test-time-normalization.js";
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

type Statistics = ReturnType<TestTimeNormalization["note"]>;

/** What holds while parts of one picture are scored. */
interface Decided {
  readonly looks: readonly Look[];
  /** Of the whole picture, under each exposure that it is looked at with. */
  readonly statistics: ReadonlyMap<Exposure, Statistics>;
}

const AS_TRAINED: readonly Look[] = ["trained"];

/** Class scores of images, each normalized and exposed as a rule finds that it needs. */
export class AutoPredictor implements ImagePredictor {
  readonly protocol: Protocol;
  /** Each picture is decided alone. */
  readonly batch = 1;
  readonly #trained: Predictor;
  readonly #mixing: Predictor;
  readonly #options: AutoPredictorOptions;
  readonly #device: Device;
  readonly #resizer = new BicubicResizer();
  #decided: Decided | null = null;

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

  /** How a picture is looked at. */
  looksAt(image: RgbImage): readonly Look[] {
    return this.#decided?.looks ?? scope(() => this.#decide(image).looks);
  }

  /** Whether any look at a picture is one with its own statistics. */
  takesOwn(image: RgbImage): boolean {
    return this.looksAt(image).some((look) => look !== "trained");
  }

  scores(images: readonly RgbImage[]): Tensor {
    return scope(() => {
      const each = images.map((image) => this.#scores(image, this.looksAt(image)));
      return each.length === 1 ? (each[0] as Tensor) : cat(each);
    });
  }

  labels(images: readonly RgbImage[]): Uint8Array[] {
    return images.map((image) =>
      noGrad(() =>
        scope(() => {
          // Where a picture is seen whole, the passes that decide are those that predict.
          const seesAll = this.#decided === null && this.#trained.seesWhole(image);
          const { looks, logits } = seesAll
            ? this.#decide(image)
            : { looks: this.looksAt(image), logits: null };
          if (logits) return winners(logits);
          if (isTrained(looks)) return this.#trained.labels([image])[0] as Uint8Array;
          return winners(this.#scores(image, looks));
        }),
      ),
    );
  }

  async withStatisticsOf<T>(image: RgbImage, body: () => Promise<T>): Promise<T> {
    if (this.#decided) return body();
    const looks = this.looksAt(image);
    const statistics = new Map<Exposure, Statistics>();
    try {
      for (const look of looks) if (look !== "trained") statistics.set(look, this.#statisticsOf(image, look));
      this.#decided = { looks, statistics };
      return await body();
    } finally {
      this.#decided = null;
      for (const noted of statistics.values())
        for (const { mean, variance } of noted.values()) dispose([mean, variance]);
    }
  }

  /** By what the protocol combines: probabilities, or logits. */
  #scores(image: RgbImage, looks: readonly Look[]): Tensor {
    const [only] = looks;
    if (looks.length === 1 && only !== undefined) return this.#scoresIn(image, only);
    const combinesLogits = this.protocol.combine === "logits";
    return noGrad(() =>
      scope(() => {
        const each = looks.map((look) => {
          const scores = this.#scoresIn(image, look);
          return combinesLogits ? scores.softmax(1) : scores;
        });
        const together = togetherOf(each);
        return combinesLogits ? logarithmsOf(together) : together;
      }),
    );
  }

  #scoresIn(image: RgbImage, look: Look): Tensor {
    if (look === "trained") return this.#trained.scores([image]);
    const score = () => this.#mixing.scores([exposed(image, look)]);
    const noted = this.#decided?.statistics.get(look);
    return noted ? this.#options.second.normalization.withGiven(noted, score) : score();
  }

  #statisticsOf(image: RgbImage, exposure: Exposure): Statistics {
    const { second } = this.#options;
    const view = statisticsView(exposed(image, exposure), this.#resizer);
    return second.normalization.note(
      () => void noGrad(() => second.forward(pictureInput([view], this.#device))),
    );
  }

  /** The looks, and what they say together; null where votes of training decide that are not those that predict. */
  #decide(image: RgbImage): { looks: readonly Look[]; logits: Tensor | null } {
    const { memories = [] } = this.#options;
    if (memories.length === 0) return this.#look(image);
    const { looks } = scope(() => withTrainedVotes(memories, () => this.#look(image)));
    return { looks, logits: null };
  }

  #look(image: RgbImage): { looks: readonly Look[]; logits: Tensor } {
    const { trained, second, rule } = this.#options;
    return noGrad(() =>
      scope(() => {
        const view = statisticsView(image, this.#resizer);
        const input = pictureInput([view], this.#device);
        const logits = trained(input);
        const asTrained = { looks: AS_TRAINED, logits };
        if (!asksForOwn(rule, predictionSigns(second.asTrained(logits)))) return asTrained;
        const own = second.look(input, rule.weight, logits);
        if (!departs(rule, own.departure)) return asTrained;
        return clearestLooks(second, view, { trained: logits, own: own.logits }, this.#device);
      }),
    );
  }
}

const isTrained = ([look, ...others]: readonly Look[]): boolean => look === "trained" && others.length === 0;
