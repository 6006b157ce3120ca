// How the files of a data set store labels, and how they become train ids: a table of values, or exact colors.
// A decoding is plain data, so that it can be sent to the threads that use it.
//
// Values and colors that the data set's own documentation does not list are never guessed: they are counted by
// `data check` and stop training, unless the data set is defined to ignore them.

import {
  type Color,
  IGNORE_INDEX,
  type LabelSpace,
  type PixelGrid,
  pickSamples,
  pickThrough,
} from "@pinmem/core";
import { DataError } from "../files/data-error.js";
import type { PngSamples } from "../images/png.js";

export interface LabelDecoding {
  /** `values`: gray values or palette indices. `colors`: RGB, or what the palette shows. */
  readonly kind: "values" | "colors";
  /** Pairs of a value, or of red * 65536 + green * 256 + blue, and its train id (255 = ignored). */
  readonly entries: readonly (readonly [code: number, trainId: number])[];
  /** What becomes of anything not listed: an error, or ignored pixels. */
  readonly unlisted: "error" | "ignore";
  /** The channel that holds the values, in files that store more than one (SYNTHIA: class, instance, …). */
  readonly firstChannel?: boolean;
}

/** Values that mean train ids of Cityscapes; `ignored` lists the others that exist. */
export function valueDecoding(
  trainIds: Readonly<Record<number, number>>,
  ignored: Iterable<number>,
): LabelDecoding {
  const entries = new Map<number, number>();
  for (const value of ignored) entries.set(value, IGNORE_INDEX);
  for (const [value, trainId] of Object.entries(trainIds)) entries.set(Number(value), trainId);
  return { kind: "values", entries: [...entries], unlisted: "error" };
}

/** Files that hold Cityscapes' train ids: 0 … 18, and 255 for the rest. */
export const trainIdDecoding: LabelDecoding = valueDecoding(
  Object.fromEntries(Array.from({ length: 19 }, (_, id) => [id, id])),
  [IGNORE_INDEX],
);

/** The number that stands for a color in `entries`. */
export const colorCode = ([red, green, blue]: Color): number => (red << 16) | (green << 8) | blue;

/** From a decoding to Cityscapes' train ids, the one to the train ids of another space. */
export function decodingFor(space: LabelSpace, decoding: LabelDecoding): LabelDecoding {
  const entries = decoding.entries.map(
    ([code, trainId]) => [code, space.fromCityscapes[trainId] ?? IGNORE_INDEX] as const,
  );
  return { ...decoding, entries };
}

/** How label files made for this space itself read: as its description says, or train ids. */
export function ownDecoding(space: LabelSpace): LabelDecoding {
  if (!space.files) {
    const identity = Object.fromEntries(space.classes.map((_, id) => [id, id]));
    return valueDecoding(identity, [IGNORE_INDEX]);
  }
  const { kind, classes, ignored } = space.files;
  const code = (value: number | Color) => (typeof value === "number" ? value : colorCode(value));
  const entries = new Map<number, number>(kind === "values" ? [[IGNORE_INDEX, IGNORE_INDEX]] : []);
  for (const value of ignored) entries.set(code(value), IGNORE_INDEX);
  classes.forEach((values, trainId) => {
    for (const value of values) entries.set(code(value), trainId);
  });
  return { kind, entries: [...entries], unlisted: "error" };
}

/** A value or color that the decoding does not list, and how many pixels have it. */
export interface UnlistedLabel {
  readonly label: number | Color;
  readonly pixels: number;
}

export interface DecodedLabel {
  /** One train id per pixel. */
  readonly trainIds: Uint8Array;
  readonly unlisted: readonly UnlistedLabel[];
}

/** In tables of bytes: ignored, and a mark that the byte is not listed. */
const UNLISTED = 256 | IGNORE_INDEX;

const paletteCode = (palette: Uint8Array, index: number) =>
  colorCode([palette[3 * index] ?? 0, palette[3 * index + 1] ?? 0, palette[3 * index + 2] ?? 0]);

/** Decodes labels of one data set; made once, then used for each of its files. */
export class LabelDecoder {
  readonly #decoding: LabelDecoding;
  readonly #byValue = new Int16Array(65536).fill(-1);
  readonly #byByte = new Uint16Array(256).fill(UNLISTED);
  readonly #byColor: ReadonlyMap<number, number>;

  constructor(decoding: LabelDecoding) {
    this.#decoding = decoding;
    this.#byColor = new Map(decoding.kind === "colors" ? decoding.entries : []);
    if (decoding.kind === "values") {
      for (const [value, trainId] of decoding.entries) {
        this.#byValue[value] = trainId;
        if (value < 256) this.#byByte[value] = trainId;
      }
    }
  }

  /** Train ids of all pixels; unlisted ones become 255 and are reported. */
  decode(png: PngSamples, file: string): DecodedLabel {
    const { kind } = this.#decoding;
    const trainIds = new Uint8Array(png.width * png.height);
    const unlisted = new Map<number, number>();
    const note = (code: number): number => {
      unlisted.set(code, (unlisted.get(code) ?? 0) + 1);
      return IGNORE_INDEX;
    };
    if (kind === "values") this.#decodeValues(png, file, trainIds, note);
    else if (png.palette) this.#decodePalette(png, png.palette, trainIds, note);
    else this.#decodeColors(png, file, trainIds, note);
    return {
      trainIds,
      unlisted: [...unlisted].map(([code, pixels]) => ({ label: labelOf(this.#decoding, code), pixels })),
    };
  }

  /** How many pixels hold each value, or each color by its code, as the file stores them. */
  count(png: PngSamples, file: string): Map<number, number> {
    const { samples, channels, palette } = png;
    const counts = new Map<number, number>();
    if (this.#decoding.kind === "colors" && !palette) {
      requireColors(png, file);
      let last = -1;
      let run = 0;
      const flush = () => void (run > 0 && counts.set(last, (counts.get(last) ?? 0) + run));
      for (let from = 0; from < samples.length; from += channels) {
        const code = colorAt(samples, from);
        if (code !== last) {
          flush();
          last = code;
          run = 0;
        }
        run++;
      }
      flush();
      return counts;
    }
    if (this.#decoding.kind === "values") this.#requireValues(png, file);
    const byValue = new Float64Array(samples instanceof Uint8Array ? 256 : 65536);
    for (let from = 0; from < samples.length; from += channels) {
      const value = samples[from] as number;
      byValue[value] = (byValue[value] as number) + 1;
    }
    byValue.forEach((pixels, value) => {
      if (pixels === 0) return;
      const code = this.#decoding.kind === "colors" && palette ? paletteCode(palette, value) : value;
      counts.set(code, (counts.get(code) ?? 0) + pixels);
    });
    return counts;
  }

  /** The train id of a value or of a color's code; undefined where it is not listed. */
  trainIdOf(code: number): number | undefined {
    if (this.#decoding.kind === "colors") return this.#byColor.get(code);
    const trainId = this.#byValue[code] ?? -1;
    return trainId < 0 ? undefined : trainId;
  }

  /** Train ids of all pixels; unlisted labels are an error unless the decoding ignores them. */
  decodeStrictly(png: PngSamples, file: string): Uint8Array {
    const { trainIds, unlisted } = this.decode(png, file);
    if (unlisted.length === 0 || this.#decoding.unlisted === "ignore") return trainIds;
    throw new DataError(file, describeUnlisted(this.#decoding, unlisted));
  }

  /** The same for the pixels of a grid alone, without decoding the others. Holds until the next call. */
  decodeGrid(png: PngSamples, grid: PixelGrid, file: string): Uint8Array {
    const { samples } = png;
    const table = samples instanceof Uint8Array && png.channels === 1 ? this.#byteTable(png) : undefined;
    if (table) {
      const { picked, seen } = pickThrough(table, samples as Uint8Array, png.width, grid);
      if (seen <= IGNORE_INDEX || this.#decoding.unlisted === "ignore") return picked;
    }
    if (this.#decoding.kind === "values") this.#requireValues(png, file); // A part of a label in colors may well be gray.
    return this.decodeStrictly(pickSamples(png, grid), file);
  }

  /** Train ids of all bytes, and a bit above them where a byte is not listed; undefined where bytes are not enough. */
  #byteTable({ palette }: PngSamples): Uint16Array | undefined {
    if (this.#decoding.kind === "values") return this.#byByte;
    if (!palette) return undefined;
    return Uint16Array.from(
      { length: 256 },
      (_, index) => this.#byColor.get(paletteCode(palette, index)) ?? UNLISTED,
    );
  }

  /** Values may be stored as gray in three channels, as some programs save them. */
  #requireValues(png: PngSamples, file: string): void {
    if (png.channels > 2 && !this.#decoding.firstChannel && !isGray(png)) {
      throw new DataError(
        file,
        "stores colors, but the labels of this data set are numbers (one channel): save them so, or, in a data set of " +
          "your own, list the colors of each class in the label space: " +
          '{ "name": "road", "color": [128, 64, 128], "colors": [[128, 64, 128]] }',
      );
    }
  }

  #decodeValues(png: PngSamples, file: string, out: Uint8Array, note: (code: number) => number): void {
    const { channels, samples } = png;
    this.#requireValues(png, file);
    for (let at = 0, from = 0; at < out.length; at++, from += channels) {
      const value = samples[from] as number;
      const trainId = this.#byValue[value] as number;
      out[at] = trainId >= 0 ? trainId : note(value);
    }
  }

  #decodePalette(
    png: PngSamples,
    palette: Uint8Array,
    out: Uint8Array,
    note: (code: number) => number,
  ): void {
    const codes = Array.from({ length: 256 }, (_, index) => paletteCode(palette, index));
    const table = codes.map((code) => this.#byColor.get(code) ?? -1);
    for (let at = 0; at < out.length; at++) {
      const index = png.samples[at] as number;
      const trainId = table[index] as number;
      out[at] = trainId >= 0 ? trainId : note(codes[index] as number);
    }
  }

  #decodeColors(png: PngSamples, file: string, out: Uint8Array, note: (code: number) => number): void {
    const { channels, samples } = png;
    requireColors(png, file);
    let lastCode = -1;
    let lastId = IGNORE_INDEX;
    for (let at = 0, from = 0; at < out.length; at++, from += channels) {
      const code = colorAt(samples, from);
      if (code !== lastCode) {
        const trainId = this.#byColor.get(code);
        lastId = trainId ?? IGNORE_INDEX;
        lastCode = trainId === undefined ? -1 : code;
        if (trainId === undefined) note(code);
      }
      out[at] = lastId;
    }
  }
}

function isGray({ samples, channels }: PngSamples): boolean {
  for (let from = 0; from < samples.length; from += channels)
    if (samples[from] !== samples[from + 1] || samples[from] !== samples[from + 2]) return false;
  return true;
}

const colorAt = (samples: PngSamples["samples"], from: number): number =>
  ((samples[from] as number) << 16) | ((samples[from + 1] as number) << 8) | (samples[from + 2] as number);

function requireColors({ channels, samples }: PngSamples, file: string): void {
  if (channels >= 3 && samples instanceof Uint8Array) return;
  const depth = samples instanceof Uint16Array ? 16 : 8;
  throw new DataError(
    file,
    `has ${channels} channel(s) of ${depth} bits, but the labels of this data set are colors (RGB, 8 bits)`,
  );
}

/** The value or color of a code. */
export const labelOf = ({ kind }: LabelDecoding, code: number): number | Color =>
  kind === "values" ? code : [code >> 16, (code >> 8) & 255, code & 255];

/** Files of Cityscapes' own tools, read as if they held train ids. */
export const LOOKS_LIKE_LABEL_IDS =
  "the values look like Cityscapes' label ids (0 to 33), but the files are read as train ids (0 to 18, 255 ignored): make " +
  "train ids of them (of 7 0, of 8 1, of 11 2 and so on), or describe their values in a label space";

/** One sentence about labels that are not in the table. */
export function describeUnlisted(decoding: LabelDecoding, unlisted: readonly UnlistedLabel[]): string {
  const shown = [...unlisted].sort((a, b) => b.pixels - a.pixels).slice(0, 5);
  const list = shown.map(({ label, pixels }) => `${showLabel(label)} (${pixels} pixels)`).join(", ");
  const more = unlisted.length > shown.length ? ` and ${unlisted.length - shown.length} more` : "";
  if (decoding.kind === "colors")
    return `holds label colors that this data set does not define: ${list}${more}`;
  const expected = ranges(decoding.entries.map(([code]) => code));
  const labels = unlisted.map(({ label }) => Number(label));
  const looks =
    isTrainIds(decoding) && labels.every((label) => label > 18 && label <= 33)
      ? `; ${LOOKS_LIKE_LABEL_IDS}`
      : "";
  return `holds label values that this data set does not define: ${list}${more}; it defines ${expected}${looks}`;
}

/** Whether files hold Cityscapes' train ids. */
export function isTrainIds({ kind, entries }: LabelDecoding): boolean {
  const known = new Set(entries.map(([code]) => code));
  return kind === "values" && known.size === 20 && known.has(18) && known.has(IGNORE_INDEX);
}

/** "0 to 18 and 255". */
function ranges(values: readonly number[]): string {
  const runs: [first: number, last: number][] = [];
  for (const value of [...new Set(values)].sort((a, b) => a - b)) {
    const run = runs.at(-1);
    if (run && value === run[1] + 1) run[1] = value;
    else runs.push([value, value]);
  }
  const texts = runs.map(([first, last]) => (first === last ? `${first}` : `${first} to ${last}`));
  return texts.length > 1 ? `${texts.slice(0, -1).join(", ")} and ${texts.at(-1)}` : (texts[0] ?? "none");
}

export const showLabel = (label: number | Color): string =>
  typeof label === "number" ? `${label}` : `rgb(${label.join(", ")})`;
