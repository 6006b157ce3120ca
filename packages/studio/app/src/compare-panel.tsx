// Of the view Compare, at the right: which runs, how they are shown, and all pictures in order.

import { computed, signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { choosePicture } from "./actions.js";
import { Choice } from "./choice.js";
import {
  type Compared,
  compareAll,
  compared,
  disagreementOf,
  MOST_OTHERS,
  othersAt,
  progress,
  runsAt,
  stopComparing,
  truth,
} from "./compare.js";
import { cell, followComparison, layout, layouts, results, show, shows } from "./compare-view.js";
import { percent } from "./figures.js";
import { PictureName } from "./picture-name.js";
import { Slider } from "./slider.js";
import * as state from "./state.js";

const orders = {
  disagreement: "by disagreement",
  score: "by score",
  boundary: "by boundary score",
} as const;
const order = signal<keyof typeof orders>("disagreement");

const sorted = computed(() => {
  const of = (one: Compared): number => {
    if (cell.value) return -pixelsIn(one, cell.value);
    if (order.value === "score") return one.scores[0] ?? 2;
    return order.value === "boundary" ? (one.boundaries[0] ?? 2) : -(one.disagreement ?? 0);
  };
  const all = [...compared.value].sort((one, other) => of(one) - of(other));
  return cell.value ? all.filter((one) => of(one) < 0) : all;
});

function pixelsIn({ confusions }: Compared, { run, pair }: NonNullable<typeof cell.value>): number {
  const counts = confusions?.[run];
  return counts?.[pair[0] * Math.sqrt(counts.length) + pair[1]] ?? 0;
}

export function ComparePanel() {
  useEffect(followComparison, []);
  return (
    <>
      <Beside />
      <section>
        <h2>All pictures</h2>
        <div class="stack">
          {progress.value === null ? (
            <button
              type="button"
              disabled={!state.model.value || state.pictures.value.length === 0}
              onClick={() => void start()}
            >
              Segment all
            </button>
          ) : (
            <button type="button" onClick={stopComparing}>
              Stop ({progress})
            </button>
          )}
          <select
            aria-label="Order of pictures"
            value={order.value}
            onChange={({ currentTarget: { value } }) => {
              order.value = value as keyof typeof orders;
              cell.value = null;
            }}
          >
            {Object.entries(orders).map(([name, text]) => (
              <option key={name} value={name}>
                {text}
              </option>
            ))}
          </select>
        </div>
        <Cell />
        {compared.value.length === 0 && (
          <p class="quiet gap">Orders pictures by what the runs make of them; scores need labels.</p>
        )}
        <ul class="list">
          {sorted.value.slice(0, 100).map((one) => (
            <li key={one.picture.id}>
              <button
                type="button"
                aria-pressed={state.picture.value?.id === one.picture.id}
                onClick={() => void choosePicture(one.picture)}
              >
                <PictureName picture={one.picture} />
                <span class="figure quiet">{figures(one)}</span>
              </button>
            </li>
          ))}
        </ul>
      </section>
    </>
  );
}

/** Runs beside the open one. */
function Beside() {
  const runs = state.site.value?.runs ?? [];
  const choose = (place: number, run: number) => {
    const next = [...othersAt.value];
    if (run < 0) next.splice(place, 1);
    else next[place] = run;
    othersAt.value = next;
    cell.value = null;
    if (next.length > 0) chooseLayout(layout.value);
  };
  const shown = shows.filter(
    (one) => one === "classes" || (one === "errors" ? truth.value !== null : othersAt.value.length > 0),
  );
  const places = Math.min(MOST_OTHERS, othersAt.value.length + 1, Math.max(0, runs.length - 1));
  return (
    <section>
      <h2>Beside {state.run.value?.name}</h2>
      {runs.length < 2 && <p class="quiet">Start the studio with two to four runs to compare them.</p>}
      <div class="stack">
        {Array.from({ length: places }, (_, place) => (
          <select
            key={place}
            aria-label={place === 0 ? "Run beside" : `Run beside, ${place + 1}`}
            value={othersAt.value[place] ?? -1}
            onChange={({ currentTarget: { value } }) => choose(place, Number(value))}
          >
            <option value={-1}>{place === 0 ? "no other run" : "no further run"}</option>
            {runs.map(({ name, model }, at) =>
              model === null || (runsAt.value.includes(at) && othersAt.value[place] !== at) ? null : (
                <option key={name} value={at}>
                  {name}
                </option>
              ),
            )}
          </select>
        ))}
      </div>
      {othersAt.value.length > 0 && (
        <Choice label="Layout" values={layouts} chosen={layout.value} onChoose={chooseLayout} />
      )}
      {shown.length > 1 && (
        <Choice
          label="Show"
          values={shown}
          chosen={show.value}
          onChoose={(value) => {
            show.value = value;
            cell.value = null;
          }}
        />
      )}
      {othersAt.value.length > 0 && layout.value === "swipe" && <Slider name="Swipe" of={state.swipe} />}
      <Disagreement />
    </section>
  );
}

function chooseLayout(value: (typeof layouts)[number]): void {
  layout.value = value;
  if (value === "swipe" && state.swipe.value === 0) state.swipe.value = 0.5;
}

/** What a cell of the confusion has asked for. */
function Cell() {
  const { value: wanted } = cell;
  const classes = state.model.value?.classes;
  if (!wanted || !classes) return null;
  return (
    <p class="wanted">
      <span>
        {classes[wanted.pair[0]]?.name} taken for {classes[wanted.pair[1]]?.name}
      </span>
      <button
        type="button"
        onClick={() => {
          cell.value = null;
        }}
      >
        Show all
      </button>
    </p>
  );
}

function figures(one: Compared): string {
  if (cell.value) return `${pixelsIn(one, cell.value)} px`;
  const of = order.value === "boundary" ? one.boundaries : one.scores;
  const told = of.flatMap((score) => (score === null ? [] : [percent(score)])).join(" · ");
  const differ = one.disagreement === null ? "" : `${percent(one.disagreement)} %`;
  return order.value === "disagreement" ? differ || told : told || differ;
}

async function start(): Promise<void> {
  try {
    await compareAll();
  } catch (error) {
    state.problem.value = state.messageOf(error);
  }
}

function Disagreement() {
  const there = results.value.flatMap((one) => (one ? [one.labels] : []));
  const [first] = there;
  if (there.length < 2 || there.some((one) => one.length !== first?.length)) return null;
  return <p class="figure">{percent(disagreementOf(there))} % of the pixels differ</p>;
}
