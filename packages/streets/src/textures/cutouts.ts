// Outlines that are cut out of polygons, over coordinates from -1 to 1: discs and signs by formula, the ragged edges of
// leaves from small bitmaps made of noise.

import { clamp } from "../arithmetic.js";
import { type Cutout, HOLE, OUTSIDE, SOLID } from "../surface.js";
import { Bitmap } from "./bitmap.js";
import { clouds, clumps, grain } from "./noise.js";

class Shape implements Cutout {
  constructor(
    readonly at: Cutout["at"],
    readonly seeThrough = false,
  ) {}
}

export const disc: Cutout = new Shape((u, v) => (u * u + v * v <= 1 ? SOLID : OUTSIDE));

/** A spoked wheel: rim, hub and the spokes' shimmer; the space between is a hole. */
export const spokedWheel: Cutout = new Shape((u, v) => {
  const squared = u * u + v * v;
  if (squared > 1) return OUTSIDE;
  if (squared > 0.72 || squared < 0.012) return SOLID;
  return (u > -0.03 && u < 0.03) || (v > -0.03 && v < 0.03) || (u - v < 0.04 && v - u < 0.04) ? SOLID : HOLE;
}, true);

/** A triangle that stands on its base, its corners a little rounded. */
export const triangle: Cutout = new Shape((u, v) =>
  v >= -1 && v <= 0.92 && (u < 0 ? -u : u) <= (1 - v) * 0.5 + 0.02 ? SOLID : OUTSIDE,
);

/** A triangle that stands on its point. */
export const yieldTriangle: Cutout = new Shape((u, v) => triangle.at(u, -v));

export const octagon: Cutout = new Shape((u, v) => {
  const x = u < 0 ? -u : u;
  const y = v < 0 ? -v : v;
  return x <= 1 && y <= 1 && x + y <= Math.SQRT2 ? SOLID : OUTSIDE;
});

export const diamond: Cutout = new Shape((u, v) =>
  (u < 0 ? -u : u) + (v < 0 ? -v : v) <= 1 ? SOLID : OUTSIDE,
);

/** Round masses of leaves with ragged edges, all different. */
export const leafMasses: readonly Cutout[] = Array.from(
  { length: 6 },
  (_, k) =>
    new Bitmap((u, v) => {
      const radius = Math.sqrt(u * u + v * v);
      const lobes = clouds.at(u * 26 + 41 * k, v * 26 + 17 * k, 1) - 0.5;
      const leaves = clumps.at(u * 34 + 13 * k, v * 34 + 29 * k, 1) - 0.5;
      return 3 * (0.74 - radius - 0.35 * lobes - 0.55 * leaves);
    }),
);

/** The haze of fine twigs of a tree without leaves: mostly holes. */
export const twigMasses: readonly Cutout[] = Array.from({ length: 4 }, (_, k) => {
  const outline = (u: number, v: number) => {
    const lobes = clouds.at(u * 20 + 31 * k, v * 20 + 57 * k, 1) - 0.5;
    return 3 * (0.82 - Math.sqrt(u * u + v * v) - 0.5 * lobes);
  };
  const twigs = (u: number, v: number) => {
    const twig = grain.at(u * 40 + 19 * k, v * 25 + 7 * k, 1) - 0.5;
    return outline(u, v) < 0 ? -1 : 3 * (twig - 0.06 - 0.3 * Math.sqrt(u * u + v * v));
  };
  return new Bitmap(twigs, outline);
});

/** A fir: narrow above, tiers of branches with drooping, ragged ends. */
export const firs: readonly Cutout[] = Array.from(
  { length: 3 },
  (_, k) =>
    new Bitmap((u, v) => {
      const down = (1 - v) / 2;
      if (down > 0.98) return -1;
      const tier = down * 9 - Math.floor(down * 9);
      const ragged = 0.35 * (clumps.at(u * 30 + 11 * k, v * 40 + 37 * k, 1) - 0.5);
      const width =
        clamp(0.04 + down * 0.78 + 0.2 * (tier - 0.5) * (0.3 + down), 0, 1) + ragged * (0.25 + down);
      return 4 * (width - Math.abs(u));
    }),
);

/** A palm's head: feathered leaves that rise and hang over. */
export const palmHeads: readonly Cutout[] = Array.from(
  { length: 3 },
  (_, k) =>
    new Bitmap((u, v) => {
      let inside = -1;
      for (let leaf = 0; leaf < 11; leaf++) {
        const reach = 0.72 + 0.28 * clouds.at(leaf * 37 + 91 * k, 5, 1);
        const spread = (leaf - 5) / 5;
        const t = u / (spread === 0 ? 0.02 : spread) / reach;
        if (t < 0 || t > 1) continue;
        const rise = 0.75 * (1 - Math.abs(spread)) + 0.35;
        const spine = rise * t * 1.5 - (rise + 0.85) * t * t * (0.55 + 0.45 * Math.abs(spread));
        const fringe = 0.17 * (1 - t * 0.75) * (0.5 + grain.at(u * 60 + leaf * 9, v * 10, 1));
        inside = Math.max(inside, 8 * Math.min(spine + 0.05 - v, v - spine + fringe + 0.03));
      }
      return inside;
    }),
);
