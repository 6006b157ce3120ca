// How classes are shown, what decides them, and files to take away.

import { computed } from "@preact/signals";
import { decode } from "./actions.js";
import { Check } from "./check.js";
import { exportKinds, exportPng } from "./export-files.js";
import { looksInWords } from "./looks-in-words.js";
import { countPixels } from "./overlay.js";
import { isMemoryEmpty } from "./rows.js";
import { Slider } from "./slider.js";
import * as state from "./state.js";

const shares = computed(() => {
  const [result, model] = [state.result.value, state.model.value];
  if (!result || !model) return null;
  return countPixels(result.labels, model.classes.length).map((count) => count / result.labels.length);
});

/** Of the view Segment. */
export function SegmentPanel() {
  const { value: model } = state.model;
  return (
    <>
      <section>
        <h2>Show</h2>
        <Slider name="Opacity" of={state.opacity} />
        <Check of={state.outline}>
          Outlines <kbd>o</kbd>
        </Check>
        <Slider name="Unsure below" of={state.threshold} say={(value) => `${(100 * value).toFixed(0)} %`} />
      </section>
      <Decide />
      <Legend />
      <section>
        <h2>Save as PNG</h2>
        <div class="row wrap">
          {exportKinds.map((kind) => (
            <button
              key={kind}
              type="button"
              disabled={!state.result.value || !model}
              onClick={() => void exportPng(kind)}
            >
              {kind}
            </button>
          ))}
        </div>
      </section>
    </>
  );
}

/** What decides: votes of the memory, each picture's own statistics. */
export function Decide() {
  const { value: model } = state.model;
  return (
    <section>
      <h2>Decide</h2>
      <Votes />
      {model?.hasAuto && <Auto />}
      {model?.hasNormalization && !state.isAuto.value && (
        <Slider name="Own statistics" of={state.normalize} step={0.05} onChange={decode} />
      )}
    </section>
  );
}

/** Lets each picture decide, and tells what this one has decided. */
function Auto() {
  return (
    <>
      <Check of={state.isAuto} onChange={() => void decode()}>
        Each picture decides
      </Check>
      {state.isAuto.value && <p class="quiet">{looksInWords(state.result.value?.looks ?? [])}</p>}
    </>
  );
}

function Votes() {
  const { value: model } = state.model;
  if (!model?.hasMemory)
    return <p class="quiet">{model ? "This network has no memory." : "No model is loaded."}</p>;
  if (isMemoryEmpty.value)
    return <p class="quiet">No votes: nothing has been written into the memory yet.</p>;
  return <Slider name="Votes" of={state.votes} most={30} step={0.5} say={String} onChange={decode} />;
}

/** Names, colors, shares of the picture. */
export function Legend() {
  const { value: model } = state.model;
  if (!model) return null;
  const toggle = (at: number) => {
    const next = new Set(state.hidden.value);
    if (!next.delete(at)) next.add(at);
    state.hidden.value = next;
  };
  const isolate = (at: number) => {
    const others = model.classes.flatMap((_, other) => (other === at ? [] : [other]));
    const isAlone = state.hidden.value.size === others.length && !state.hidden.value.has(at);
    state.hidden.value = new Set(isAlone ? [] : others);
  };
  return (
    <section class="legend">
      <h2>Classes</h2>
      <ul>
        {model.classes.map(({ name }, at) => {
          const share = shares.value?.[at] ?? 0;
          const isHidden = state.hidden.value.has(at);
          const hex = `#${(state.colors.value[at] ?? [0, 0, 0]).map((byte) => byte.toString(16).padStart(2, "0")).join("")}`;
          return (
            <li key={name} class={`${isHidden ? "off" : ""} ${share === 0 ? "absent" : ""}`}>
              <input
                type="color"
                value={hex}
                aria-label={`Color of ${name}`}
                onInput={({ currentTarget: { value } }) => {
                  const color = [1, 3, 5].map((from) => Number.parseInt(value.slice(from, from + 2), 16));
                  state.recolored.value = new Map(state.recolored.value).set(
                    at,
                    color as unknown as readonly [number, number, number],
                  );
                }}
              />
              <button
                type="button"
                class="name"
                aria-pressed={!isHidden}
                title={isHidden ? "Show" : "Hide"}
                onClick={() => toggle(at)}
              >
                {name}
              </button>
              <span class="figure">
                {share === 0 ? "" : `${(100 * share).toFixed(share < 0.1 ? 1 : 0)} %`}
              </span>
              <button
                type="button"
                class="only"
                aria-label={`Only ${name}`}
                title="Only this class"
                onClick={() => isolate(at)}
              >
                ◎
              </button>
            </li>
          );
        })}
      </ul>
    </section>
  );
}
