// One picture with its classes: two canvases at the picture's own size. Where several stand side by side, each has a title. What has changed
// is drawn with the next frame, however often it has changed since.

import { effect } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { drawMap, drawResult, drawStroke } from "./draw.js";
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
        <canvas ref={over} class="classes" data-ready={result !== null} />
      </div>
      {view && <p class="title">{view.title}</p>}
    </div>
  );
}

function drawPicture(canvas: HTMLCanvasElement | null): void {
  const { value: bitmap } = state.bitmap;
  if (!canvas) return;
  Object.assign(canvas, { width: bitmap?.width ?? 0, height: bitmap?.height ?? 0 });
  if (bitmap) canvas.getContext("2d")?.drawImage(bitmap, 0, 0);
}

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
  const strokes =
    state.tab.value === "Teach" ? (state.strokes.value.get(state.picture.value?.id ?? "") ?? []) : [];
  return (canvas) => {
    const { width = 0, height = 0 } = result ?? {};
    if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
    const context = canvas.getContext("2d");
    if (!result || !context) return;
    if (map) {
      context.clearRect(0, 0, width, height);
      drawMap(context, map, stride);
      return;
    }
    drawResult(context, result, { style, isMarked, before, swipe });
    for (const stroke of strokes) {
      const color = stroke.class === null ? null : (style.colors[stroke.class] ?? null);
      drawStroke(context, stroke, color);
    }
  };
}
