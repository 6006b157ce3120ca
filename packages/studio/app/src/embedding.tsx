// The map of features and rows that `pinmem inspect` made of the run: points near one another are alike (t-SNE); rows of the memory stand
// out as diamonds.

import type { Inspection } from "@pinmem/core/formats";
import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { SiteRun } from "../../src/site.js";
import * as state from "./state.js";

type Embedding = NonNullable<Inspection["figures"]["embedding"]>;

/** Of the run that is open; null: it was not inspected. */
const embedding = signal<Embedding | null>(null);
/** Domain whose features are shown; null: all. */
const domain = signal<string | null>(null);

const SIDE = 240;
const EDGE = 8;

export function EmbeddingMap() {
  const { value: run } = state.run;
  const address = run?.inspection ?? null;
  useEffect(() => void read(address), [address]);
  const { value: map } = embedding;
  return (
    <section>
      <h2>Features and rows</h2>
      {map ? <Points map={map} /> : <NoMap run={run} />}
    </section>
  );
}

/** Exported models cannot be inspected. */
function NoMap({ run }: { readonly run: SiteRun | null }) {
  if (run && run.adapt === null)
    return <p class="quiet">The map is made of a run; this is an exported model.</p>;
  return (
    <p class="quiet">
      Not inspected yet: <code>pinmem inspect {run?.path ?? "RUN"} --what embedding</code> makes the map, a
      reload shows it.
    </p>
  );
}

function Points({ map }: { readonly map: Embedding }) {
  const { value: model } = state.model;
  const domains = [...new Set(map.points.flatMap((one) => (one.domain === null ? [] : [one.domain])))];
  const trainId = (name: string) => model?.classes.findIndex((one) => one.name === name) ?? -1;
  const color = (name: string) => `rgb(${(state.colors.value[trainId(name)] ?? [128, 128, 128]).join(" ")})`;
  const place = (share: number) => EDGE + share * (SIDE - 2 * EDGE);
  const shown = map.points.filter(
    (one) => one.domain === null || domain.value === null || one.domain === domain.value,
  );
  const own = map.nearestIsOwnRow?.find((one) => one.domain === domain.value)?.share ?? null;
  return (
    <>
      {domains.length > 1 && (
        <select
          class="whole"
          aria-label="Domain of the features"
          value={domain.value ?? ""}
          onChange={({ currentTarget: { value } }) => {
            domain.value = value === "" ? null : value;
          }}
        >
          <option value="">all domains</option>
          {domains.map((one) => (
            <option key={one} value={one}>
              {one}
            </option>
          ))}
        </select>
      )}
      <svg class="map" viewBox={`0 0 ${SIDE} ${SIDE}`} role="img" aria-label="Map of features and rows">
        {shown.map((one, at) =>
          one.domain === null ? null : (
            <circle key={at} cx={place(one.x)} cy={place(one.y)} r={2} fill={color(one.class)}>
              <title>{`${one.class}, ${one.domain}`}</title>
            </circle>
          ),
        )}
        {shown
          .filter((one) => one.domain === null)
          .map((one) => (
            <path
              key={one.class}
              class="rowpoint"
              d={`M${place(one.x)} ${place(one.y) - 6}l6 6l-6 6l-6 -6z`}
              fill={color(one.class)}
            >
              <title>{`row of ${one.class}`}</title>
            </path>
          ))}
      </svg>
      <p class="row wrap small">
        {map.classes.map((name) => (
          <span key={name}>
            <span class="swatch" style={{ background: color(name) }} /> {name}
          </span>
        ))}
      </p>
      {own !== null && (
        <p class="quiet">
          {(100 * own).toFixed(0)} % of these features are nearest to the row of their class.
        </p>
      )}
    </>
  );
}

async function read(address: string | null): Promise<void> {
  embedding.value = null;
  domain.value = null;
  if (address === null) return;
  const response = await fetch(address).catch(() => null);
  if (!response?.ok) return;
  const { figures } = (await response.json()) as Inspection;
  if (state.run.value?.inspection === address) embedding.value = figures.embedding;
}
