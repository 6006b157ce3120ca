// Of the view Compare, below the picture: scores by class and domain with the difference from the open run, and a confusion whose cells
// lead to the pictures with those pixels.

import { ConfusionMatrix, classIoU, viridis } from "@pinmem/core";
import { computed, signal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useEffect } from "preact/hooks";
import type { SiteEvaluation } from "../../src/site.js";
import { choosePicture } from "./actions.js";
import { Choice } from "./choice.js";
import { compared, comparedRuns, runsAt } from "./compare.js";
import { cell } from "./compare-view.js";
import {
  type DomainScores,
  scoresOfEvaluations,
  scoresOfGroups,
  shownSource,
  sourcesOf,
} from "./domain-scores.js";
import { percent, signed } from "./figures.js";
import * as state from "./state.js";

const evaluations = signal<ReadonlyMap<number, readonly SiteEvaluation[]>>(new Map());
/** Which of the compared runs the tables are of. */
const tableOf = signal(0);
/** Which protocol the scores are of; null: nobody has chosen. */
const chosenSource = signal<string | null>(null);

const domains = computed<readonly DomainScores[]>(() => [
  ...scoresOfEvaluations(runsAt.value.map((run) => evaluations.value.get(run) ?? [])),
  ...scoresOfGroups(
    compared.value,
    comparedRuns.value.length,
    state.model.value?.classes.map(({ name }) => name) ?? [],
  ),
]);

/** Nothing where there is nothing to score. */
export function CompareTables() {
  const { value: runs } = runsAt;
  useEffect(() => void readEvaluations(runs), [runs]);
  const isConfused = compared.value.some(({ confusions }) => confusions !== null);
  if (domains.value.length === 0 && !isConfused) return null;
  const names = runs.map((run) => state.site.value?.runs[run]?.name ?? "");
  const of = Math.min(tableOf.value, runs.length - 1);
  return (
    <section class="below" aria-label="Scores">
      {runs.length > 1 && (
        <Choice
          label="Run of the tables"
          values={names}
          chosen={names[of] ?? ""}
          onChoose={(name) => {
            tableOf.value = names.indexOf(name);
          }}
        />
      )}
      <div class="tables">
        {domains.value.length > 0 && <Classes of={of} first={names[0] ?? ""} />}
        {isConfused && <Confusion of={of} />}
      </div>
    </section>
  );
}

/** What may be wider than there is room: keys scroll it, too. */
function Scrolled({ label, children }: { readonly label: string; readonly children: ComponentChildren }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it takes the arrow keys
    <section class="tablewrap" aria-label={label} tabIndex={0}>
      {children}
    </section>
  );
}

/** Classes by domains, of one protocol at a time. */
function Classes({ of, first }: { readonly of: number; readonly first: string }) {
  const sources = sourcesOf(domains.value);
  const source = shownSource(sources, chosenSource.value);
  const columns = domains.value.filter((one) => one.source === source);
  const classes = [...new Set(columns.flatMap(({ classes }) => Object.keys(classes[of] ?? {})))].filter(
    (name) => columns.some(({ classes }) => typeof classes[of]?.[name] === "number"),
  );
  return (
    <section class="byclass">
      <h2>IoU by class{of > 0 && `, and the difference from ${first}`}</h2>
      {sources.length > 1 ? (
        <select
          aria-label="Scores of"
          value={source ?? ""}
          onChange={({ currentTarget: { value } }) => {
            chosenSource.value = value;
          }}
        >
          {sources.map((one) => (
            <option key={one} value={one}>
              {one}
            </option>
          ))}
        </select>
      ) : (
        <p class="quiet">{source}</p>
      )}
      <Scrolled label="IoU by class">
        <table class="scores">
          <thead>
            <tr>
              <th scope="col">Class</th>
              {columns.map(({ name, note }) => (
                <DomainHead key={name} name={name} note={note} />
              ))}
            </tr>
          </thead>
          <tbody>
            <tr class="mean">
              <th scope="row">Mean</th>
              {columns.map(({ name, means }) => (
                <Score key={name} value={means[of]} first={of > 0 ? means[0] : null} />
              ))}
            </tr>
            {classes.map((one) => (
              <tr key={one}>
                <th scope="row">{one}</th>
                {columns.map(({ name, classes: by }) => (
                  <Score key={name} value={by[of]?.[one]} first={of > 0 ? by[0]?.[one] : null} />
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </Scrolled>
    </section>
  );
}

/** Narrow: a name goes on below its colon. */
function DomainHead({ name, note }: Pick<DomainScores, "name" | "note">) {
  const [, family = "", own = name] = /^([^:]+:)(.+)$/.exec(name) ?? [];
  return (
    <th scope="col">
      {family}
      <wbr />
      {own}
      {note !== null && (
        <>
          <br />
          {note}
        </>
      )}
    </th>
  );
}

function Score({
  value,
  first,
}: {
  readonly value: number | null | undefined;
  readonly first: number | null | undefined;
}) {
  if (typeof value !== "number") return <td />;
  const gain = typeof first === "number" ? value - first : null;
  return (
    <td>
      {percent(value)}
      {gain !== null && (
        <span class={`gain ${gain < -0.0005 ? "down" : gain > 0.0005 ? "up" : ""}`}>{signed(gain)}</span>
      )}
    </td>
  );
}

/** Of the compared pictures. */
function Confusion({ of }: { readonly of: number }) {
  const { value: model } = state.model;
  if (!model) return null;
  const count = model.classes.length;
  const sum = new ConfusionMatrix(count);
  for (const { confusions } of compared.value)
    confusions?.[of]?.forEach((value, at) => {
      sum.counts[at] = (sum.counts[at] as number) + value;
    });
  const scores = classIoU(sum);
  const there = scores.flatMap((score, at) => (score === null ? [] : [at]));
  const name = (at: number) => model.classes[at]?.name ?? "";
  return (
    <Scrolled label="Confusion">
      <h2>True class by row, predicted by column</h2>
      <table class="confusion">
        <thead>
          <tr>
            <td />
            {there.map((j) => (
              <th key={name(j)} scope="col">
                <span>{name(j)}</span>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {there.map((i) => {
            const row = [...sum.counts.subarray(i * count, (i + 1) * count)];
            const total = row.reduce((all, value) => all + value, 0);
            return (
              <tr key={name(i)}>
                <th scope="row">{name(i)}</th>
                {there.map((j) => {
                  const value = row[j] as number;
                  const share = total > 0 ? value / total : 0;
                  const text = share >= 0.005 ? (100 * share).toFixed(0) : "";
                  const said = `${name(i)} taken for ${name(j)}: ${text || (100 * share).toFixed(2)} %`;
                  const isWanted = cell.value?.pair[0] === i && cell.value.pair[1] === j;
                  return (
                    <td key={name(j)}>
                      <button
                        type="button"
                        aria-label={said}
                        aria-pressed={isWanted}
                        title={said}
                        disabled={value === 0}
                        style={value === 0 ? {} : shade(share)}
                        onClick={() => openCell(of, [i, j])}
                      >
                        {text}
                      </button>
                    </td>
                  );
                })}
              </tr>
            );
          })}
        </tbody>
      </table>
    </Scrolled>
  );
}

/** A cell's color, and that of its text, which has to be read on it. */
function shade(share: number): { background: string; color: string } {
  const [red, green, blue] = viridis(share).map((byte) => (byte / 255) ** 2.2) as [number, number, number];
  const luminance = 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  return { background: `rgb(${viridis(share).join(" ")})`, color: luminance > 0.179 ? "#000" : "#fff" };
}

/** Marks those pixels, and opens the picture that has most of them. */
function openCell(run: number, pair: readonly [number, number]): void {
  cell.value = { run, pair };
  const count = state.model.value?.classes.length ?? 0;
  const [most] = [...compared.value]
    .map(({ picture, confusions }) => ({
      picture,
      pixels: confusions?.[run]?.[pair[0] * count + pair[1]] ?? 0,
    }))
    .sort((one, other) => other.pixels - one.pixels);
  if (most && most.picture !== state.picture.value) void choosePicture(most.picture);
}

async function readEvaluations(runs: readonly number[]): Promise<void> {
  for (const run of runs) {
    const address = state.site.value?.runs[run]?.evaluations ?? null;
    if (address === null || evaluations.value.has(run)) continue;
    const response = await fetch(address).catch(() => null);
    if (response?.ok)
      evaluations.value = new Map(evaluations.value).set(run, (await response.json()) as SiteEvaluation[]);
  }
}
