// The picture of the memory's activation: an image with its label and prediction, and for every class that occurs in it a
// map of how much each pixel reads of the class's row.

import {
  BLEND,
  contrasted,
  type HeatScale,
  heatMap,
  IGNORE_INDEX,
  type LabelSpace,
  rawLimit,
} from "@pinmem/core";
import { colorLabel } from "../images/color-label.js";
import { colorBar, type Swatch, swatches } from "./drawing/legends.js";
import { raster } from "./drawing/raster.js";
import { at, type Drawing, text } from "./drawing/svg.js";
import { type Observation, occurring } from "./observe.js";

export interface ActivationFigureOptions {
  readonly space: LabelSpace;
  readonly scale: HeatScale;
  /** Train ids of rows that were written; only these have a map. */
  readonly present: readonly number[];
  /** Width of each image in the picture. Default 230. */
  readonly tile?: number;
}

const COLUMNS = 4;
const GAP = 10;
const TITLE = 18;
const MARGIN = 12;

/** @throws Error for an observation without weights */
export async function activationFigure(
  { sample, prediction, weights }: Observation,
  { space, scale, present, tile = 230 }: ActivationFigureOptions,
): Promise<Drawing> {
  if (!weights) throw new Error("activationFigure: the observation holds no read weights");
  const { width, height, image, label } = sample;
  const classes = occurring(label).filter((trainId) => present.includes(trainId));
  const size = { width, height };
  const limit = scale === "raw" ? rawLimit(weights) : 1;
  const shown = scale === "raw" ? weights : contrasted(weights);
  const labeled = (title: string, trainIds: Uint8Array) => ({
    title,
    pixels: { ...size, pixels: colorLabel(space, trainIds) },
    smooth: false,
  });
  const tiles = [
    { title: "image", pixels: { ...size, pixels: image }, smooth: true },
    labeled("label", label),
    labeled("prediction", prediction),
    ...classes.map((trainId) => ({
      title: space.classes[trainId]?.name ?? `${trainId}`,
      pixels: heatMap(
        shown[trainId] as Float32Array,
        { ...size, limit },
        scale === "contrast" ? image : undefined,
      ),
      smooth: true,
    })),
  ];
  const drawn = await Promise.all(tiles.map(({ pixels, smooth }) => raster(pixels, { width: tile, smooth })));
  const row = (drawn[0]?.height ?? 0) + TITLE + GAP;
  // Image, label and prediction take a row of their own.
  const place = (index: number): [number, number] => {
    const cell = index < 3 ? index : index - 3 + COLUMNS;
    return [MARGIN + (cell % COLUMNS) * (tile + GAP), MARGIN + Math.floor(cell / COLUMNS) * row];
  };
  const body = drawn.map((drawing, index) => {
    const [x, y] = place(index);
    return text(x, y + 13, tiles[index]?.title ?? "", { size: 13 }) + at(x, y + TITLE, drawing);
  });
  const rows = 1 + Math.ceil(classes.length / COLUMNS);
  const bar = colorBar({ height: 2 * row - TITLE - GAP, ...barTicks(scale, limit, weights.length) });
  const right = MARGIN + COLUMNS * (tile + GAP);
  const below = MARGIN + Math.max(rows, 3) * row;
  const legend = swatches(classSwatches(space, [label, prediction].flatMap(occurring)), right - MARGIN - GAP);
  body.push(at(right, MARGIN + row + TITLE, bar), at(MARGIN, below, legend));
  return {
    width: right + bar.width + MARGIN,
    height: below + legend.height + MARGIN,
    body: body.join(""),
  };
}

function barTicks(scale: HeatScale, limit: number, rows: number) {
  if (scale === "contrast") {
    const title = `read weight, scaled at each pixel; ${100 * BLEND} % over the image`;
    const ticks = [
      { position: 0, label: "least" },
      { position: 1, label: "most" },
    ];
    return { title, ticks };
  }
  return {
    title: "read weight",
    ticks: [
      { position: 0, label: "0" },
      { position: 1 / rows / limit, label: `1/${rows}` },
      { position: 1, label: limit.toFixed(2) },
    ],
  };
}

/** Colors and names of the classes of train ids, in their order, and of ignored pixels where there are any. */
export function classSwatches(space: LabelSpace, trainIds: readonly number[]): Swatch[] {
  const ignored = trainIds.includes(IGNORE_INDEX) ? [{ name: "ignored", color: [0, 0, 0] as const }] : [];
  return [...space.classes.filter((_, trainId) => trainIds.includes(trainId)), ...ignored];
}
