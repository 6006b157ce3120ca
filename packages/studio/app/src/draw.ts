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
  { points, width }: Pick<BrushStroke, "width"> & { readonly points: Points },
  color: Color | null,
): void {
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
