// The picture with its classes, or several results of it side by side, enlarged and moved together. The wheel and + - 0 enlarge, dragging
// and the arrow keys move; in Teach, dragging brushes; in Inside, a click asks what a pixel reads.

import { useRef } from "preact/hooks";
import { look, teach } from "./actions.js";
import type { BrushStroke } from "./brush-stroke.js";
import { drawStroke } from "./draw.js";
import { video } from "./live.js";
import { Pane } from "./pane.js";
import { fit, moved, panes, zoomBy } from "./stage-state.js";
import * as state from "./state.js";
import { Swatch } from "./swatch.js";
import { VideoBar } from "./video-bar.js";

let drawn: { points: [number, number][] } | null = null;

/** The middle of the page. */
export function Stage() {
  const area = useRef<HTMLDivElement>(null);
  const onMove = (event: PointerEvent) => {
    const at = pixelAt(event, area.current);
    state.pointed.value = at;
    if (event.buttons !== 1) return;
    if (drawn) {
      if (at) {
        drawn.points.push([at.x, at.y]);
        sketch(area.current, drawn.points);
      }
    } else moved.value = [moved.value[0] + event.movementX, moved.value[1] + event.movementY];
  };
  const onDown = (event: PointerEvent) => {
    if (event.button !== 0) return;
    const at = pixelAt(event, area.current);
    area.current?.setPointerCapture(event.pointerId);
    if (state.tab.value === "Inside" && at) void look(Math.floor(at.x), Math.floor(at.y));
    if (state.tab.value !== "Teach" || !at || !state.model.value?.hasMemory) return;
    if (video.value) {
      state.problem.value = "Strokes need a picture that stays: choose Keep frame, then brush on that";
      return;
    }
    drawn = { points: [[at.x, at.y]] };
    sketch(area.current, drawn.points);
  };
  const onUp = () => {
    if (!drawn) return;
    const id = state.picture.value?.id ?? "";
    const stroke: BrushStroke = {
      class: state.brushClass.value,
      points: drawn.points.map(([x, y]) => [Math.round(x), Math.round(y)] as const),
      width: state.brushWidth.value,
    };
    drawn = null;
    state.strokes.value = new Map(state.strokes.value).set(id, [
      ...(state.strokes.value.get(id) ?? []),
      stroke,
    ]);
    void teach();
  };
  const count = panes.value?.length ?? 1;
  return (
    <>
      <div
        ref={area}
        class={`stage ${state.tab.value.toLowerCase()} of-${count}`}
        role="application"
        aria-label="Picture with classes: plus, minus and 0 enlarge, arrow keys move"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: it takes keys
        tabIndex={0}
        onPointerMove={onMove}
        onPointerDown={onDown}
        onPointerUp={onUp}
        onPointerLeave={() => {
          state.pointed.value = null;
        }}
        onWheel={(event) => {
          event.preventDefault();
          const box = paneBelow(event, area.current)?.getBoundingClientRect();
          const middle = box ? ([box.x + box.width / 2, box.y + box.height / 2] as const) : null;
          zoomBy(
            event.deltaY < 0 ? 1.15 : 1 / 1.15,
            middle ? [event.clientX - middle[0], event.clientY - middle[1]] : undefined,
          );
        }}
        onKeyDown={onKey}
      >
        {Array.from({ length: count }, (_, at) => (
          <Pane key={at} at={at} />
        ))}
        {!state.bitmap.value && (
          <p class="empty">
            {state.site.value?.runs.length === 0
              ? "There is no run."
              : "Drop a picture, a folder or a video here, or open one at the left."}
          </p>
        )}
        {state.busy.value !== null && <p class="busy">{state.busy}…</p>}
      </div>
      <VideoBar />
      <Pointed />
    </>
  );
}

/** What is below the pointer: in each of the panes. */
function Pointed() {
  const [at, model] = [state.pointed.value, state.model.value];
  const results = panes.value ?? [{ title: "", result: state.result.value }];
  const [first] = results;
  if (!at || !first?.result || !model) {
    return <p class="pointed quiet">Point at the picture: its class, and how sure the network is.</p>;
  }
  const { width } = first.result;
  const index = Math.floor(at.y) * width + Math.floor(at.x);
  return (
    <p class="pointed">
      {results.map(({ title, result }) => {
        if (result?.width !== width) return null;
        const label = result.labels[index] as number;
        const share = result.confidence ? (result.confidence[index] as number) / 255 : null;
        const isUnsure = share !== null && share < state.threshold.value;
        return (
          <span class="reading" key={title}>
            {title !== "" && <span class="quiet">{title}</span>}
            <Swatch trainId={label} />
            <strong>{isUnsure ? "unsure" : model.classes[label]?.name}</strong>
            {isUnsure && <span class="quiet">(at best {model.classes[label]?.name})</span>}
            {share !== null && <span class="figure">{(100 * share).toFixed(0)} %</span>}
          </span>
        );
      })}
      <span class="quiet figure">
        {Math.floor(at.x)}, {Math.floor(at.y)}
      </span>
    </p>
  );
}

/** The pane below a pointer; the first where there is none. */
function paneBelow({ clientX: x, clientY: y }: MouseEvent, area: HTMLElement | null): Element | null {
  const all = [...(area?.querySelectorAll(".pane") ?? [])];
  const below = all.find((one) => {
    const box = one.getBoundingClientRect();
    return x >= box.left && x < box.right && y >= box.top && y < box.bottom;
  });
  return below ?? all[0] ?? null;
}

function pixelAt(event: PointerEvent, area: HTMLElement | null): { x: number; y: number } | null {
  const { value: bitmap } = state.bitmap;
  const box = paneBelow(event, area)?.querySelector("canvas")?.getBoundingClientRect();
  if (!bitmap || !box || box.width === 0) return null;
  // The picture lies in the middle of its box, as large as it can be.
  const scale = Math.min(box.width / bitmap.width, box.height / bitmap.height);
  const x = (event.clientX - box.left - (box.width - bitmap.width * scale) / 2) / scale;
  const y = (event.clientY - box.top - (box.height - bitmap.height * scale) / 2) / scale;
  return x >= 0 && y >= 0 && x < bitmap.width && y < bitmap.height ? { x, y } : null;
}

function onKey(event: KeyboardEvent): void {
  const steps: Readonly<Record<string, readonly [number, number]>> = {
    ArrowLeft: [40, 0],
    ArrowRight: [-40, 0],
    ArrowUp: [0, 40],
    ArrowDown: [0, -40],
  };
  const step = steps[event.key];
  if (step) moved.value = [moved.value[0] + step[0], moved.value[1] + step[1]];
  else if (event.key === "+" || event.key === "=") zoomBy(1.25);
  else if (event.key === "-") zoomBy(0.8);
  else if (event.key === "0") fit();
  else return;
  event.preventDefault();
}

/** A stroke as it is drawn, before it counts. */
function sketch(area: HTMLElement | null, points: readonly (readonly [number, number])[]): void {
  // Its scale is that of the last drawing.
  const context = area?.querySelector<HTMLCanvasElement>("canvas.classes")?.getContext("2d");
  const { value: trainId } = state.brushClass;
  const color = trainId === null ? null : (state.colors.value[trainId] ?? null);
  if (context) drawStroke(context, { points, width: state.brushWidth.value }, color);
}
