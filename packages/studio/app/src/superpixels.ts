// Superpixels: a picture cut into areas of one color each, about as large as a cell of the feature, whose borders follow what is seen. Pure;
// a worker computes it.
// Source: Achanta et al., "SLIC superpixels compared to state-of-the-art superpixel methods", PAMI 2012; with brightness and color of
// JPEG in place of CIELAB, and without moving the first middles off edges.

/** Areas of a picture, or of one brought down. */
export interface Superpixels {
  readonly width: number;
  readonly height: number;
  /** The area of each pixel, row by row, from 0 on. */
  readonly areas: Int32Array;
  readonly count: number;
}

const ROUNDS = 5;
/** How much place counts beside color: the larger, the more like squares. */
const COMPACTNESS = 12;

/**
 * Cuts a picture into areas.
 * @param rgba bytes, row by row
 * @param cell about how wide they are, in pixels, at least 2
 */
export function superpixels(
  rgba: Uint8ClampedArray,
  { width, height }: { readonly width: number; readonly height: number },
  cell: number,
): Superpixels {
  const colors = colorsOf(rgba);
  const [columns, rows] = [Math.max(1, Math.round(width / cell)), Math.max(1, Math.round(height / cell))];
  const count = columns * rows;
  // Of each: x, y and three of color.
  const middles = new Float64Array(count * 5);
  for (let k = 0; k < count; k++) {
    const x = Math.floor((((k % columns) + 0.5) * width) / columns);
    const y = Math.floor(((Math.floor(k / columns) + 0.5) * height) / rows);
    middles.set([x, y, ...colors.subarray((y * width + x) * 3, (y * width + x) * 3 + 3)], k * 5);
  }
  const nearest = new Int32Array(width * height);
  const distances = new Float32Array(width * height);
  const weight = (COMPACTNESS / cell) ** 2;
  for (let round = 0; round < ROUNDS; round++) {
    distances.fill(Number.POSITIVE_INFINITY);
    for (let k = 0; k < count; k++) {
      const [mx, my, m0, m1, m2] = middles.subarray(k * 5, k * 5 + 5) as unknown as [
        number,
        number,
        number,
        number,
        number,
      ];
      const [left, right] = [Math.max(0, Math.floor(mx - cell)), Math.min(width - 1, Math.ceil(mx + cell))];
      const [top, bottom] = [Math.max(0, Math.floor(my - cell)), Math.min(height - 1, Math.ceil(my + cell))];
      for (let y = top; y <= bottom; y++) {
        for (let x = left, at = y * width + left; x <= right; x++, at++) {
          const d0 = (colors[at * 3] as number) - m0;
          const d1 = (colors[at * 3 + 1] as number) - m1;
          const d2 = (colors[at * 3 + 2] as number) - m2;
          const distance = d0 * d0 + d1 * d1 + d2 * d2 + weight * ((x - mx) ** 2 + (y - my) ** 2);
          if (distance >= (distances[at] as number)) continue;
          distances[at] = distance;
          nearest[at] = k;
        }
      }
    }
    moveMiddles(middles, nearest, colors, width);
  }
  return { width, height, ...connected(nearest, width, Math.max(1, (cell * cell) / 4)) };
}

/** Brightness and two of color, as JPEG has them. */
function colorsOf(rgba: Uint8ClampedArray): Float32Array {
  const colors = new Float32Array((rgba.length / 4) * 3);
  for (let from = 0, to = 0; from < rgba.length; from += 4, to += 3) {
    const [r, g, b] = [rgba[from] as number, rgba[from + 1] as number, rgba[from + 2] as number];
    const brightness = 0.299 * r + 0.587 * g + 0.114 * b;
    colors[to] = brightness;
    colors[to + 1] = 0.564 * (b - brightness);
    colors[to + 2] = 0.713 * (r - brightness);
  }
  return colors;
}

/** To the mean of what is theirs; those that have nothing stay. */
function moveMiddles(middles: Float64Array, nearest: Int32Array, colors: Float32Array, width: number): void {
  const sums = new Float64Array(middles.length);
  const counts = new Float64Array(middles.length / 5);
  for (let at = 0; at < nearest.length; at++) {
    const k = nearest[at] as number;
    counts[k] = (counts[k] as number) + 1;
    const add = (part: number, value: number) => {
      sums[k * 5 + part] = (sums[k * 5 + part] as number) + value;
    };
    add(0, at % width);
    add(1, Math.floor(at / width));
    for (let part = 0; part < 3; part++) add(2 + part, colors[at * 3 + part] as number);
  }
  for (let at = 0; at < sums.length; at++) {
    const count = counts[Math.floor(at / 5)] as number;
    if (count > 0) middles[at] = (sums[at] as number) / count;
  }
}

/** Areas that hang together; what is smaller than `least` goes to a neighbor. */
function connected(nearest: Int32Array, width: number, least: number): { areas: Int32Array; count: number } {
  const areas = new Int32Array(nearest.length).fill(-1);
  const found = new Int32Array(nearest.length);
  let count = 0;
  for (let start = 0; start < nearest.length; start++) {
    if (areas[start] !== -1) continue;
    let neighbor = -1;
    let size = 1;
    found[0] = start;
    areas[start] = count;
    for (let next = 0; next < size; next++) {
      const at = found[next] as number;
      const x = at % width;
      const around = [x > 0 ? at - 1 : -1, x + 1 < width ? at + 1 : -1, at - width, at + width];
      for (const other of around) {
        if (other < 0 || other >= nearest.length) continue;
        const area = areas[other] as number;
        if (area !== -1 && area !== count) neighbor = area;
        if (area !== -1 || nearest[other] !== nearest[start]) continue;
        areas[other] = count;
        found[size++] = other;
      }
    }
    if (size >= least || neighbor === -1) count++;
    else for (let next = 0; next < size; next++) areas[found[next] as number] = neighbor;
  }
  return { areas, count };
}

/**
 * The areas that a brush has covered by half at least; where there is none, that of which it covers most.
 * @param isCovered by the brush, of each pixel of the areas
 * @returns pixels in runs, one after the other: row, first column, column behind the last
 */
export function snapped(
  { width, height, areas, count }: Superpixels,
  isCovered: (at: number) => boolean,
): number[] {
  const [sizes, covered] = [new Float64Array(count), new Float64Array(count)];
  for (let at = 0; at < areas.length; at++) {
    const area = areas[at] as number;
    sizes[area] = (sizes[area] as number) + 1;
    if (isCovered(at)) covered[area] = (covered[area] as number) + 1;
  }
  const shares = covered.map((pixels, area) => pixels / (sizes[area] as number));
  const most = covered.indexOf(covered.reduce((one, other) => Math.max(one, other), 0));
  const isAny = shares.some((share) => share >= 0.5);
  const isTaken = (area: number) =>
    isAny ? (shares[area] as number) >= 0.5 : area === most && (covered[area] as number) > 0;
  const runs: number[] = [];
  for (let y = 0; y < height; y++) {
    for (let x = 0, from = -1; x <= width; x++) {
      const isIn = x < width && isTaken(areas[y * width + x] as number);
      if (isIn && from < 0) from = x;
      if (isIn || from < 0) continue;
      runs.push(y, from, x);
      from = -1;
    }
  }
  return runs;
}
