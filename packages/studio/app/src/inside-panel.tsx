// Into the memory: which rows a pixel reads and votes for, where a row is read, how alike rows are.

import { viridis } from "@pinmem/core";
import { signal } from "@preact/signals";
import { mapRow } from "./actions.js";
import { EmbeddingMap } from "./embedding.js";
import { isMemoryEmpty, memoryRows } from "./rows.js";
import { Decide } from "./segment-panel.js";
import { Similarity } from "./similarity.js";
import * as state from "./state.js";
import { Swatch } from "./swatch.js";

/** What rows are ordered by: how much is read of them, or how near they are, which is what votes count. */
const order = signal<"read" | "near">("read");

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
  if (isMemoryEmpty.value)
    return (
      <>
        <section>
          <h2>Memory</h2>
          <p class="quiet">
            Nothing has been written into this memory yet, so that there are no rows to look at. Brush classes
            in Teach, or let `pinmem adapt` write rows from labels.
          </p>
        </section>
        <EmbeddingMap />
        <Decide />
      </>
    );
  return (
    <>
      <Pixel />
      <Maps />
      <Alike />
      <EmbeddingMap />
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
  const isByRead = order.value === "read";
  const rows = model.classes
    .map(({ name }, at) => ({
      name,
      at,
      read: looked.weights[at] as number,
      vote: votes * (looked.cosines[at] as number),
      cosine: looked.cosines[at] as number,
    }))
    .sort((one, other) => (isByRead ? other.read - one.read : other.cosine - one.cosine))
    .slice(0, 8);
  return (
    <section>
      <h2>
        Pixel {looked.x}, {looked.y}
      </h2>
      <table class="bars">
        <thead>
          <tr>
            <th scope="col">Row</th>
            <OrderedBy column="read" text="reads" />
            <OrderedBy column="near" text={votes > 0 ? "votes" : "nearness"} />
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

/** The head of a column, which orders the rows. */
function OrderedBy({ column, text }: { readonly column: "read" | "near"; readonly text: string }) {
  const isOrdered = order.value === column;
  return (
    <th scope="col" aria-sort={isOrdered ? "descending" : undefined}>
      <button
        type="button"
        class="sort"
        onClick={() => {
          order.value = column;
        }}
      >
        {text} {isOrdered && <span aria-hidden="true">▾</span>}
      </button>
    </th>
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
          {memoryRows.value?.there.map((at) => (
            <option key={at} value={at}>
              {model?.classes[at]?.name}
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
          <option value="cosines">nearness</option>
        </select>
      </div>
      {map && <MapScale kind={map.kind} values={map.values} />}
      {map && <NearestRows trainId={map.trainId} />}
    </section>
  );
}

/** What the colors of the map stand for. */
function MapScale({ kind, values }: { readonly kind: "weights" | "cosines"; readonly values: Float32Array }) {
  const most = kind === "cosines" ? 1 : values.reduce((one, other) => Math.max(one, other), 0);
  const stops = Array.from({ length: 9 }, (_, at) => `rgb(${viridis(at / 8).join(" ")})`);
  return (
    <p class="scale">
      <span class="figure">0</span>
      <span class="ramp" style={{ background: `linear-gradient(to right, ${stops.join()})` }} />
      <span class="figure">{kind === "cosines" ? "1" : `${(100 * most).toFixed(0)} %`}</span>
    </p>
  );
}

/** The rows that are most like one. */
function NearestRows({ trainId }: { readonly trainId: number }) {
  const [value, model] = [memoryRows.value, state.model.value];
  const mine = value?.there.indexOf(trainId) ?? -1;
  if (!value || !model) return null;
  if (mine < 0) return <p class="quiet">The row of {model.classes[trainId]?.name} was never written.</p>;
  const nearest = value.there
    .map((at, position) => ({ at, cosine: value.cells[mine]?.[position] ?? 0 }))
    .filter(({ at }) => at !== trainId)
    .sort((one, other) => other.cosine - one.cosine)
    .slice(0, 5);
  return (
    <table class="bars">
      <thead>
        <tr>
          <th scope="col">Nearest rows</th>
          <th scope="col">cosine</th>
        </tr>
      </thead>
      <tbody>
        {nearest.map(({ at, cosine }) => (
          <tr key={at}>
            <th scope="row">
              <Swatch trainId={at} /> {model.classes[at]?.name}
            </th>
            <td>
              <Bar share={Math.max(0, cosine)} text={cosine.toFixed(3)} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Alike() {
  const [value, model] = [memoryRows.value, state.model.value];
  if (!value || !model) return null;
  return (
    <section>
      <h2>How alike rows are</h2>
      <Similarity names={value.there.map((at) => model.classes[at]?.name ?? "")} cells={value.cells} />
    </section>
  );
}
