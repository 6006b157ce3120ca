// Strokes that snap to superpixels of the open picture, which are computed once for each picture, in a worker of their own.

import { paint } from "@pinmem/runtime/browser";
import type { BrushStroke } from "./brush-stroke.js";
import * as state from "./state.js";
import type { CutRequest } from "./superpixel-worker.js";
import { type Superpixels, snapped } from "./superpixels.js";

/** Larger pictures are cut at a part of their size. */
const MOST_PIXELS = 1e6;

/** Of a picture, whose own size is no longer known once it is closed. */
interface Cut {
  readonly width: number;
  readonly height: number;
  /** How many of its pixels are one of the superpixels', each way. */
  readonly step: number;
  readonly superpixels: Promise<Superpixels>;
}

let worker: Worker | null = null;
let last: Promise<unknown> = Promise.resolve();
const known = new WeakMap<ImageBitmap, Cut>();

/** Cuts a picture, once. */
export function cutOf(bitmap: ImageBitmap): Cut {
  const found = known.get(bitmap) ?? cut(bitmap);
  known.set(bitmap, found);
  found.superpixels.catch(() => known.delete(bitmap));
  return found;
}

function cut(bitmap: ImageBitmap): Cut {
  const { width, height } = bitmap;
  const step = Math.max(1, Math.ceil(Math.sqrt((width * height) / MOST_PIXELS)));
  const size = { width: Math.ceil(width / step), height: Math.ceil(height / step) };
  const context = new OffscreenCanvas(size.width, size.height).getContext("2d");
  if (!context) throw new Error("the browser gives no canvas");
  context.drawImage(bitmap, 0, 0, width / step, height / step);
  const { data: rgba } = context.getImageData(0, 0, size.width, size.height);
  const cell = Math.max(2, (state.model.value?.description.feature.stride ?? 16) / step);
  const computing = last.then(() => ask({ rgba, ...size, cell }));
  last = computing.catch(() => {});
  return { width, height, step, superpixels: computing };
}

const ask = (request: CutRequest): Promise<Superpixels> =>
  new Promise((resolve, reject) => {
    worker ??= new Worker(new URL("./superpixel-worker.ts", import.meta.url), { type: "module" });
    worker.onmessage = ({ data }: MessageEvent<Superpixels>) => resolve(data);
    worker.onerror = ({ message }) => reject(new Error(`superpixels cannot be computed: ${message}`));
    worker.postMessage(request, [request.rgba.buffer]);
  });

/** A stroke over whole superpixels instead of where the brush was. */
export async function snap(stroke: BrushStroke, bitmap: ImageBitmap): Promise<BrushStroke> {
  const { width, height, step, superpixels } = cutOf(bitmap);
  const cut = await superpixels;
  const small = {
    class: 0,
    width: Math.max(1, stroke.width / step),
    points: stroke.points.map(([x, y]) => [x / step, y / step] as const),
  };
  const { trainIds } = paint([small], cut, ["brushed"], 255);
  const runs = snapped(cut, (at) => trainIds[at] === 0);
  if (step === 1) return { ...stroke, runs };
  const large: number[] = [];
  for (let at = 0; at < runs.length; at += 3) {
    const [y, from, to] = runs.slice(at, at + 3) as [number, number, number];
    for (let row = y * step; row < Math.min(height, (y + 1) * step); row++)
      large.push(row, from * step, Math.min(width, to * step));
  }
  return { ...stroke, runs: large };
}
