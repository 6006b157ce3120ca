// The picture of the embedding: the same points twice, colored by class and by domain, memory rows as stars.

import type { Color, LabelSpace } from "@pinmem/core";
import type { InspectedDomain } from "./domains.js";
import { swatches } from "./drawing/legends.js";
import { placeNames } from "./drawing/place-names.js";
import { at, circle, type Drawing, rect, rgb, star, text } from "./drawing/svg.js";
import type { Point } from "./embedding.js";

export interface EmbeddedFeature {
  readonly point: Point;
  /** Position among the domains; null for a memory row. */
  readonly domain: number | null;
  readonly trainId: number;
}

/** Distinct for those who do not see all colors (Okabe and Ito 2008), then further ones. */
const palette: readonly Color[] = [
  [0, 114, 178],
  [230, 159, 0],
  [0, 158, 115],
  [204, 121, 167],
  [213, 94, 0],
  [86, 180, 233],
  [178, 160, 20],
  [90, 90, 90],
  [120, 60, 20],
  [110, 70, 180],
  [150, 200, 60],
  [250, 150, 140],
];

const SIDE = 420;
const PADDING = 18;
const MARGIN = 12;
const GAP = 24;

export function embeddingFigure(
  features: readonly EmbeddedFeature[],
  {
    space,
    domains,
  }: { readonly space: LabelSpace; readonly domains: readonly Pick<InspectedDomain, "name" | "role">[] },
): Drawing {
  const classColor = ({ trainId }: EmbeddedFeature) => space.classes[trainId]?.color ?? [0, 0, 0];
  const domainColor = ({ domain }: EmbeddedFeature) =>
    domain === null ? ([255, 255, 255] as const) : colorOf(domain);
  const top = MARGIN + 22;
  const second = MARGIN + SIDE + GAP;
  const classes = space.classes.filter((_, id) => features.some(({ trainId }) => trainId === id));
  const legends = [
    swatches(classes, SIDE),
    swatches(
      domains.map(({ name, role }, index) => ({ name: `${name} (${role})`, color: colorOf(index) })),
      SIDE,
    ),
  ] as const;
  const below = top + SIDE + 12;
  const hasRows = features.some(({ domain }) => domain === null);
  const keyY = below + legends[0].height + 10;
  const legendHeight = Math.max(legends[0].height + (hasRows ? 22 : 0), legends[1].height);
  const key = hasRows
    ? star(MARGIN + 7, keyY, 8, { fill: "#fff", stroke: "#000" }) +
      text(MARGIN + 19, keyY + 4, "row of the memory")
    : "";
  const body = [
    text(MARGIN, MARGIN + 12, "by class", { size: 14 }),
    text(second, MARGIN + 12, "by domain", { size: 14 }),
    at(
      MARGIN,
      top,
      panel(features, { color: classColor, nameOf: ({ trainId }) => space.classes[trainId]?.name ?? "" }),
    ),
    at(second, top, panel(features, { color: domainColor })),
    at(MARGIN, below, legends[0]),
    at(second, below, legends[1]),
    key,
  ];
  return {
    width: second + SIDE + MARGIN,
    height: below + legendHeight + MARGIN,
    body: body.join(""),
  };
}

const colorOf = (domain: number): Color => palette[domain % palette.length] as Color;

interface PanelOptions {
  readonly color: (feature: EmbeddedFeature) => Color;
  /** Stands beside rows of the memory. */
  readonly nameOf?: (feature: EmbeddedFeature) => string;
}

function panel(features: readonly EmbeddedFeature[], { color, nameOf }: PanelOptions): { body: string } {
  const placed = features.map((feature) => ({ feature, ...place(feature.point), fill: rgb(color(feature)) }));
  const dots = placed
    .filter(({ feature }) => feature.domain !== null)
    .map(({ x, y, fill }) => circle(x, y, 3, { fill, stroke: "#fff", strokeWidth: 0.4, opacity: 0.85 }));
  const rows = placed.filter(({ feature }) => feature.domain === null).sort((a, b) => a.y - b.y);
  const stars = rows.map(({ x, y, fill }) => star(x, y, 9, { fill, stroke: "#000", strokeWidth: 1.2 }));
  const names = nameOf
    ? placeNames(
        rows.map(({ feature, x, y }) => ({ name: nameOf(feature), x, y })),
        SIDE,
      )
    : [];
  const frame = rect(0, 0, SIDE, SIDE, { fill: "none", stroke: "#999" });
  // Rows last, so that no dot hides them.
  return { body: [frame, ...dots, ...names, ...stars].join("") };
}

const place = ([x, y]: Point): { x: number; y: number } => ({
  x: PADDING + x * (SIDE - 2 * PADDING),
  y: PADDING + (1 - y) * (SIDE - 2 * PADDING),
});
