// Where the classes are: for class-uniform sampling, which shows rare classes more often than chance would. Every label
// is looked at once, tile by tile; each class found in a tile gives one place, the middle of its pixels there.
//
// Follows NVIDIA's uniform.py (semantic-segmentation, used by the official code), with tiles of 1024 pixels.

import type { Dataset } from "../datasets/dataset.js";
import { LabelDecoder } from "../datasets/label-decoding.js";
import { openSample, type SampleContext } from "./open-sample.js";
import type { ClassPlaces } from "./sampling.js";
import { planWhole } from "./transforms/geometric.js";

export interface ClassPlacesOptions {
  /** Side of a tile in pixels. */
  readonly tile?: number;
  readonly onProgress?: (done: number, total: number) => void;
}

/** @throws DataError naming a file that cannot be used */
export async function findClassPlaces(
  dataset: Dataset,
  { tile = 1024, onProgress }: ClassPlacesOptions = {},
): Promise<ClassPlaces> {
  const context: SampleContext = { decoder: new LabelDecoder(dataset.decoding), space: dataset.space };
  const places = dataset.space.classes.map((): [number, number, number][] => []);
  for (const [sample, source] of dataset.samples.entries()) {
    const opened = await openSample(source, context);
    const label = opened.label(planWhole(opened));
    for (let top = 0; top < opened.height; top += tile) {
      for (let left = 0; left < opened.width; left += tile) {
        const window = {
          left,
          top,
          width: Math.min(tile, opened.width - left),
          height: Math.min(tile, opened.height - top),
        };
        for (const [trainId, x, y] of middles(label, opened.width, window, places.length)) {
          places[trainId]?.push([sample, x, y]);
        }
      }
    }
    onProgress?.(sample + 1, dataset.samples.length);
  }
  return places;
}

/** For each class within the window: the mean position of its pixels. */
function middles(
  label: Uint8Array,
  stride: number,
  { left, top, width, height }: { left: number; top: number; width: number; height: number },
  classes: number,
): [trainId: number, x: number, y: number][] {
  const counts = new Float64Array(256);
  const sumX = new Float64Array(256);
  const sumY = new Float64Array(256);
  for (let y = top; y < top + height; y++) {
    for (let x = left; x < left + width; x++) {
      const id = label[y * stride + x] as number;
      counts[id] = (counts[id] as number) + 1;
      sumX[id] = (sumX[id] as number) + x;
      sumY[id] = (sumY[id] as number) + y;
    }
  }
  return Array.from({ length: classes }, (_, id): [number, number, number] => {
    const count = counts[id] as number;
    return [id, Math.trunc((sumX[id] as number) / count), Math.trunc((sumY[id] as number) / count)];
  }).filter(([id]) => (counts[id] as number) > 0);
}
