// Teach the memory: choose a class, brush where it is, see what changes, save.

import { signal } from "@preact/signals";
import { decode, resetTeaching, teach } from "./actions.js";
import { Check } from "./check.js";
import { saveAdapted } from "./save-adapted.js";
import { Slider } from "./slider.js";
import { cutOf } from "./snap.js";
import * as state from "./state.js";
import { Swatch } from "./swatch.js";
import { TeachScorePanel } from "./teach-score-panel.js";

const name = signal("here");
const answer = signal<readonly string[]>([]);
const isSaving = signal(false);

/** Of the view Teach. */
export function TeachPanel() {
  const { value: model } = state.model;
  if (model && !model.hasMemory)
    return (
      <p class="quiet">
        {model.description.name} has no memory to write: `pinmem adapt` attaches one that votes, from labels.
      </p>
    );
  const brushed = [...state.strokes.value.values()].filter((strokes) => strokes.length > 0).length;
  const mine = state.strokes.value.get(state.picture.value?.id ?? "") ?? [];
  return (
    <>
      <section>
        <h2>Brush</h2>
        <p class="quiet">
          Choose a class and brush over a few places where the picture shows it; then the next. Classes that
          are left out lose to those that were brushed.
        </p>
        <ul class="brushes">
          {model?.classes.map((one, at) => (
            <li key={one.name}>
              <button
                type="button"
                aria-pressed={state.brushClass.value === at}
                onClick={() => {
                  state.brushClass.value = at;
                }}
              >
                <Swatch trainId={at} /> {one.name}
              </button>
            </li>
          ))}
          <li>
            <button
              type="button"
              aria-pressed={state.brushClass.value === null}
              onClick={() => {
                state.brushClass.value = null;
              }}
            >
              <span class="swatch eraser" /> eraser
            </button>
          </li>
        </ul>
        <Slider
          name="Size"
          of={state.brushWidth}
          least={Math.round((model?.description.feature.stride ?? 16) / 2)}
          most={(model?.description.feature.stride ?? 16) * 12}
          step={1}
          say={(value) => `${value} px`}
        />
        <Check
          of={state.snaps}
          onChange={(isChecked) => {
            // So that they are there when the first stroke ends.
            if (isChecked && state.bitmap.value) cutOf(state.bitmap.value);
          }}
        >
          Snap to superpixels
        </Check>
        <div class="row wrap">
          <button type="button" disabled={mine.length === 0} onClick={undo}>
            Undo
          </button>
          <button type="button" disabled={brushed === 0} onClick={() => void resetTeaching()}>
            Reset
          </button>
        </div>
      </section>
      <section>
        <h2>Result</h2>
        <Slider name="Votes" of={state.votes} most={30} step={0.5} say={String} onChange={decode} />
        <Slider name="Before | after" of={state.swipe} say={(value) => `${(100 * value).toFixed(0)} %`} />
        <p class="quiet" data-written>
          {state.written.value.length === 0
            ? "No row was written yet."
            : `Rows written: ${state.written.value.join(", ")}; ${brushed} ${brushed === 1 ? "picture" : "pictures"}.`}
        </p>
        {state.missing.value > 0 && (
          <p class="quiet">
            {state.missing.value === 1
              ? "A brushed picture is"
              : `${state.missing.value} brushed pictures are`}{" "}
            not open: drop {state.missing.value === 1 ? "it" : "them"} again, so that the strokes count.
          </p>
        )}
      </section>
      <TeachScorePanel />
      <section>
        <h2>Save</h2>
        {state.run.value?.adapt ? (
          <>
            <label>
              Name{" "}
              <input
                type="text"
                value={name.value}
                onInput={({ currentTarget }) => {
                  name.value = currentTarget.value;
                }}
              />
            </label>
            <button
              type="button"
              class="primary"
              disabled={brushed === 0 || isSaving.value}
              onClick={() => void save()}
            >
              {isSaving.value ? "Saving…" : "Save as adapted run"}
            </button>
            <p class="quiet">
              As `pinmem adapt` with these strokes; evaluate and predict take it, and it can be chosen above.
            </p>
          </>
        ) : (
          <p class="quiet">
            An exported model keeps its strokes in this browser; adapted runs need the run itself.
          </p>
        )}
        {answer.value.map((line) => (
          <p key={line}>{line}</p>
        ))}
      </section>
    </>
  );
}

function undo(): void {
  const id = state.picture.value?.id ?? "";
  const before = state.strokes.value.get(id) ?? [];
  state.strokes.value = new Map(state.strokes.value).set(id, before.slice(0, -1));
  void teach();
}

async function save(): Promise<void> {
  isSaving.value = true;
  answer.value = [];
  try {
    const { out, lines } = await saveAdapted(name.value);
    answer.value = [`Saved: ${out}`, ...lines];
  } catch (error) {
    state.problem.value = `Not saved: ${state.messageOf(error)}. The strokes are kept in this browser.`;
  } finally {
    isSaving.value = false;
  }
}
