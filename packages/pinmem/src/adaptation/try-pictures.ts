// What a network says about labeled pictures, as they are and under simulated shifts, with several weights of their own
// statistics: what the choice of a weight is fitted on.

import { ConfusionMatrix, type RgbImage } from "@pinmem/core";
import { type Device, noGrad, scope } from "@pinmem/torch";
import { pictureInput } from "../inference/picture-input.js";
import { type Forward, winners } from "../inference/predictor.js";
import { predictionSigns } from "../inference/shift-rule.js";
import type { TestTimeNormalization } from "../inference/test-time-normalization.js";
import type { EvaluationImage } from "../loading/evaluation-loader.js";
import type { Trial, TriedPicture } from "./fit-shift-rule.js";
import { type ShiftKind, shifted, shiftKinds } from "./simulated-shifts.js";

/** Shifts under which each picture is tried; the next one gets the next ones in turn. */
const SHIFTS_EACH = 2;

export interface TryOptions {
  /** Of the network that `normalization` belongs to. */
  readonly forward: Forward;
  readonly normalization: TestTimeNormalization;
  readonly classes: number;
  /** Weights to try; 0 is among them. */
  readonly candidates: readonly number[];
  readonly seed: number;
  readonly device?: Device;
  /** Told of every picture in every form, its label with it. */
  readonly onTried?: (kind: string, picture: EvaluationImage) => void;
  /** Stops before the next picture, with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /** Told after each picture. */
  readonly onPicture?: (done: number) => void;
}

/** Tries every picture as it is and under some shifts. */
export async function tryPictures(
  images: AsyncIterable<EvaluationImage>,
  options: TryOptions,
): Promise<TriedPicture[]> {
  const tried: TriedPicture[] = [];
  let turn = 0;
  for await (const picture of images) {
    options.signal?.throwIfAborted();
    const { image: pixels, label, width, height } = picture;
    const image = { width, height, pixels };
    const kinds = Array.from(
      { length: SHIFTS_EACH },
      (_, at) => shiftKinds[(turn * SHIFTS_EACH + at) % shiftKinds.length] as ShiftKind,
    );
    for (const kind of ["none", ...kinds] as const) {
      const shown = kind === "none" ? image : shifted(image, { kind, seed: options.seed, index: turn });
      tried.push(tryPicture(kind, shown, label, options));
      options.onTried?.(kind, { ...picture, image: shown.pixels });
    }
    turn++;
    options.onPicture?.(turn);
  }
  return tried;
}

function tryPicture(
  kind: string,
  image: RgbImage,
  label: Uint8Array,
  { forward, normalization, classes, candidates, device = "cpu" }: TryOptions,
): TriedPicture {
  const trials = scope(() =>
    noGrad(() => {
      const input = pictureInput([image], device);
      return candidates.map((weight): Trial => {
        normalization.weight = weight;
        return scope(() => {
          const logits = forward(input);
          const matrix = new ConfusionMatrix(classes);
          matrix.add(winners(logits), label);
          return { weight, ...predictionSigns(logits), matrix };
        });
      });
    }),
  );
  return { kind, trials };
}
