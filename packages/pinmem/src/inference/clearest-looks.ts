// What a picture that departs from the sources is predicted with. It is looked at with the trained statistics, and with its own under
// several exposures; of these looks the two in which the network sees most clearly are averaged.
//
// Clear are predictions that tell much for what they are unsure of (`clarity`, shift-rule.ts). The trained look is one of them, so that
// a picture which own statistics make no clearer keeps it. docs/results says what else was tried.
// Source: of many views of a picture the most certain ones alone are averaged, as in Shu et al., "Test-time prompt tuning for
// zero-shot generalization in vision-language models", NeurIPS 2022, where views are crops and certain is what has little entropy.

import { exposed, type Exposure, type RgbImage } from "@pinmem/core";
import { type Device, scope, type Tensor } from "@pinmem/torch";
import { pictureInput } from "./picture-input.js";
import type { SecondLook } from "./second-look.js";
import { clarity } from "./shift-rule.js";

/** With the trained statistics, or with the picture's own under an exposure. */
export type Look = "trained" | Exposure;

/** What a picture is seen with. */
export const EXPOSURES: readonly Exposure[] = [1, 0.6, 0.35, 1.7];

/** Of the looks, the clearest. */
export const AVERAGED = 2;

export interface LooksTaken {
  /** With the trained statistics, (1, K, h, w). */
  readonly trained: Tensor;
  /** With own statistics, as it is. */
  readonly own: Tensor;
}

export interface ClearestLooks {
  readonly looks: readonly Look[];
  /** What they say together, as `togetherOf`. */
  readonly logits: Tensor;
}

/**
 * The clearest looks at a whole picture, of which two were taken already.
 * @param second with the weight of own statistics that `own` was taken with
 */
export function clearestLooks(
  second: SecondLook,
  picture: RgbImage,
  { trained, own }: LooksTaken,
  device: Device,
): ClearestLooks {
  return scope(() => {
    const others = EXPOSURES.map((exposure) => ({
      look: exposure,
      logits: exposure === 1 ? own : second.forward(pictureInput([exposed(picture, exposure)], device)),
    }));
    const all: { look: Look; logits: Tensor }[] = [{ look: "trained", logits: trained }, ...others];
    const byClarity = all
      .map((one) => ({ ...one, clarity: clarity(second.asTrained(one.logits)) }))
      .sort((a, b) => b.clarity - a.clarity)
      .slice(0, AVERAGED);
    return {
      looks: byClarity.map(({ look }) => look),
      logits: logarithmsOf(togetherOf(byClarity.map(({ logits }) => logits.softmax(1)))),
    };
  });
}

/** The mean of what several looks say, probabilities (1, K, H, W) each. */
export const togetherOf = ([first, ...others]: readonly Tensor[]): Tensor =>
  scope(() => {
    if (!first) throw new RangeError("togetherOf: there is no look");
    return others.reduce((sum, one) => sum.add(one), first).div(others.length + 1);
  });

/** About the smallest number of single precision. */
const SMALLEST = 1e-38;

/** Of probabilities, as logits: of what is as good as impossible a number, too, since tiles weigh what lies at their edges with 0. */
export const logarithmsOf = (probabilities: Tensor): Tensor =>
  scope(() => probabilities.clamp({ min: SMALLEST }).log());
