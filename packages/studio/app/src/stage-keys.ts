// Keys of the stage: + - 0 and the arrows enlarge and move; with Shift the arrows move a cross over the picture, which stands for the
// pointer. Enter asks what is below it, in Inside, or begins and ends a stroke, in Teach; Escape drops that.

import { look } from "./actions.js";
import { beginStroke, dropStroke, endStroke, goOn, isDrawing } from "./drawing.js";
import { fit, moved, zoomBy } from "./stage-state.js";
import * as state from "./state.js";

/** Pixels of the screen. */
const STEP = 40;

const directions: Readonly<Record<string, readonly [x: number, y: number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

export function onStageKey(event: KeyboardEvent, area: HTMLElement | null): void {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const direction = directions[event.key];
  if (direction && event.shiftKey) moveCross(direction, area);
  else if (direction)
    moved.value = [moved.value[0] - STEP * direction[0], moved.value[1] - STEP * direction[1]];
  else if (event.key === "+" || event.key === "=") zoomBy(1.25);
  else if (event.key === "-") zoomBy(0.8);
  else if (event.key === "0") fit();
  else if (event.key === "Enter") enter(area);
  else if (event.key === "Escape") dropStroke();
  else return;
  event.preventDefault();
}

/** By a cell of the feature; the first time to the middle of the picture. */
function moveCross([across, down]: readonly [number, number], area: HTMLElement | null): void {
  const { value: bitmap } = state.bitmap;
  if (!bitmap) return;
  const { width, height } = bitmap;
  const stride = state.model.value?.description.feature.stride ?? 16;
  const from = state.cross.value ?? state.pointed.value;
  const within = (value: number, size: number) => Math.min(size - 1, Math.max(0, value));
  const at = from
    ? { x: within(from.x + across * stride, width), y: within(from.y + down * stride, height) }
    : { x: width / 2, y: height / 2 };
  state.cross.value = at;
  state.pointed.value = at;
  goOn(at, area);
}

function enter(area: HTMLElement | null): void {
  const { value: at } = state.cross;
  if (isDrawing()) endStroke();
  else if (at && state.tab.value === "Inside") void look(Math.floor(at.x), Math.floor(at.y));
  else if (at) beginStroke(at, area);
}
