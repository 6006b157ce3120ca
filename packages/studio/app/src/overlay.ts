// The classes as they are laid over a picture: RGBA at the picture's own size. Pure, so that it is tested without a page.

/** How classes are shown. */
export interface OverlayStyle {
  /** Of the colors, 0 to 1. */
  readonly opacity: number;
  /** Lines where classes meet instead of areas. */
  readonly outline: boolean;
  /** By train id: red, green, blue. */
  readonly colors: readonly (readonly [number, number, number])[];
  /** Train ids that are not shown. */
  readonly hidden: ReadonlySet<number>;
  /** Pixels less sure than this (0 to 1) are shown as unsure: hatched. */
  readonly threshold: number;
}

/** What a picture shows. */
export interface Shown {
  readonly width: number;
  readonly height: number;
  readonly labels: Uint8Array;
  readonly confidence?: Uint8Array;
}

/** Unsure pixels: gray stripes. */
const HATCH = [128, 128, 128] as const;

/** RGBA bytes, row by row. */
export function overlayPixels(
  { width, height, labels, confidence }: Shown,
  { opacity, outline, colors, hidden, threshold }: OverlayStyle,
): Uint8ClampedArray<ArrayBuffer> {
  const pixels = new Uint8ClampedArray(width * height * 4);
  const alpha = Math.round(opacity * 255);
  const least = threshold * 255;
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++, at++) {
      const label = labels[at] as number;
      const color = colors[label];
      if (!color || hidden.has(label)) continue;
      const to = at * 4;
      if (confidence && (confidence[at] as number) < least) {
        const isStripe = (x + y) % 8 < 3;
        pixels.set(HATCH, to);
        pixels[to + 3] = isStripe ? Math.max(alpha, 160) : alpha >> 1;
        continue;
      }
      if (outline) {
        const isEdge =
          (x + 1 < width && labels[at + 1] !== label) || (y + 1 < height && labels[at + width] !== label);
        if (!isEdge) continue;
        pixels.set(color, to);
        pixels[to + 3] = 255;
        continue;
      }
      pixels.set(color, to);
      pixels[to + 3] = alpha;
    }
  }
  return pixels;
}

/** Pixels of each of K classes. */
export function countPixels(labels: Uint8Array, classes: number): Float64Array {
  const counts = new Float64Array(classes);
  for (const label of labels) if (label < classes) counts[label] = (counts[label] as number) + 1;
  return counts;
}
