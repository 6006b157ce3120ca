// The picture with its classes: two canvases at the picture's own size, moved and enlarged together. The wheel and + - 0 enlarge,
// dragging and the arrow keys move; in Teach, dragging brushes; in Inside, a click asks what a pixel reads.

import { viridis } from "@pinmem/core";
import { effect, signal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { look, teach } from "./actions.js";
import { overlayPixels } from "./overlay.js";
import * as state from "./state.js";
import type { BrushStroke } from "./strokes.js";

const zoom = signal(1);
const moved = signal<readonly [number, number]>([0, 0]);
/** A second picture of classes beside the swipe; null: what was before teaching. */
export const beside = signal<{ width: number; height: number; labels: Uint8Array } | null>(null);
let drawn: { points: [number, number][] } | null = null;

/** The middle of the page. */
export function Stage() {
  const base = useRef<HTMLCanvasElement>(null);
  const over = useRef<HTMLCanvasElement>(null);
  const area = useRef<HTMLDivElement>(null);
  useEffect(() => effect(() => drawPicture(base.current)), []);
  useEffect(() => effect(() => drawClasses(over.current)), []);
  const pixelAt = (event: PointerEvent): { x: number; y: number } | null => {
    const { value: bitmap } = state.bitmap;
    const box = base.current?.getBoundingClientRect();
    if (!bitmap || !box || box.width === 0) return null;
    // The picture lies in the middle of its box, as large as it can be.
    const scale = Math.min(box.width / bitmap.width, box.height / bitmap.height);
    const x = (event.clientX - box.left - (box.width - bitmap.width * scale) / 2) / scale;
    const y = (event.clientY - box.top - (box.height - bitmap.height * scale) / 2) / scale;
    return x >= 0 && y >= 0 && x < bitmap.width && y < bitmap.height ? { x, y } : null;
  };
  const onMove = (event: PointerEvent) => {
    const at = pixelAt(event);
    state.pointed.value = at;
    if (event.buttons !== 1) return;
    if (drawn) {
      if (at) {
        drawn.points.push([at.x, at.y]);
        sketch(over.current, drawn.points);
      }
    } else moved.value = [moved.value[0] + event.movementX, moved.value[1] + event.movementY];
  };
  const onDown = (event: PointerEvent) => {
    if (event.button !== 0) return;
    const at = pixelAt(event);
    area.current?.setPointerCapture(event.pointerId);
    if (state.tab.value === "Inside" && at) void look(Math.floor(at.x), Math.floor(at.y));
    if (state.tab.value !== "Teach" || !at || !state.model.value?.hasMemory) return;
    drawn = { points: [[at.x, at.y]] };
    sketch(over.current, drawn.points);
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
  const style = {
    transform: `translate(${moved.value[0]}px, ${moved.value[1]}px) scale(${zoom.value})`,
    imageRendering: zoom.value > 3 ? ("pixelated" as const) : ("auto" as const),
  };
  return (
    <>
      <div
        ref={area}
        class={`stage ${state.tab.value.toLowerCase()}`}
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
          zoomBy(event.deltaY < 0 ? 1.15 : 1 / 1.15);
        }}
        onKeyDown={onKey}
      >
        <div class="layers" style={style}>
          <canvas ref={base} />
          <canvas ref={over} class="classes" data-ready={state.result.value !== null} />
        </div>
        {!state.bitmap.value && (
          <p class="empty">
            {state.site.value?.runs.length === 0
              ? "There is no run."
              : "Drop a picture here, or open one at the left."}
          </p>
        )}
        {state.busy.value !== null && <p class="busy">{state.busy}…</p>}
      </div>
      <Pointed />
    </>
  );
}

/** What is below the pointer. */
function Pointed() {
  const [at, result, model] = [state.pointed.value, state.result.value, state.model.value];
  if (!at || !result || !model) {
    return <p class="pointed quiet">Point at the picture: its class, and how sure the network is.</p>;
  }
  const index = Math.floor(at.y) * result.width + Math.floor(at.x);
  const label = result.labels[index] as number;
  const share = result.confidence ? (result.confidence[index] as number) / 255 : null;
  const isUnsure = share !== null && share < state.threshold.value;
  return (
    <p class="pointed">
      <Swatch trainId={label} />
      <strong>{isUnsure ? "unsure" : model.classes[label]?.name}</strong>
      {isUnsure && <span class="quiet">(at best {model.classes[label]?.name})</span>}
      {share !== null && <span class="figure">{(100 * share).toFixed(0)} %</span>}
      <span class="quiet figure">
        {Math.floor(at.x)}, {Math.floor(at.y)}
      </span>
    </p>
  );
}

/** The color of a class. */
export function Swatch({ trainId }: { readonly trainId: number }) {
  const color = state.colors.value[trainId] ?? [0, 0, 0];
  return <span class="swatch" style={{ background: `rgb(${color.join(" ")})` }} />;
}

function zoomBy(factor: number): void {
  zoom.value = Math.min(40, Math.max(0.2, zoom.value * factor));
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
  else if (event.key === "0") {
    zoom.value = 1;
    moved.value = [0, 0];
  } else return;
  event.preventDefault();
}

function drawPicture(canvas: HTMLCanvasElement | null): void {
  const { value: bitmap } = state.bitmap;
  if (!canvas) return;
  Object.assign(canvas, { width: bitmap?.width ?? 0, height: bitmap?.height ?? 0 });
  if (bitmap) canvas.getContext("2d")?.drawImage(bitmap, 0, 0);
}

function drawClasses(canvas: HTMLCanvasElement | null): void {
  const { value: result } = state.result;
  const before = beside.value ?? state.resultBefore.value;
  const style = {
    opacity: state.opacity.value,
    outline: state.outline.value,
    colors: state.colors.value,
    hidden: state.hidden.value,
    threshold: state.threshold.value,
  };
  const { value: swipe } = state.swipe;
  const { value: map } = state.rowMap;
  if (!canvas) return;
  const { width = 0, height = 0 } = result ?? {};
  Object.assign(canvas, { width, height });
  const context = canvas.getContext("2d");
  if (!result || !context) return;
  if (map && state.tab.value === "Inside") {
    drawMap(context, map);
    return;
  }
  context.putImageData(new ImageData(overlayPixels(result, style), width, height), 0, 0);
  if (before && swipe > 0 && before.width === width) {
    const part = new ImageData(overlayPixels(before, style), width, height);
    context.putImageData(part, 0, 0, 0, 0, Math.round(swipe * width), height);
    context.fillStyle = "#fff";
    context.fillRect(Math.round(swipe * width) - 1, 0, 2, height);
  }
  if (state.tab.value === "Teach")
    for (const stroke of state.strokes.value.get(state.picture.value?.id ?? "") ?? [])
      trace(context, stroke.points, stroke.class, stroke.width);
}

function drawMap(
  context: CanvasRenderingContext2D,
  { width, height, values, kind }: NonNullable<typeof state.rowMap.value>,
): void {
  const most = kind === "weights" ? Math.max(...values, 1e-6) : 1;
  const pixels = new Uint8ClampedArray(width * height * 4);
  values.forEach((value, at) => {
    pixels.set(viridis(Math.min(1, Math.max(0, value / most))), at * 4);
    pixels[at * 4 + 3] = 200;
  });
  const small = new OffscreenCanvas(width, height);
  small.getContext("2d")?.putImageData(new ImageData(pixels, width, height), 0, 0);
  context.imageSmoothingEnabled = false;
  const stride = state.model.value?.description.feature.stride ?? 1;
  context.drawImage(small, 0, 0, width * stride, height * stride);
}

function sketch(canvas: HTMLCanvasElement | null, points: readonly (readonly [number, number])[]): void {
  const context = canvas?.getContext("2d");
  if (context) trace(context, points, state.brushClass.value, state.brushWidth.value);
}

function trace(
  context: CanvasRenderingContext2D,
  points: readonly (readonly [number, number])[],
  trainId: number | null,
  width: number,
): void {
  const color = trainId === null ? null : state.colors.value[trainId];
  context.lineCap = "round";
  context.lineJoin = "round";
  for (const [stroke, extra] of [
    ["#fff", 4],
    [color ? `rgb(${color.join(" ")})` : "#0006", 0],
  ] as const) {
    context.strokeStyle = stroke;
    context.lineWidth = width + extra;
    context.beginPath();
    const [[x, y] = [0, 0], ...rest] = points;
    context.moveTo(x, y);
    if (rest.length === 0) context.lineTo(x + 0.01, y);
    for (const [px, py] of rest) context.lineTo(px, py);
    context.stroke();
  }
}
