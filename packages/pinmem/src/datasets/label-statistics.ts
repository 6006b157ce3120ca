// What the label files of a data set hold, and whether that can be trained on: classes without a pixel, stored values that are
// ignored, values that look like those of another format. From counts alone; the files are read elsewhere.

import { type Color, IGNORE_INDEX } from "@pinmem/core";
import type { Dataset } from "./dataset.js";
import {
  isTrainIds,
  LabelDecoder,
  LOOKS_LIKE_LABEL_IDS,
  labelOf,
  showLabel,
  type UnlistedLabel,
} from "./label-decoding.js";

export interface LabelStatistics {
  /** Label files looked at. */
  readonly files: number;
  readonly pixels: number;
  /** Pixels of each class, by train id. */
  readonly histogram: readonly number[];
  readonly ignoredPixels: number;
  /** Stored values or colors that are ignored, most frequent first; what the data set does not define is among them, `MOST_UNLISTED` of these at most. */
  readonly ignored: readonly UnlistedLabel[];
}

/**
 * So many different labels that a data set does not define are told apart; a photograph in place of a label has millions.
 */
export const MOST_UNLISTED = 10_000;

/** Sums up what `LabelDecoder.count` gives for each file. */
export class LabelCounter {
  readonly #decoder: LabelDecoder;
  readonly #counts = new Map<number, number>();
  #files = 0;
  /** Pixels of further ones that the data set does not define. */
  #others = 0;

  constructor(readonly dataset: Pick<Dataset, "decoding" | "space">) {
    this.#decoder = new LabelDecoder(dataset.decoding);
  }

  add(counts: ReadonlyMap<number, number>): void {
    this.#files++;
    for (const [code, pixels] of counts) {
      const known = this.#counts.get(code);
      if (
        known !== undefined ||
        this.#counts.size < MOST_UNLISTED ||
        this.#decoder.trainIdOf(code) !== undefined
      )
        this.#counts.set(code, (known ?? 0) + pixels);
      else this.#others += pixels;
    }
  }

  statistics(): LabelStatistics {
    const { space, decoding } = this.dataset;
    const histogram = space.classes.map(() => 0);
    const ignored: { label: number | Color; pixels: number }[] = [];
    let total = this.#others;
    for (const [code, pixels] of this.#counts) {
      total += pixels;
      const trainId = this.#decoder.trainIdOf(code) ?? IGNORE_INDEX;
      if (trainId < histogram.length) histogram[trainId] = (histogram[trainId] as number) + pixels;
      else ignored.push({ label: labelOf(decoding, code), pixels });
    }
    return {
      files: this.#files,
      pixels: total,
      histogram,
      ignoredPixels: ignored.reduce((sum, { pixels }) => sum + pixels, this.#others),
      ignored: ignored.sort((a, b) => b.pixels - a.pixels),
    };
  }
}

export interface LabelJudgement {
  /** Why these labels cannot be trained on. */
  readonly fault?: string;
  /** What is probably not as it was meant. */
  readonly warnings: readonly string[];
}

/** More than this share of the pixels without a label is worth a word. */
const MUCH = 0.5;

/** Judges label files by what they hold. */
export function judgeLabels(
  { decoding, space }: Pick<Dataset, "decoding" | "space">,
  statistics: LabelStatistics,
): LabelJudgement {
  const { files, pixels, histogram, ignoredPixels, ignored } = statistics;
  if (files === 0) return { warnings: [] };
  const looks = likeness(decoding, statistics);
  const but = looks === undefined ? "" : `; ${looks}`;
  const where = `${files} ${files === 1 ? "label" : "labels"}`;
  const share = ignoredPixels / Math.max(pixels, 1);
  if (ignoredPixels === pixels) {
    return {
      fault: `nothing is labeled: all pixels of ${where} are ignored; they are stored as ${listed(statistics)}${but}`,
      warnings: [],
    };
  }
  if (looks !== undefined && share > MUCH) {
    return {
      fault: `${looks}; read as they are, ${percent(share)} of the pixels of ${where} are ignored`,
      warnings: [],
    };
  }
  const possible = new Set(decoding.entries.map(([, trainId]) => trainId));
  const empty = space.classes.filter((_, id) => possible.has(id) && histogram[id] === 0);
  const warnings: string[] = [];
  const lost = ignored.length === 0 ? "" : `; ignored: ${listed(statistics)}`;
  if (empty.length > 0) {
    const names = empty.map(({ name }) => `"${name}"`).join(", ");
    const all255 = ignored.some(({ label }) => label === IGNORE_INDEX) && space.files?.kind === "values";
    const hint = all255 ? " (255 is ignored unless a class of the label space has it among its values)" : "";
    warnings.push(`no pixel of ${names} in ${where}${lost}${hint}${but}`);
  } else if (share > MUCH || looks !== undefined) {
    warnings.push(`${percent(share)} of the pixels of ${where} are ignored${lost}${but}`);
  }
  return { warnings };
}

const percent = (share: number): string => `${(100 * share).toFixed(share < 0.001 ? 3 : 1)} %`;

/** "255 (6.2 %)", the five most frequent ones, with their share of all pixels. */
function listed({ ignored, pixels }: LabelStatistics): string {
  const shown = ignored.slice(0, 5).map((one) => `${showLabel(one.label)} (${percent(one.pixels / pixels)})`);
  return `${shown.join(", ")}${ignored.length > shown.length ? ` and ${ignored.length - shown.length} more` : ""}`;
}

/** What the stored values look like, where that is another format than the one they are read as. */
function likeness(
  decoding: Dataset["decoding"],
  { histogram, ignored }: LabelStatistics,
): string | undefined {
  const { kind, entries } = decoding;
  if (kind !== "values") return undefined;
  const known = new Set(entries.map(([code]) => code));
  const isLabelIds = known.size === 34 && known.has(33);
  const holdsTrainIds = isTrainIds(decoding);
  if (!isLabelIds && !holdsTrainIds) return undefined;
  const used = entries.filter(([, trainId]) => (histogram[trainId] ?? 0) > 0).map(([code]) => code);
  const others = ignored.map(({ label }) => label as number);
  const values = [...used, ...others];
  const largest = Math.max(...values.filter((value) => value !== IGNORE_INDEX));
  if (isLabelIds && largest <= 18) {
    return "the values look like train ids (0 to 18, 255 ignored), but the files are read as Cityscapes' label ids (0 to 33): call them …_labelTrainIds.png, or make label ids";
  }
  if (holdsTrainIds && largest > 18 && largest <= 33 && !values.includes(IGNORE_INDEX)) {
    return LOOKS_LIKE_LABEL_IDS;
  }
  return undefined;
}
