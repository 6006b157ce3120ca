// Into the memory: which rows a pixel reads and votes for, where a row is read, how alike rows are.

import { viridis } from "@pinmem/core";
import { computed } from "@preact/signals";
import { mapRow } from "./actions.js";
import { Decide } from "./segment-panel.js";
import { Swatch } from "./stage.js";
import * as state from "./state.js";

/** Of the view Inside. */
export function InsidePanel() {
  const { value: model } = state.model;
  if (model && !model.hasMemory)
    return (
      <p class="quiet">
        {model.description.name} has no memory to look into: its method, {model.description.provenance.method}
        , trains none. Choose a run of pin-memory or memory-erm.
      </p>
    );
  return (
    <>
      <Pixel />
      <Maps />
      <Similarity />
      <Decide />
    </>
  );
}

function Pixel() {
  const [looked, model] = [state.looked.value, state.model.value];
  if (!looked || !model)
    return (
      <section>
        <h2>Pixel</h2>
        <p class="quiet">Click the picture: what the pixel reads, and votes for.</p>
      </section>
    );
  const votes = state.votes.value;
  const rows = model.classes
    .map(({ name }, at) => ({
      name,
      at,
      read: looked.weights[at] as number,
      vote: votes * (looked.cosines[at] as number),
      cosine: looked.cosines[at] as number,
    }))
    .sort((one, other) => (votes > 0 ? other.vote - one.vote : other.read - one.read))
    .slice(0, 8);
  return (
    <section>
      <h2>
        Pixel {looked.x}, {looked.y}
      </h2>
      <table class="bars">
        <thead>
          <tr>
            <th>Row</th>
            <th>reads</th>
            <th>{votes > 0 ? "votes" : "cosine"}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ name, at, read, vote, cosine }) => (
            <tr key={name}>
              <th scope="row">
                <Swatch trainId={at} /> {name}
              </th>
              <td>
                <Bar share={read} text={`${(100 * read).toFixed(1)} %`} />
              </td>
              <td>
                <Bar share={Math.max(0, cosine)} text={(votes > 0 ? vote : cosine).toFixed(2)} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {votes === 0 && <p class="quiet">Votes weigh 0: rows are read, but do not vote.</p>}
    </section>
  );
}

function Bar({ share, text }: { readonly share: number; readonly text: string }) {
  return (
    <span class="bar">
      <svg viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">
        <rect width={100 * Math.min(1, share)} height="10" />
      </svg>
      <span class="figure">{text}</span>
    </span>
  );
}

function Maps() {
  const [map, model] = [state.rowMap.value, state.model.value];
  return (
    <section>
      <h2>Map of a row</h2>
      <div class="row">
        <select
          aria-label="Row"
          value={map?.trainId ?? -1}
          onChange={({ currentTarget: { value } }) => {
            if (Number(value) < 0) state.rowMap.value = null;
            else void mapRow(Number(value), map?.kind ?? "weights");
          }}
        >
          <option value={-1}>none</option>
          {model?.classes.map(({ name }, at) => (
            <option key={name} value={at}>
              {name}
            </option>
          ))}
        </select>
        <select
          aria-label="What is mapped"
          value={map?.kind ?? "weights"}
          disabled={!map}
          onChange={({ currentTarget: { value } }) => {
            if (map) void mapRow(map.trainId, value as "weights" | "cosines");
          }}
        >
          <option value="weights">read</option>
          <option value="cosines">cosine</option>
        </select>
      </div>
    </section>
  );
}

/** Cosines of the rows that were written, row by row. */
const similar = computed(() => {
  const { value: model } = state.model;
  void state.written.value; // rows change with it
  if (!model?.hasMemory) return null;
  const { memory, classes } = model;
  const each = memory.rows.length / classes.length;
  const { rows } = memory;
  const vectors = classes.map((_, at) => rows.subarray(at * each, (at + 1) * each));
  const there = vectors.flatMap((row, at) => (row.some((value) => value !== 0) ? [at] : []));
  const dot = (one: Float32Array, other: Float32Array) =>
    one.reduce((sum, value, at) => sum + value * (other[at] as number), 0);
  return {
    there,
    cells: there.map((i) => there.map((j) => dot(vectors[i] as Float32Array, vectors[j] as Float32Array))),
  };
});

const CELL = 13;

function Similarity() {
  const [value, model] = [similar.value, state.model.value];
  if (!value || !model) return null;
  const { there, cells } = value;
  const side = there.length * CELL;
  const least = Math.min(...cells.flat());
  const name = (at: number) => model.classes[there[at] as number]?.name ?? "";
  const pairs = cells
    .flatMap((row, i) => row.slice(0, i).map((cosine, j) => ({ cosine, i, j })))
    .sort((one, other) => other.cosine - one.cosine)
    .slice(0, 3);
  return (
    <section>
      <h2>How alike rows are</h2>
      <svg
        class="matrix"
        viewBox={`-78 -4 ${side + 82} ${side + 8}`}
        role="img"
        aria-label={`Cosines of ${there.length} rows, ${least.toFixed(2)} to 1`}
      >
        {cells.map((row, i) => (
          <g key={name(i)}>
            <text x={-4} y={i * CELL + 10} text-anchor="end">
              {name(i)}
            </text>
            {row.map((cosine, j) => (
              <rect
                key={name(j)}
                x={j * CELL}
                y={i * CELL}
                width={CELL - 1}
                height={CELL - 1}
                fill={`rgb(${viridis((cosine - least) / Math.max(1e-6, 1 - least)).join(" ")})`}
              >
                <title>{`${name(i)}, ${name(j)}: ${cosine.toFixed(3)}`}</title>
              </rect>
            ))}
          </g>
        ))}
      </svg>
      <p class="quiet">
        Most alike:{" "}
        {pairs.map(({ i, j, cosine }) => `${name(i)} and ${name(j)} ${cosine.toFixed(2)}`).join("; ")}.
      </p>
    </section>
  );
}
