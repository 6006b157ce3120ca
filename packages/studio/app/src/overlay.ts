// The classes as they are laid over a picture: RGBA at the picture's own size. Pure, so that it is tested without a page. Pixels are written
// as whole words, since pictures of twelve megapixels follow a slider.

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
/** Marked pixels, and what veils the others: seen on bright and dark pictures, and by people who tell few colors apart. */
const MARK = [255, 0, 170] as const;
const VEIL = [0, 0, 0] as const;

/** Of the first byte red: all that browsers run on is little-endian. */
const word = ([red, green, blue]: readonly [number, number, number], alpha: number): number =>
  ((alpha << 24) | (blue << 16) | (green << 8) | red) >>> 0;

/** RGBA bytes, row by row. */
export function overlayPixels(
  { width, height, labels, confidence }: Shown,
  { opacity, outline, colors, hidden, threshold }: OverlayStyle,
): Uint8ClampedArray<ArrayBuffer> {
  const words = new Uint32Array(width * height);
  const alpha = Math.round(opacity * 255);
  const table = new Uint32Array(256);
  const isShown = new Uint8Array(256);
  for (const [label, color] of colors.entries()) {
    if (hidden.has(label)) continue;
    table[label] = word(color, outline ? 255 : alpha);
    isShown[label] = 1;
  }
  const least = threshold * 255;
  const stripes = [word(HATCH, alpha >> 1), word(HATCH, Math.max(alpha, 160))] as const;
  if (!outline && !(confidence && least > 0)) {
    for (let at = 0; at < words.length; at++) words[at] = table[labels[at] as number] as number;
    return new Uint8ClampedArray(words.buffer);
  }
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++, at++) {
      const label = labels[at] as number;
      if (!isShown[label]) continue;
      if (confidence && (confidence[at] as number) < least) words[at] = stripes[(x + y) % 8 < 3 ? 1 : 0];
      else if (
        !outline ||
        (x + 1 < width && labels[at + 1] !== label) ||
        (y + 1 < height && labels[at + width] !== label)
      )
        words[at] = table[label] as number;
    }
  }
  return new Uint8ClampedArray(words.buffer);
}

/** RGBA bytes: marked pixels in one strong color, the others veiled. */
export function markedPixels(
  { width, height }: { readonly width: number; readonly height: number },
  isMarked: (at: number) => boolean,
): Uint8ClampedArray<ArrayBuffer> {
  const words = new Uint32Array(width * height);
  const [mark, veil] = [word(MARK, 220), word(VEIL, 90)];
  for (let at = 0; at < words.length; at++) words[at] = isMarked(at) ? mark : veil;
  return new Uint8ClampedArray(words.buffer);
}

/** Every so many pixels of a result, in both directions: what a screen shows of a large picture. */
export function thinnedOut({ width, height, labels, confidence }: Shown, step: number): Shown {
  if (step === 1) return { width, height, labels, ...(confidence && { confidence }) };
  const size = { width: Math.ceil(width / step), height: Math.ceil(height / step) };
  const take = (from: Uint8Array): Uint8Array => {
    const taken = new Uint8Array(size.width * size.height);
    for (let y = 0, at = 0; y < height; y += step)
      for (let x = 0; x < width; x += step, at++) taken[at] = from[y * width + x] as number;
    return taken;
  };
  return { ...size, labels: take(labels), ...(confidence && { confidence: take(confidence) }) };
}

/** Pixels of each of K classes. */
export function countPixels(labels: Uint8Array, classes: number): Float64Array {
  const counts = new Float64Array(256);
  for (let at = 0; at < labels.length; at++) {
    const label = labels[at] as number;
    counts[label] = (counts[label] as number) + 1;
  }
  return counts.slice(0, classes);
}
