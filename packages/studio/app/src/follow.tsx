// A training as it goes: curves, what validation looked like and how the memory's rows were alike, at the step that one slider chooses.

import { computed, effect, signal, untracked } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { SiteValidation } from "../../src/site.js";
import { serverGone } from "./ask-server.js";
import { Chart } from "./chart.js";
import { stepsOf } from "./chart-lines.js";
import { Similarity } from "./similarity.js";
import * as state from "./state.js";
import {
  curves,
  follow,
  isConnected,
  isFollowed,
  newest,
  rowsOverTime,
  training,
  validations,
} from "./training-events.js";

/** Of the run that is followed, in the order of their steps. */
const pictures = signal<readonly SiteValidation[]>([]);
/** Chosen by hand; null: the newest. */
const chosen = signal<number | null>(null);

/** Steps that there is something to see of. */
const steps = computed(() =>
  [...new Set([...pictures.value, ...rowsOverTime.value].map(({ step }) => step))].sort((a, b) => a - b),
);
const shownStep = computed(() => chosen.value ?? steps.value.at(-1) ?? null);

/** Of the view Follow. */
export function Follow() {
  const { value: run } = state.run;
  const address = run?.events ?? null;
  useEffect(() => {
    if (address === null) return;
    if (!isFollowed(address)) {
      chosen.value = null;
      pictures.value = [];
    }
    const end = follow(address);
    const endPictures = effect(() => {
      void validations.value;
      untracked(() => void readPictures(run?.validation ?? null));
    });
    return () => {
      endPictures();
      end();
    };
  }, [address]);
  const range = stepsOf(curves.value.values());
  if (address === null)
    return (
      <p class="quiet">{run ? `${run.name} has no events: it was not trained here.` : "There is no run."}</p>
    );
  return (
    <>
      <p role="status" class="standing">
        <strong>{run?.name}</strong> <span class={isConnected.value ? "quiet" : "trouble"}>{standing()}</span>
      </p>
      {curves.value.size === 0 && isConnected.value && (
        <p class="quiet">Curves appear with the first steps.</p>
      )}
      <div class="charts">
        {[...curves.value].map(([title, lines]) => (
          <Chart key={title} title={title} lines={lines} steps={range} at={shownStep.value} />
        ))}
      </div>
      <OverTime validation={run?.validation ?? null} />
    </>
  );
}

function standing(): string {
  const { value: step } = newest;
  const { value: how } = training;
  if (!isConnected.value) return `${step === null ? "" : `step ${step} · `}${serverGone()}; what came stays`;
  const at = step === null ? "no step yet" : `step ${step}${how?.steps ? ` of ${how.steps}` : ""}`;
  if (how?.state === "finished") return `finished at ${at}`;
  if (how?.state !== "stopped") return at;
  const remedy = `pinmem train --resume ${state.run.value?.path ?? "RUN"} goes on`;
  return `stopped at ${at}: ${how.trouble === null ? "" : `what went wrong lies in ${how.trouble}; `}${remedy}`;
}

/** Pictures and rows at one step. */
function OverTime({ validation }: { readonly validation: string | null }) {
  const { value: all } = steps;
  const { value: step } = shownStep;
  if (all.length === 0 || step === null) return null;
  const at = all.indexOf(step);
  const names = [...new Set(pictures.value.map(({ name }) => name))];
  const rows = rowsOverTime.value.findLast((one) => one.step <= step);
  const darkest = Math.min(...rowsOverTime.value.flatMap(({ cells }) => cells.flat()));
  return (
    <section class="overtime">
      <h2>Validation, step by step: picture, label, prediction</h2>
      <div class="slider">
        <label for="step">Step</label>
        <output for="step">{step}</output>
        <input
          id="step"
          type="range"
          min={0}
          max={all.length - 1}
          step={1}
          value={at < 0 ? all.length - 1 : at}
          aria-valuetext={`step ${step}`}
          onInput={({ currentTarget }) => {
            const position = Number(currentTarget.value);
            // At the end it goes on with the training.
            chosen.value = position === all.length - 1 ? null : (all[position] ?? null);
          }}
        />
      </div>
      <div class="validation">
        {names.map((name) => {
          const position = pictures.value.findLastIndex((one) => one.name === name && one.step <= step);
          return (
            <figure key={name}>
              {position >= 0 && (
                <img
                  src={`${validation}/${position}?step=${pictures.value[position]?.step}`}
                  alt={`${name} at step ${pictures.value[position]?.step}`}
                />
              )}
              <figcaption>{name}</figcaption>
            </figure>
          );
        })}
        {rows && (
          <figure>
            <Similarity names={rows.names} cells={rows.cells} darkest={darkest} />
            <figcaption>How alike the memory's rows are</figcaption>
          </figure>
        )}
      </div>
    </section>
  );
}

async function readPictures(address: string | null): Promise<void> {
  if (address === null) return;
  const response = await fetch(address).catch(() => null);
  if (response?.ok) pictures.value = (await response.json()) as SiteValidation[];
}
