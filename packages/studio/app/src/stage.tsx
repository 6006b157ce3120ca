// The picture with its classes, or several results of it side by side, enlarged and moved together. The wheel enlarges, dragging
// moves; in Teach, dragging brushes; in Inside, a click asks what a pixel reads. Keys do the same (stage-keys.ts).

import { useRef } from "preact/hooks";
import { look } from "./actions.js";
import { beginStroke, endStroke, goOn, isDrawing } from "./drawing.js";
import { Pane } from "./pane.js";
import { onStageKey } from "./stage-keys.js";
import { moved, panes, zoomBy } from "./stage-state.js";
import * as state from "./state.js";
import { Swatch } from "./swatch.js";
import { VideoBar } from "./video-bar.js";

/** The middle of the page. */
export function Stage() {
  const area = useRef<HTMLDivElement>(null);
  const onMove = (event: PointerEvent) => {
    const at = pixelAt(event, area.current);
    state.pointed.value = at;
    state.cross.value = null;
    if (event.buttons !== 1) return;
    if (!isDrawing()) moved.value = [moved.value[0] + event.movementX, moved.value[1] + event.movementY];
    else if (at) goOn(at, area.current);
  };
  const onDown = (event: PointerEvent) => {
    if (event.button !== 0) return;
    const at = pixelAt(event, area.current);
    area.current?.setPointerCapture(event.pointerId);
    if (state.tab.value === "Inside" && at) void look(Math.floor(at.x), Math.floor(at.y));
    if (at) beginStroke(at, area.current);
  };
  const count = panes.value?.length ?? 1;
  return (
    <>
      <div
        ref={area}
        class={`stage ${state.tab.value.toLowerCase()} of-${count}`}
        role="application"
        aria-label="Picture with classes: plus, minus and 0 enlarge, arrow keys move; with Shift they move a cross, Enter asks or brushes there"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: it takes keys
        tabIndex={0}
        onPointerMove={onMove}
        onPointerDown={onDown}
        onPointerUp={endStroke}
        onPointerLeave={() => {
          if (!state.cross.value) state.pointed.value = null;
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
        onKeyDown={(event) => onStageKey(event, area.current)}
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
    <p class="pointed" aria-live={state.cross.value ? "polite" : "off"}>
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
