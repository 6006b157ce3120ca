// The picture of the memory's activation: an image with its label and prediction, and for every class that occurs in it a
// map of how much each pixel reads of the class's row.

import { colorLabel } from "../data/contact-sheet.js";
import type { LabelSpace } from "../data/label-space.js";
import { colorBar, swatches } from "./drawing/legends.js";
import { raster } from "./drawing/raster.js";
import { at, type Drawing, text } from "./drawing/svg.js";
import { BLEND, contrasted, type HeatScale, heatMap, rawLimit } from "./heat-maps.js";
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
  const labelled = (title: string, trainIds: Uint8Array) => ({
    title,
    pixels: { ...size, pixels: colorLabel(space, trainIds) },
    smooth: false,
  });
  const tiles = [
    { title: "image", pixels: { ...size, pixels: image }, smooth: true },
    labelled("label", label),
    labelled("prediction", prediction),
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
  // Image, label and prediction take a row of their own, with the colours' names beside them.
  const place = (index: number): [number, number] => {
    const cell = index < 3 ? index : index - 3 + COLUMNS;
    return [MARGIN + (cell % COLUMNS) * (tile + GAP), MARGIN + Math.floor(cell / COLUMNS) * row];
  };
  const body = drawn.map((drawing, index) => {
    const [x, y] = place(index);
    return text(x, y + 13, tiles[index]?.title ?? "", { size: 13 }) + at(x, y + TITLE, drawing);
  });
  const rows = 1 + Math.ceil(classes.length / COLUMNS);
  const bar = colorBar({
    height: Math.min(rows - 1, 2) * row - TITLE - GAP,
    ...barTicks(scale, limit, weights.length),
  });
  const barX = MARGIN + COLUMNS * (tile + GAP);
  const legend = swatches(classSwatches(space, [...occurring(label), ...occurring(prediction)]), tile);
  const [legendX] = place(3);
  const beside = MARGIN + 3 * (tile + GAP);
  body.push(at(barX, MARGIN + row + TITLE, bar), at(beside, MARGIN + TITLE, legend));
  const all = [barX + bar.width + MARGIN, MARGIN + rows * row] as const;
  return {
    width: Math.max(all[0], legendX),
    height: Math.max(all[1], MARGIN + TITLE + legend.height + GAP),
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

/** Colours and names of classes, in the order of their train ids, and of ignored pixels. */
export function classSwatches(space: LabelSpace, trainIds: readonly number[]) {
  return space.classes.filter((_, trainId) => trainIds.includes(trainId));
}
