// Rotation about the center, in place: bilinear for images, nearest for labels, as Pillow's Image.rotate does it
// (Geometry.c: inverse mapping of pixel centers; results cut down to integers; labels in 16.16 fixed point).

import type { Size } from "./resize.js";

/** Turns an image (height x width x 3 bytes) in place about its center, counterclockwise in degrees; bilinear, corners black. */
export function rotateImage(pixels: Uint8Array, { width, height }: Size, degrees: number): void {
  const source = pixels.slice();
  const [a, b, c, d, e, f] = inverseRotation(width, height, degrees);
  for (let y = 0, out = 0; y < height; y++) {
    for (let x = 0; x < width; x++, out += 3) {
      const fromX = a * (x + 0.5) + b * (y + 0.5) + c;
      const fromY = d * (x + 0.5) + e * (y + 0.5) + f;
      if (fromX < 0 || fromX >= width || fromY < 0 || fromY >= height) {
        pixels.fill(0, out, out + 3);
        continue;
      }
      const left = Math.floor(fromX - 0.5);
      const top = Math.floor(fromY - 0.5);
      const [dx, dy] = [fromX - 0.5 - left, fromY - 0.5 - top];
      const [x0, x1] = [Math.max(left, 0) * 3, Math.min(left + 1, width - 1) * 3];
      const upper = Math.max(top, 0) * width * 3;
      const lower = top + 1 < height ? (top + 1) * width * 3 : upper;
      for (let channel = 0; channel < 3; channel++) {
        const at = (offset: number) => source[offset + channel] as number;
        const above = at(upper + x0) + (at(upper + x1) - at(upper + x0)) * dx;
        const below = at(lower + x0) + (at(lower + x1) - at(lower + x0)) * dx;
        pixels[out + channel] = Math.trunc(above + (below - above) * dy);
      }
    }
  }
}

/**
 * Turns a label (height x width train ids) in place about its center, counterclockwise in degrees; nearest neighbor.
 * @param outside train id of pixels that come from outside
 */
export function rotateLabel(
  labels: Uint8Array,
  { width, height }: Size,
  degrees: number,
  outside: number,
): void {
  const source = labels.slice();
  const [a, b, c, d, e, f] = inverseRotation(width, height, degrees);
  const fixed = (value: number) => Math.floor(value * 65536 + 0.5);
  let rowX = fixed(c + a * 0.5 + b * 0.5);
  let rowY = fixed(f + d * 0.5 + e * 0.5);
  for (let y = 0, out = 0; y < height; y++) {
    let fromX = rowX;
    let fromY = rowY;
    for (let x = 0; x < width; x++, out++) {
      const column = fromX >> 16;
      const row = fromY >> 16;
      const inside = column >= 0 && column < width && row >= 0 && row < height;
      labels[out] = inside ? (source[row * width + column] as number) : outside;
      fromX += fixed(a);
      fromY += fixed(d);
    }
    rowX += fixed(b);
    rowY += fixed(e);
  }
}

type Affine = [a: number, b: number, c: number, d: number, e: number, f: number];

/** From pixels of the result to the source: x' = ax + by + c, y' = dx + ey + f. */
function inverseRotation(width: number, height: number, degrees: number): Affine {
  const angle = (-(((degrees % 360) + 360) % 360) * Math.PI) / 180;
  const cos = roundTo15Digits(Math.cos(angle));
  const sin = roundTo15Digits(Math.sin(angle));
  const [x, y] = [width / 2, height / 2];
  return [cos, sin, cos * -x + sin * -y + x, -sin, cos, -sin * -x + cos * -y + y];
}

const roundTo15Digits = (value: number) => Number(value.toFixed(15));
