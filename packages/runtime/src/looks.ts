// How a picture is looked at: with the trained statistics, or with its own under some exposure. A picture that looks unlike the sources is
// seen under several, and predicted with the mean of those looks in which the network sees most clearly: `image:auto` of pinmem
// (inference/auto-predictor.ts, clearest-looks.ts there), decided by the same figures.

import type { Exposure } from "@pinmem/core";
import type { ExportedAuto } from "@pinmem/core/formats";
import { shown } from "./given.js";
import type { Value } from "./onnx.js";
import { clarityOf, departureOf, predictionsIn, signsOf } from "./prediction-signs.js";

/** With the trained statistics, or with the picture's own under an exposure: the exponent of a gamma curve, below 1 brighter. */
export type Look = "trained" | Exposure;

/** @throws RangeError where they are none, or pictures are seen by one weight of their own statistics */
export function checkLooks(looks: unknown, normalize: number | "auto"): asserts looks is readonly Look[] {
  if (normalize !== "auto")
    throw new RangeError(`segment: looks are for pictures that decide, but \`normalize\` is ${normalize}`);
  const all = Array.isArray(looks) ? looks : [];
  const wrong = all.find(
    (look) => look !== "trained" && !(typeof look === "number" && look >= 0.1 && look <= 10),
  );
  if (all.length > 0 && all.length <= MOST_LOOKS && wrong === undefined) return;
  const got = wrong === undefined ? `${shown(looks)} of ${all.length}` : shown(wrong);
  throw new RangeError(
    `segment: looks must be 1 to ${MOST_LOOKS}, each "trained" or an exponent from 0.1 to 10, got ${got}`,
  );
}

const MOST_LOOKS = 16;

/** What a look shows of a whole picture. */
export interface Seen {
  /** (1, K, H, W) */
  readonly logits: Value;
  /** Of its variances from the trained ones. */
  readonly distance: number;
}

/**
 * Which looks predict a picture, the clearest first.
 * @param see the whole picture
 */
export async function decideLooks(
  auto: ExportedAuto,
  see: (look: Look) => Promise<Seen>,
): Promise<readonly Look[]> {
  const predicted = ({ logits }: Seen) => predictionsIn(logits, auto.offsets);
  const trained = predicted(await see("trained"));
  const { entropy, information } = signsOf(trained);
  if (!(entropy > auto.entropy || information < auto.information)) return ["trained"];
  const second = await see(1);
  const own = predicted(second);
  if (!(departureOf(second.distance, trained, own) > auto.departure)) return ["trained"];
  const all: { look: Look; clarity: number }[] = [{ look: "trained", clarity: clarityOf(trained) }];
  for (const look of auto.exposures)
    all.push({ look, clarity: clarityOf(look === 1 ? own : predicted(await see(look))) });
  return all
    .sort((one, other) => other.clarity - one.clarity)
    .slice(0, auto.averaged)
    .map(({ look }) => look);
}

/** Below the smallest number of single precision: what is as good as impossible has a logarithm, too. */
const SMALLEST = 1e-38;

/**
 * The logarithms of the mean of what several looks say.
 * @param looks logits (K, H, W) each
 */
export function togetherOf(looks: readonly Float32Array[], classes: number): Float32Array {
  const together = new Float32Array(looks[0]?.length ?? 0);
  const area = together.length / classes;
  for (const logits of looks) {
    for (let at = 0; at < area; at++) {
      let most = Number.NEGATIVE_INFINITY;
      for (let k = 0; k < classes; k++) most = Math.max(most, logits[k * area + at] as number);
      let sum = 0;
      for (let k = 0; k < classes; k++) sum += Math.exp((logits[k * area + at] as number) - most);
      for (let k = 0, to = at; k < classes; k++, to += area)
        together[to] = (together[to] as number) + Math.exp((logits[to] as number) - most) / sum;
    }
  }
  return together.map((sum) => Math.log(Math.max(sum / looks.length, SMALLEST)));
}

/** The class of each pixel with the largest score (K, H, W), of equal ones the first. */
export function winnersOf(scores: Float32Array, classes: number): Uint8Array {
  const area = scores.length / classes;
  const labels = new Uint8Array(area);
  for (let at = 0; at < area; at++) {
    let best = 0;
    for (let k = 1; k < classes; k++)
      if ((scores[at + k * area] as number) > (scores[at + best * area] as number)) best = k;
    labels[at] = best;
  }
  return labels;
}
