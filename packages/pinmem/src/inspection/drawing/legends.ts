// What explains a picture's colors: a bar for a color map, swatches with names for classes.

import { type Color, viridis } from "@pinmem/core";
import { type Drawing, FONT_SIZE, line, rect, rgb, text, textWidth } from "./svg.js";

export interface ColorBarOptions {
  readonly height: number;
  /** Where along the bar, 0 at the bottom to 1 at the top, and what stands there. */
  readonly ticks: readonly { readonly position: number; readonly label: string }[];
  /** What the values are, written along the bar. */
  readonly title: string;
}

const BAR = 14;
const STEPS = 128;

/** The color map, upright, with ticks to its right and its title beyond them. */
export function colorBar({ height, ticks, title }: ColorBarOptions): Drawing {
  const step = height / STEPS;
  const colors = Array.from({ length: STEPS }, (_, at) => {
    // Half a pixel into the next one's place, which is drawn over it: so no seam shows.
    const over = at < STEPS - 1 ? 0.5 : 0;
    const fill = rgb(viridis(at / (STEPS - 1)));
    return rect(0, height - (at + 1) * step - over, BAR, step + over, { fill });
  });
  const labels = ticks.map(({ position, label }) => {
    const y = height * (1 - position);
    return line(BAR, y, BAR + 4, y, { stroke: "#111" }) + text(BAR + 7, y + 4, label, { size: 11 });
  });
  const beside = BAR + 14 + Math.max(...ticks.map(({ label }) => textWidth(label, 11)));
  const frame = rect(0, 0, BAR, height, { fill: "none", stroke: "#111", strokeWidth: 0.5 });
  const caption = text(beside + 8, height / 2, title, { size: 11, anchor: "middle", rotate: -90 });
  return { width: beside + 14, height, body: [...colors, frame, ...labels, caption].join("") };
}

export interface Swatch {
  readonly name: string;
  readonly color: Color;
}

const ROW = 20;

/** Swatches with names, in as many rows as the width asks for; columns are even. */
export function swatches(entries: readonly Swatch[], width: number): Drawing {
  const cell = Math.max(...entries.map(({ name }) => textWidth(name)), 0) + 26;
  const across = Math.max(Math.floor(width / cell), 1);
  const body = entries.map(({ name, color }, at) => {
    const [x, y] = [(at % across) * cell, Math.floor(at / across) * ROW];
    const box = rect(x, y + 3, 13, 13, { fill: rgb(color), stroke: "#444", strokeWidth: 0.5 });
    return box + text(x + 19, y + 3 + FONT_SIZE - 1, name);
  });
  return {
    width: Math.min(across, entries.length) * cell,
    height: Math.ceil(entries.length / across) * ROW,
    body: body.join(""),
  };
}
