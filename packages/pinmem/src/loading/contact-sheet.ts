// A picture of a data set: samples spread over it, each image beside its label in the colors of the label space, and
// the colors' names below. Ignored pixels are black.

import { BicubicResizer, type LabelSpace, type RgbImage } from "@pinmem/core";
import type { Dataset, Sample } from "../datasets/dataset.js";
import { LabelDecoder } from "../datasets/label-decoding.js";
import { DataError } from "../files/data-error.js";
import { colorLabel } from "../images/color-label.js";
import { drawLegend, stack } from "../images/legend.js";
import { spreadEvenly } from "./check.js";
import { openSample } from "./open-sample.js";
import { applyToImage, applyToLabel } from "./transforms/apply-plan.js";
import { planAt } from "./transforms/geometric.js";

export interface ContactSheetOptions {
  /** How many samples it shows. */
  readonly count?: number;
  /** Samples in a row. */
  readonly columns?: number;
  /** Width of each image, in pixels; heights follow the first sample's shape. */
  readonly width?: number;
}

const GAP = 6;

/** Samples that cannot be read are left out. */
export async function contactSheet(
  dataset: Dataset,
  { count = 12, columns = 2, width = 320 }: ContactSheetOptions = {},
): Promise<RgbImage> {
  const context = { decoder: new LabelDecoder(dataset.decoding), space: dataset.space };
  const resizer = new BicubicResizer();
  const tiles: RgbImage[] = [];
  let height = 0;
  for (const sample of spreadEvenly(dataset.samples, count)) {
    const pair = await drawPair(sample, context, resizer, width, height).catch((error: unknown) => {
      if (error instanceof DataError) return undefined;
      throw error;
    });
    if (pair === undefined) continue;
    tiles.push(pair);
    height = pair.height;
  }
  const [first] = tiles;
  if (!first) throw new DataError(dataset.root, `none of ${count} samples of ${dataset.name} can be shown`);
  const cell = { width: first.width + GAP, height: first.height + GAP };
  const across = Math.min(columns, tiles.length);
  const sheet = blank(across * cell.width + GAP, Math.ceil(tiles.length / across) * cell.height + GAP, 255);
  tiles.forEach((tile, at) => {
    paste(sheet, tile, GAP + (at % across) * cell.width, GAP + Math.floor(at / across) * cell.height);
  });
  const entries = [...dataset.space.classes, { name: "ignored", color: [0, 0, 0] as const }];
  return stack(sheet, await drawLegend(entries, sheet.width));
}

type Context = { readonly decoder: LabelDecoder; readonly space: LabelSpace };

/** Image and colored label side by side; all pairs get the height of the first. */
async function drawPair(
  sample: Sample,
  context: Context,
  resizer: BicubicResizer,
  width: number,
  height: number,
): Promise<RgbImage> {
  const opened = await openSample(sample, context);
  const size = { width, height: height || Math.max(Math.round((opened.height * width) / opened.width), 1) };
  const factor = Math.min(size.width / opened.width, size.height / opened.height);
  const scaled = {
    width: Math.max(Math.round(opened.width * factor), 1),
    height: Math.max(Math.round(opened.height * factor), 1),
  };
  const middle = (have: number, want: number) => -Math.floor((want - have) / 2);
  const plan = planAt(size, scaled, middle(scaled.width, width), middle(scaled.height, size.height));
  const image = blank(size.width, size.height, 0);
  const { part, at } = await opened.image();
  applyToImage(plan, opened, part, at, resizer, image.pixels);
  const label = new Uint8Array(size.width * size.height);
  applyToLabel(plan, opened.label(plan), label);
  const pair = blank(size.width * 2, size.height, 0);
  paste(pair, image, 0, 0);
  paste(pair, { ...size, pixels: colorLabel(context.space, label) }, size.width, 0);
  return pair;
}

const blank = (width: number, height: number, value: number): RgbImage => ({
  width,
  height,
  pixels: new Uint8Array(width * height * 3).fill(value),
});

function paste(onto: RgbImage, image: RgbImage, left: number, top: number): void {
  for (let row = 0; row < image.height; row++) {
    const line = image.pixels.subarray(row * image.width * 3, (row + 1) * image.width * 3);
    onto.pixels.set(line, ((top + row) * onto.width + left) * 3);
  }
}
