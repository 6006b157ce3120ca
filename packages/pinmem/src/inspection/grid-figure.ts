// The picture of results: one row an image, with its label, what a baseline and this network say, and where they are wrong.

import { type Color, IGNORE_INDEX, type LabelSpace, type RgbImage } from "@pinmem/core";
import { colorLabel } from "../images/color-label.js";
import { classSwatches } from "./activation-figure.js";
import { swatches } from "./drawing/legends.js";
import { raster } from "./drawing/raster.js";
import { at, type Drawing, text } from "./drawing/svg.js";
import { type Observation, occurring } from "./observe.js";

export interface GridRow {
  /** Stands before the row: the domain. */
  readonly title: string;
  readonly observation: Observation;
  /** H x W, train ids; null without a baseline. */
  readonly baseline: Uint8Array | null;
}

export interface GridFigureOptions {
  readonly space: LabelSpace;
  /** What the columns of predictions are called. */
  readonly names: { readonly baseline: string; readonly ours: string };
  /** Width of each image in the picture. Default 230. */
  readonly tile?: number;
}

const right: Color = [235, 235, 235];
const ignored: Color = [255, 255, 255];
const wrong: Color = [204, 51, 17];
const bothWrong: Color = [120, 120, 120];
const mended: Color = [0, 153, 136];

const GAP = 6;
const MARGIN = 12;
const HEADING = 20;
const TITLE = 20;

export async function gridFigure(
  rows: readonly GridRow[],
  { space, names, tile = 230 }: GridFigureOptions,
): Promise<Drawing> {
  const withBaseline = rows.some(({ baseline }) => baseline !== null);
  const headings = [
    "image",
    "label",
    ...(withBaseline ? [names.baseline] : []),
    names.ours,
    withBaseline ? "compared" : "errors",
  ];
  const left = MARGIN + TITLE;
  const body = headings.map((heading, column) =>
    text(left + column * (tile + GAP), MARGIN + 12, heading, { size: 13 }),
  );
  const seen = new Set<number>();
  let y = MARGIN + HEADING;
  for (const row of rows) {
    const drawings = await drawRow(row, space, tile);
    const height = drawings[0]?.height ?? 0;
    body.push(text(MARGIN + 12, y + height / 2, row.title, { anchor: "middle", rotate: -90, size: 11 }));
    drawings.forEach((drawing, column) => void body.push(at(left + column * (tile + GAP), y, drawing)));
    y += height + GAP;
    const { sample, prediction } = row.observation;
    for (const trainIds of [sample.label, prediction, row.baseline]) {
      for (const trainId of trainIds ? occurring(trainIds) : []) seen.add(trainId);
    }
  }
  const width = headings.length * (tile + GAP) - GAP;
  const classes = swatches(classSwatches(space, [...seen]), width);
  const errors = swatches(errorSwatches(withBaseline, names), width);
  body.push(at(left, y + 8, classes), at(left, y + 16 + classes.height, errors));
  return {
    width: left + width + MARGIN,
    height: y + 16 + classes.height + errors.height + MARGIN,
    body: body.join(""),
  };
}

function drawRow({ observation, baseline }: GridRow, space: LabelSpace, width: number): Promise<Drawing[]> {
  const { sample, prediction } = observation;
  const size = { width: sample.width, height: sample.height };
  const colored = (trainIds: Uint8Array): RgbImage => ({ ...size, pixels: colorLabel(space, trainIds) });
  return Promise.all([
    raster({ ...size, pixels: sample.image }, { width, smooth: true }),
    ...[
      colored(sample.label),
      ...(baseline ? [colored(baseline)] : []),
      colored(prediction),
      { ...size, pixels: errorMap(sample.label, prediction, baseline) },
    ].map((image) => raster(image, { width, smooth: false })),
  ]);
}

/** Where a prediction is wrong and, beside a baseline's, which of the two is. Ignored pixels are white. */
export function errorMap(label: Uint8Array, ours: Uint8Array, baseline: Uint8Array | null): Uint8Array {
  const pixels = new Uint8Array(label.length * 3);
  label.forEach((truth, pixel) => {
    const [good, before] = [ours[pixel] === truth, baseline ? baseline[pixel] === truth : null];
    const color =
      truth === IGNORE_INDEX
        ? ignored
        : good
          ? before === false
            ? mended
            : right
          : before === false
            ? bothWrong
            : wrong;
    pixels.set(color, pixel * 3);
  });
  return pixels;
}

const errorSwatches = (withBaseline: boolean, { baseline, ours }: GridFigureOptions["names"]) =>
  withBaseline
    ? [
        { name: "both right", color: right },
        { name: `only ${ours} right`, color: mended },
        { name: `only ${baseline} right`, color: wrong },
        { name: "both wrong", color: bothWrong },
        { name: "ignored", color: ignored },
      ]
    : [
        { name: "right", color: right },
        { name: "wrong", color: wrong },
        { name: "ignored", color: ignored },
      ];
