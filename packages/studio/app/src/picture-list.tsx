// Pictures to choose from, below the names of their groups. Only the rows that are in view are drawn, so that thousands scroll.

import { computed, signal } from "@preact/signals";
import { useRef } from "preact/hooks";
import { addFiles, chooseCamera, choosePicture } from "./actions.js";
import { cameraProblem, closeVideo, isCamera, video } from "./live.js";
import { PictureName } from "./picture-name.js";
import * as state from "./state.js";

const ROW = 30;
const top = signal(0);
const visible = signal(600);
const wanted = signal("");

const shown = computed(() => {
  const text = wanted.value.toLowerCase();
  return state.pictures.value.filter(({ name, group }) => `${group} ${name}`.toLowerCase().includes(text));
});

/** Pictures, and before each group its name where there are several. */
const lines = computed<readonly (state.Picture | string)[]>(() => {
  const { value: all } = shown;
  const groups = new Set(state.pictures.value.map(({ group }) => group));
  if (groups.size < 2) return all;
  return all.flatMap((one, at) => (all[at - 1]?.group === one.group ? [one] : [one.group, one]));
});

/** The list at the left. */
export function PictureList() {
  const input = useRef<HTMLInputElement>(null);
  const first = Math.max(0, Math.floor(top.value / ROW) - 5);
  const rows = lines.value.slice(first, first + Math.ceil(visible.value / ROW) + 10);
  return (
    <section class="pictures" aria-label="Pictures">
      <div class="row">
        <button type="button" class="primary" onClick={() => input.current?.click()}>
          Open…
        </button>
        <input
          ref={input}
          class="hidden"
          type="file"
          accept="image/*,video/*"
          multiple
          tabIndex={-1}
          aria-label="Picture files"
          onChange={({ currentTarget }) => void addFiles([...(currentTarget.files ?? [])])}
        />
        {video.value && isCamera.value ? (
          <button type="button" onClick={closeVideo}>
            Stop
          </button>
        ) : (
          <button type="button" onClick={() => void chooseCamera()}>
            Camera
          </button>
        )}
      </div>
      {cameraProblem.value !== null && (
        <p class="trouble" role="alert">
          {cameraProblem}
        </p>
      )}
      <input
        type="text"
        placeholder="Filter"
        aria-label="Filter pictures"
        value={wanted.value}
        onInput={({ currentTarget }) => {
          wanted.value = currentTarget.value;
        }}
      />
      <div
        class="scroll"
        onScroll={({ currentTarget }) => {
          top.value = currentTarget.scrollTop;
          visible.value = currentTarget.clientHeight;
        }}
      >
        <ul style={{ height: `${lines.value.length * ROW}px` }}>
          {rows.map((line, at) => (
            <li key={typeof line === "string" ? line : line.id} style={{ top: `${(first + at) * ROW}px` }}>
              {typeof line === "string" ? <h2 title={line}>{line}</h2> : <Line picture={line} />}
            </li>
          ))}
        </ul>
      </div>
      <p class="quiet">
        {shown.value.length === 0
          ? "Drop pictures, a folder or a video anywhere."
          : `${shown.value.length} ${shown.value.length === 1 ? "picture" : "pictures"}`}
      </p>
    </section>
  );
}

function Line({ picture }: { readonly picture: state.Picture }) {
  return (
    <button
      type="button"
      aria-pressed={state.picture.value?.id === picture.id}
      onClick={() => void choosePicture(picture)}
    >
      <PictureName picture={picture} />
      {picture.isVideo && <span title="video">▸</span>}
      {(state.strokes.value.get(picture.id)?.length ?? 0) > 0 && <span title="brushed">✎</span>}
    </button>
  );
}
