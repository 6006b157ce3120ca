// Pictures to choose from, by group. Only the rows that are in view are drawn, so that thousands scroll.

import { computed, signal } from "@preact/signals";
import { useRef } from "preact/hooks";
import { addFiles, choosePicture } from "./actions.js";
import * as state from "./state.js";

const ROW = 30;
const top = signal(0);
const visible = signal(600);
const wanted = signal("");

const shown = computed(() => {
  const text = wanted.value.toLowerCase();
  return state.pictures.value.filter(({ name, group }) => `${group} ${name}`.toLowerCase().includes(text));
});

const groups = computed(() => new Set(state.pictures.value.map(({ group }) => group)).size);

/** The list at the left. */
export function PictureList() {
  const input = useRef<HTMLInputElement>(null);
  const first = Math.max(0, Math.floor(top.value / ROW) - 5);
  const rows = shown.value.slice(first, first + Math.ceil(visible.value / ROW) + 10);
  return (
    <section class="pictures" aria-label="Pictures">
      <div class="row">
        <button type="button" class="primary" onClick={() => input.current?.click()}>
          Open pictures…
        </button>
        <input
          ref={input}
          class="hidden"
          type="file"
          accept="image/*"
          multiple
          tabIndex={-1}
          aria-label="Picture files"
          onChange={({ currentTarget }) => void addFiles([...(currentTarget.files ?? [])])}
        />
      </div>
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
        <ul style={{ height: `${shown.value.length * ROW}px` }}>
          {rows.map((picture, at) => (
            <li key={picture.id} style={{ top: `${(first + at) * ROW}px` }}>
              <button
                type="button"
                aria-pressed={state.picture.value?.id === picture.id}
                title={picture.name}
                onClick={() => void choosePicture(picture)}
              >
                <span class="name">{picture.name.replace(/^.*\//, "")}</span>
                {groups.value > 1 && <span class="quiet group">{picture.group}</span>}
                {(state.strokes.value.get(picture.id)?.length ?? 0) > 0 && <span title="brushed">✎</span>}
              </button>
            </li>
          ))}
        </ul>
      </div>
      <p class="quiet">
        {shown.value.length === 0 ? "Drop pictures or a folder anywhere." : `${shown.value.length} pictures`}
      </p>
    </section>
  );
}
