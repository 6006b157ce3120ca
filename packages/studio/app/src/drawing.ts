// A stroke of the brush while it is drawn, by the pointer or by keys.

import { teach } from "./actions.js";
import type { BrushStroke } from "./brush-stroke.js";
import { pictureIn } from "./decode-picture.js";
import { drawStroke } from "./draw.js";
import { video } from "./live.js";
import { snap } from "./snap.js";
import * as state from "./state.js";

interface Place {
  readonly x: number;
  readonly y: number;
}

let points: [x: number, y: number][] | null = null;

export const isDrawing = (): boolean => points !== null;

/** Begins where that can be. @param area holds the canvas to sketch on */
export function beginStroke(at: Place, area: HTMLElement | null): void {
  if (state.tab.value !== "Teach" || !state.model.value?.hasMemory) return;
  if (video.value) {
    state.problem.value = "Strokes need a picture that stays: choose Keep frame, then brush on that";
    return;
  }
  points = [];
  goOn(at, area);
}

export function goOn({ x, y }: Place, area: HTMLElement | null): void {
  if (!points) return;
  points.push([x, y]);
  sketch(area, points);
}

/** From here on it counts. */
export function endStroke(): void {
  if (!points) return;
  const stroke: BrushStroke = {
    class: state.brushClass.value,
    points: points.map(([x, y]) => [Math.round(x), Math.round(y)] as const),
    width: state.brushWidth.value,
  };
  points = null;
  const { value: bitmap } = state.bitmap;
  const id = pictureIn(bitmap)?.id;
  if (!bitmap || id === undefined) {
    dropped();
    return;
  }
  if (!state.snaps.value) add(id, stroke);
  else lastSnap = lastSnap.then(() => addSnapped(id, stroke, bitmap));
}

/** Strokes count in the order in which they were drawn. */
let lastSnap: Promise<void> = Promise.resolve();

async function addSnapped(id: string, stroke: BrushStroke, bitmap: ImageBitmap): Promise<void> {
  try {
    add(id, await snap(stroke, bitmap));
  } catch (error) {
    state.problem.value = `The stroke counts as it was drawn: ${state.messageOf(error)}`;
    add(id, stroke);
  }
}

/** As if it was never begun. */
export function dropStroke(): void {
  if (!points) return;
  points = null;
  dropped();
}

/** Draws without what was sketched. */
function dropped(): void {
  state.strokes.value = new Map(state.strokes.value);
}

function add(id: string, stroke: BrushStroke): void {
  const before = state.strokes.value.get(id) ?? [];
  state.strokes.value = new Map(state.strokes.value).set(id, [...before, stroke]);
  void teach();
}

function sketch(area: HTMLElement | null, drawn: readonly (readonly [number, number])[]): void {
  // Its scale is that of the last drawing.
  const context = area?.querySelector<HTMLCanvasElement>("canvas.classes")?.getContext("2d");
  const { value: trainId } = state.brushClass;
  const color = trainId === null ? null : (state.colors.value[trainId] ?? null);
  if (context) drawStroke(context, { points: drawn, width: state.brushWidth.value }, color);
}
