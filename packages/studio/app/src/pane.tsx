// One picture with its classes: two canvases at the picture's own size. Where several stand side by side, each has a title. What has changed
// is drawn with the next frame, however often it has changed since; of large pictures as many pixels as the screen shows.

import { effect } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { drawCross, drawMap, drawResult, drawStroke } from "./draw.js";
import { type Shown, thinnedOut } from "./overlay.js";
import { beside, marks, moved, panes, zoom } from "./stage-state.js";
import * as state from "./state.js";

/** @param props.at its position among the panes */
export function Pane({ at }: { readonly at: number }) {
  const base = useRef<HTMLCanvasElement>(null);
  const over = useRef<HTMLCanvasElement>(null);
  useEffect(() => effect(() => drawPicture(base.current)), []);
  useEffect(() => {
    let frame = 0;
    const end = effect(() => {
      const draw = whatToDraw(at);
      cancelAnimationFrame(frame);
      frame = requestAnimationFrame(() => over.current && draw(over.current));
    });
    return () => {
      end();
      cancelAnimationFrame(frame);
    };
  }, [at]);
  const view = panes.value?.[at];
  const result = view ? view.result : state.result.value;
  const style = {
    transform: `translate(${moved.value[0]}px, ${moved.value[1]}px) scale(${zoom.value})`,
    imageRendering: zoom.value > 3 ? ("pixelated" as const) : ("auto" as const),
  };
  return (
    <div class="pane">
      <div class="layers" style={style}>
        <canvas ref={base} />
        <canvas
          ref={over}
          class="classes"
          data-ready={result !== null}
          data-size={result ? `${result.width}x${result.height}` : ""}
        />
      </div>
      {view && <p class="title">{view.title}</p>}
    </div>
  );
}

function drawPicture(canvas: HTMLCanvasElement | null): void {
  const { value: bitmap } = state.bitmap;
  const { value: enlarged } = zoom;
  if (!canvas) return;
  const step = bitmap ? stepFor(canvas, bitmap, enlarged) : 1;
  const size = {
    width: Math.ceil((bitmap?.width ?? 0) / step),
    height: Math.ceil((bitmap?.height ?? 0) / step),
  };
  const isDrawn =
    canvas.width === size.width && canvas.height === size.height && drawnOn.get(canvas) === bitmap;
  if (isDrawn) return;
  Object.assign(canvas, size);
  const context = canvas.getContext("2d");
  if (!bitmap || !context) return;
  context.imageSmoothingQuality = "high";
  context.drawImage(bitmap, 0, 0, bitmap.width / step, bitmap.height / step);
  drawnOn.set(canvas, bitmap);
}

/** Enlarging draws anew only what has more pixels then. */
const drawnOn = new WeakMap<HTMLCanvasElement, ImageBitmap>();

/** Reads all signals that matter, so that an effect follows them. */
function whatToDraw(at: number): (canvas: HTMLCanvasElement) => void {
  const view = panes.value?.[at];
  const result = view ? view.result : state.result.value;
  const style = {
    opacity: state.opacity.value,
    outline: state.outline.value,
    colors: state.colors.value,
    hidden: state.hidden.value,
    threshold: state.threshold.value,
  };
  const mark = marks.value;
  const isMarked = mark ? (pixel: number) => mark(at, pixel) : null;
  const before = view ? null : (beside.value ?? state.resultBefore.value);
  const swipe = state.swipe.value;
  const map = state.tab.value === "Inside" ? state.rowMap.value : null;
  const stride = state.model.value?.description.feature.stride ?? 1;
  const enlarged = zoom.value;
  const { value: cross } = state.cross;
  const strokes =
    state.tab.value === "Teach" ? (state.strokes.value.get(state.picture.value?.id ?? "") ?? []) : [];
  return (canvas) => {
    const step = result ? stepFor(canvas, result, enlarged) : 1;
    const shown = result && thinned(result, step);
    const { width = 0, height = 0 } = shown ?? {};
    if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
    const context = canvas.getContext("2d");
    if (!result || !shown || !context) return;
    context.setTransform(1 / step, 0, 0, 1 / step, 0, 0);
    if (map) {
      context.clearRect(0, 0, result.width, result.height);
      drawMap(context, map, stride);
      if (cross) drawCross(context, cross, stride);
      return;
    }
    const inFull = (pixel: number) => (Math.floor(pixel / width) * result.width + (pixel % width)) * step;
    drawResult(context, shown, {
      style,
      isMarked: isMarked && (step === 1 ? isMarked : (pixel) => isMarked(inFull(pixel))),
      before: before && thinned(before, step),
      swipe,
    });
    for (const stroke of strokes) {
      const color = stroke.class === null ? null : (style.colors[stroke.class] ?? null);
      drawStroke(context, stroke, color);
    }
    if (cross) drawCross(context, cross, stride);
  };
}

/** Pictures up to so many pixels are drawn whole. */
const SMALL = 2e6;

/** How many pixels of a picture lie within one of the screen. */
function stepFor(
  canvas: HTMLCanvasElement,
  { width, height }: { readonly width: number; readonly height: number },
  enlarged: number,
): number {
  if (width * height <= SMALL || canvas.clientWidth === 0) return 1;
  const scale = Math.min(canvas.clientWidth / width, canvas.clientHeight / height);
  return Math.max(1, Math.floor(1 / (scale * enlarged * devicePixelRatio)));
}

const kept = new WeakMap<Shown, { readonly step: number; readonly shown: Shown }>();

/** The last step of each result is kept, since it is drawn again and again. */
function thinned(result: Shown, step: number): Shown {
  if (step === 1) return result;
  const found = kept.get(result);
  if (found?.step === step) return found.shown;
  const shown = thinnedOut(result, step);
  kept.set(result, { step, shown });
  return shown;
}
