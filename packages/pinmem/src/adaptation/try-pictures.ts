// What a network says about labeled pictures, as they are, in other frames and under simulated shifts, with the trained look and with
// the clearest ones: what the rule between them is fitted on.

import { setImmediate as nextTurn } from "node:timers/promises";
import { BicubicResizer, ConfusionMatrix, exposed, type RgbImage } from "@pinmem/core";
import { type Device, noGrad, scope, type Tensor } from "@pinmem/torch";
import { clearestLooks, type Look, togetherOf } from "../inference/clearest-looks.js";
import type { OwnWeight } from "../inference/own-weight.js";
import { pictureInput, statisticsView } from "../inference/picture-input.js";
import { type Forward, winners } from "../inference/predictor.js";
import type { SecondLook } from "../inference/second-look.js";
import { predictionSigns } from "../inference/shift-rule.js";
import { LARGEST_FOR_STATISTICS } from "../inference/test-time-normalization.js";
import { type EvaluationImage, pictureOf } from "../loading/evaluation-loader.js";
import type { TriedPicture } from "./fit-shift-rule.js";
import { framed, framingKinds, type Labeled } from "./simulated-framings.js";
import { shifted, shiftKinds } from "./simulated-shifts.js";

/** Shifts and frames in which each picture is tried; the next one gets the next ones in turn. */
const EACH = 2;

export interface TryOptions {
  readonly forward: Forward;
  /** The same network with own statistics; null where it has no batch norm, and so no look but the trained one. */
  readonly second: SecondLook | null;
  /** Of own statistics. */
  readonly weight: OwnWeight;
  readonly classes: number;
  readonly seed: number;
  readonly device?: Device;
  /** Told of every picture as it is and under shifts, its label with it, and of the logits (1, K, H, W) with the trained statistics, which are freed afterwards. */
  readonly onTried?: (kind: string, picture: EvaluationImage, logits_1KHW: Tensor) => void;
  /** Stops after the picture in work, with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /** Told after each picture. */
  readonly onPicture?: (done: number) => void;
}

/** Tries every picture as it is, in some frames and under some shifts. */
export async function tryPictures(
  images: AsyncIterable<EvaluationImage>,
  options: TryOptions,
): Promise<TriedPicture[]> {
  const tried: TriedPicture[] = [];
  let turn = 0;
  for await (const picture of images) {
    options.signal?.throwIfAborted();
    const { label } = picture;
    const image = pictureOf(picture);
    const attempt = (change: TriedPicture["change"], kind: string, shown: Labeled) => {
      const tell = (logits_1KHW: Tensor) => {
        if (change !== "framing")
          options.onTried?.(kind, { ...picture, image: shown.image.pixels }, logits_1KHW);
      };
      tried.push({ change, kind, ...tryOne(shown, options, tell) });
    };
    attempt("none", "none", { image, label });
    // Frames judge nothing but own statistics.
    for (const kind of options.second ? inTurn(framingKinds, turn) : [])
      attempt("framing", kind, framed({ image, label }, kind));
    for (const kind of inTurn(shiftKinds, turn)) {
      attempt("shift", kind, { image: shifted(image, { kind, seed: options.seed, index: turn }), label });
    }
    turn++;
    options.onPicture?.(turn);
    await nextTurn(); // Rendered pictures come without a pause in which signals could be heard.
    options.signal?.throwIfAborted();
  }
  return tried;
}

/** The next few. */
const inTurn = <T>(kinds: readonly T[], turn: number): T[] =>
  Array.from({ length: EACH }, (_, at) => kinds[(turn * EACH + at) % kinds.length] as T);

function tryOne(
  { image, label }: Labeled,
  options: TryOptions,
  tell: (logits_1KHW: Tensor) => void,
): Pick<TriedPicture, "entropy" | "information" | "trained" | "clearest"> {
  const { forward, second, classes, weight, device = "cpu" } = options;
  const answers = (scores_1KHW: Tensor) => {
    const matrix = new ConfusionMatrix(classes);
    matrix.add(winners(scores_1KHW), label);
    return matrix;
  };
  return scope(() =>
    noGrad(() => {
      const input = pictureInput([image], device);
      // What decides is seen in the size that statistics are taken in, as where pictures are predicted.
      const isSeenWhole = image.width * image.height <= LARGEST_FOR_STATISTICS;
      const view = isSeenWhole ? image : statisticsView(image, new BicubicResizer());
      const seen = isSeenWhole ? input : pictureInput([view], device);
      const withTrained = second ? (one: Tensor) => second.trained(one) : forward;
      const trained = withTrained(input);
      const seenTrained = isSeenWhole ? trained : withTrained(seen);
      tell(trained);
      const tried = { ...predictionSigns(seenTrained), trained: answers(trained) };
      if (!second) return { ...tried, clearest: null };
      const { logits: own, departure } = second.look(seen, weight, seenTrained);
      const { looks, logits } = clearestLooks(second, view, { trained: seenTrained, own }, device);
      const together = isSeenWhole
        ? logits
        : togetherOf(looks.map((look) => inFull(image, look, { second, trained, device })));
      return { ...tried, clearest: { matrix: answers(together), departure } };
    }),
  );
}

/** Probabilities of a look at a picture that is larger than its statistics need. */
const inFull = (
  image: RgbImage,
  look: Look,
  { second, trained, device }: { second: SecondLook; trained: Tensor; device: Device },
): Tensor =>
  scope(() => {
    if (look === "trained") return trained.softmax(1);
    const shown = exposed(image, look);
    const view = statisticsView(shown, new BicubicResizer());
    return second.normalization
      .with(
        () => void second.forward(pictureInput([view], device)),
        () => second.forward(pictureInput([shown], device)),
      )
      .softmax(1);
  });
