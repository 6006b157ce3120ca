// Draws on the canvases of the stage: classes or marked pixels, what was before a swipe, the map of a row, strokes.

import { viridis } from "@pinmem/core";
import type { BrushStroke } from "./brush-stroke.js";
import { markedPixels, type OverlayStyle, overlayPixels, type Shown } from "./overlay.js";

type Color = readonly [number, number, number];
type Points = readonly (readonly [number, number])[];

/** Classes, or marked pixels; left of the swipe another result. */
export function drawResult(
  context: CanvasRenderingContext2D,
  result: Shown,
  {
    style,
    isMarked,
    before,
    swipe,
  }: {
    readonly style: OverlayStyle;
    readonly isMarked: ((at: number) => boolean) | null;
    readonly before: Shown | null;
    readonly swipe: number;
  },
): void {
  const { width, height } = result;
  const pixels = isMarked ? markedPixels(result, isMarked) : overlayPixels(result, style);
  context.putImageData(new ImageData(pixels, width, height), 0, 0);
  if (!before || swipe === 0 || before.width !== width || before.height !== height || isMarked) return;
  const part = new ImageData(overlayPixels(before, style), width, height);
  context.putImageData(part, 0, 0, 0, 0, Math.round(swipe * width), height);
  const line = Math.max(2, Math.round(width / 400));
  context.save();
  context.resetTransform();
  context.fillStyle = "#fff";
  context.fillRect(Math.round(swipe * width) - line / 2, 0, line, height);
  context.restore();
}

/** Where a row is read, cell by cell. */
export function drawMap(
  context: CanvasRenderingContext2D,
  {
    width,
    height,
    values,
    kind,
  }: {
    readonly width: number;
    readonly height: number;
    readonly values: Float32Array;
    readonly kind: "weights" | "cosines";
  },
  stride: number,
): void {
  const most = kind === "weights" ? values.reduce((one, other) => Math.max(one, other), 1e-6) : 1;
  const pixels = new Uint8ClampedArray(width * height * 4);
  values.forEach((value, at) => {
    pixels.set(viridis(Math.min(1, Math.max(0, value / most))), at * 4);
    pixels[at * 4 + 3] = 200;
  });
  const small = new OffscreenCanvas(width, height);
  small.getContext("2d")?.putImageData(new ImageData(pixels, width, height), 0, 0);
  context.imageSmoothingEnabled = false;
  context.drawImage(small, 0, 0, width * stride, height * stride);
}

/** A stroke of the brush; color null: of the eraser. */
export function drawStroke(
  context: CanvasRenderingContext2D,
  { points, width, runs }: Pick<BrushStroke, "width" | "runs"> & { readonly points: Points },
  color: Color | null,
): void {
  if (runs) {
    // All of it white, and its own color but for a pixel all around.
    for (const [style, less] of [
      ["#fff", 0],
      [color ? `rgb(${color.join(" ")})` : "#0006", 1],
    ] as const) {
      context.fillStyle = style;
      for (let at = 0; at < runs.length; at += 3) {
        const [y, from, to] = runs.slice(at, at + 3) as [number, number, number];
        context.fillRect(from + less, y, Math.max(0, to - from - 2 * less), 1);
      }
    }
    return;
  }
  context.lineCap = "round";
  context.lineJoin = "round";
  for (const [stroke, extra] of [
    ["#fff", 4],
    [color ? `rgb(${color.join(" ")})` : "#0006", 0],
  ] as const) {
    context.strokeStyle = stroke;
    context.lineWidth = width + extra;
    context.beginPath();
    const [[x, y] = [0, 0], ...rest] = points;
    context.moveTo(x, y);
    if (rest.length === 0) context.lineTo(x + 0.01, y);
    for (const [px, py] of rest) context.lineTo(px, py);
    context.stroke();
  }
}

/** Where keys have brought the pointer. */
export function drawCross(
  context: CanvasRenderingContext2D,
  { x, y }: { readonly x: number; readonly y: number },
  size: number,
): void {
  for (const [style, width] of [
    ["#fff", size / 3],
    ["#000", size / 8],
  ] as const) {
    context.strokeStyle = style;
    context.lineWidth = width;
    context.beginPath();
    for (const [dx, dy] of [
      [size, 0],
      [0, size],
    ] as const) {
      context.moveTo(x - dx, y - dy);
      context.lineTo(x + dx, y + dy);
    }
    context.stroke();
  }
}
