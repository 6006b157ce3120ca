// Compare runs: swipe, pictures by disagreement or score, confusion whose cells lead to pictures, scores of evaluations.

import { viridis } from "@pinmem/core";
import { computed, effect, signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { choosePicture, modelOf } from "./actions.js";
import { type Compared, compareAll, compared, otherAt, progress, stopComparing } from "./compare.js";
import { ScoreTable } from "./score-table.js";
import { Slider } from "./slider.js";
import { beside } from "./stage.js";
import * as state from "./state.js";

type Order = "disagreement" | "score";
const order = signal<Order>("disagreement");
/** True and predicted class that pictures are wanted of. */
const cell = signal<readonly [number, number] | null>(null);

const sorted = computed(() => {
  const of = (one: Compared): number => {
    if (cell.value) {
      const classes = Math.sqrt(one.confusion?.length ?? 0);
      return -(one.confusion?.[cell.value[0] * classes + cell.value[1]] ?? 0);
    }
    return order.value === "score" ? (one.scores[0] ?? 2) : -(one.disagreement ?? 0);
  };
  const all = [...compared.value].sort((one, other) => of(one) - of(other));
  return cell.value ? all.filter((one) => of(one) < 0) : all;
});

/** Of the view Compare. */
export function ComparePanel() {
  useEffect(() => {
    const end = effect(() => void showBeside(otherAt.value, state.result.value));
    return () => {
      end();
      beside.value = null;
      state.swipe.value = 0;
    };
  }, []);
  return (
    <>
      <section>
        <h2>Beside</h2>
        <select
          aria-label="Run beside"
          value={otherAt.value ?? -1}
          onChange={({ currentTarget: { value } }) => {
            otherAt.value = Number(value) < 0 ? null : Number(value);
            if (otherAt.value !== null && state.swipe.value === 0) state.swipe.value = 0.5;
          }}
        >
          <option value={-1}>no other run</option>
          {state.site.value?.runs.map(({ name, model }, at) =>
            model === null || at === state.runAt.value ? null : (
              <option key={name} value={at}>
                {name}
              </option>
            ),
          )}
        </select>
        {otherAt.value !== null && <Slider name="Swipe" of={state.swipe} />}
        {otherAt.value !== null && <Disagreement />}
      </section>
      <section>
        <h2>All pictures</h2>
        <div class="row wrap">
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
              order.value = value as Order;
              cell.value = null;
            }}
          >
            <option value="disagreement">most disagreement first</option>
            <option value="score">lowest score first</option>
          </select>
        </div>
        {cell.value && (
          <p>
            {className(cell.value[0])} taken for {className(cell.value[1])}{" "}
            <button
              type="button"
              onClick={() => {
                cell.value = null;
              }}
            >
              all
            </button>
          </p>
        )}
        <ul class="list">
          {sorted.value.slice(0, 100).map((one) => (
            <li key={one.picture.id}>
              <button type="button" onClick={() => void choosePicture(one.picture)}>
                <span>{one.picture.name.replace(/^.*\//, "")}</span>
                <span class="figure quiet">{figures(one)}</span>
              </button>
            </li>
          ))}
        </ul>
      </section>
      <Confusion />
      <ScoreTable />
    </>
  );
}

const className = (at: number): string => state.model.value?.classes[at]?.name ?? "";
const percent = (share: number): string => (100 * share).toFixed(1);

function figures({ disagreement, scores }: Compared): string {
  const told = scores.flatMap((score) => (score === null ? [] : [percent(score)]));
  return [...(disagreement === null ? [] : [`${percent(disagreement)} % differ`]), told.join(" | ")].join(
    "  ",
  );
}

async function start(): Promise<void> {
  try {
    await compareAll();
  } catch (error) {
    state.problem.value = state.messageOf(error);
  }
}

async function showBeside(at: number | null, result: typeof state.result.value): Promise<void> {
  const { value: bitmap } = state.bitmap;
  if (at === null || !result || !bitmap) {
    beside.value = null;
    return;
  }
  try {
    beside.value = await (await modelOf(at)).segment(bitmap);
    state.busy.value = null;
  } catch (error) {
    state.busy.value = null;
    state.problem.value = state.messageOf(error);
  }
}

function Disagreement() {
  const [one, other] = [state.result.value, beside.value];
  if (!one || !other || one.labels.length !== other.labels.length) return null;
  const differ = one.labels.filter((label, at) => label !== other.labels[at]).length;
  return <p class="figure">{percent(differ / one.labels.length)} % of the pixels differ</p>;
}

function Confusion() {
  const { value: model } = state.model;
  const labeled = compared.value.flatMap(({ confusion }) => (confusion ? [confusion] : []));
  if (!model || labeled.length === 0) return null;
  const count = model.classes.length;
  const sum = (i: number, j: number) => labeled.reduce((all, one) => all + (one[i * count + j] as number), 0);
  const rows = model.classes.map((_, i) => model.classes.map((__, j) => sum(i, j)));
  const there = rows.flatMap((row, i) => (row.some((value) => value > 0) ? [i] : []));
  return (
    <section>
      <h2>True class by row, predicted by column</h2>
      <div class="tablewrap">
        <table class="confusion">
          <tbody>
            {there.map((i) => {
              const row = rows[i] as number[];
              const total = row.reduce((all, value) => all + value, 0);
              return (
                <tr key={className(i)}>
                  <th scope="row">{className(i)}</th>
                  {row.map((value, j) => {
                    const said = `${className(i)} taken for ${className(j)}: ${percent(value / total)} %`;
                    return (
                      <td key={className(j)}>
                        <button
                          type="button"
                          aria-label={said}
                          title={said}
                          disabled={value === 0}
                          style={{ background: `rgb(${viridis(value / total).join(" ")})` }}
                          onClick={() => {
                            cell.value = [i, j];
                          }}
                        />
                      </td>
                    );
                  })}
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
    </section>
  );
}
