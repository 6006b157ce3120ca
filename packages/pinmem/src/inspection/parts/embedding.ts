// Part of an inspection: features of classes and rows of the memory in the plane. The paper's figure: one point for each
// class of each image, rows of the memory among them.

import { trainId as trainIdOf } from "@pinmem/core";
import type { EmbeddingFigures } from "@pinmem/core/formats";
import { scope, type Tensor } from "@pinmem/torch";
import { presentRows } from "../alterations.js";
import { type ClassFeature, collectClassFeatures } from "../class-features.js";
import { embed, FEWEST_VECTORS } from "../embedding.js";
import { embeddingFigure } from "../embedding-figure.js";
import { fileName, type PartContext, type PartResult, save } from "./part.js";

export interface EmbeddingPartOptions {
  /** Names of classes. Default: the six of the official code, or the first eight where the space has few of them. */
  readonly classes?: readonly string[];
}

interface MemoryRow {
  readonly trainId: number;
  readonly vector: Float64Array;
}

const OFFICIAL = ["building", "vegetation", "sky", "car", "sidewalk", "pole"] as const;
const DEFAULT_COUNT = 8;

export async function inspectEmbedding(
  { run: { network, normalization, space }, domains, folder, device, seed, onProgress }: PartContext,
  { classes: wanted }: EmbeddingPartOptions = {},
): Promise<PartResult<EmbeddingFigures | null>> {
  const names = wanted ?? defaultClasses(space.classes.map(({ name }) => name));
  const chosen = names.map((name) => trainIdOf(space, name));
  const features = await collectClassFeatures(network, domains, {
    classes: chosen,
    device,
    normalization,
    onProgress,
  });
  const { memory } = network;
  const rows: MemoryRow[] = memory
    ? presentRows(memory)
        .filter((trainId) => chosen.includes(trainId))
        .map((trainId) => ({ trainId, vector: rowOf(memory.classItems(), trainId) }))
    : [];
  const vectors = [...features, ...rows.map((row) => ({ ...row, domain: null }))];
  if (vectors.length < FEWEST_VECTORS) {
    const note = `embedding: ${names.join(", ")} occur in too few images (${vectors.length} vectors); inspect more images or other classes`;
    return { figures: null, pictures: [], notes: [note] };
  }
  const points = await embed(
    vectors.map(({ vector }) => vector),
    { seed },
  );
  const embedded = vectors.map(({ trainId, domain }, index) => ({
    trainId,
    domain,
    point: points[index] as (typeof points)[number],
  }));
  const drawing = embeddingFigure(embedded, { space, domains });
  const caption =
    `t-SNE of features before the memory${memory ? " and of the memory's rows (stars)" : ""}: one dot for each class of each image, ` +
    "the mean direction of its pixels. Classes apart and domains mixed is what generalizes." +
    (memory
      ? " Rows are written through the write network, which features do not pass, and may lie apart."
      : "");
  const title = "Class features by class and by domain";
  const picture = await save(folder, fileName("embedding"), drawing, { kind: "embedding", title, caption });
  const figures: EmbeddingFigures = {
    method: "t-SNE",
    seed,
    classes: names,
    points: embedded.map(({ trainId, domain, point: [x, y] }) => ({
      x: Number(x.toFixed(4)),
      y: Number(y.toFixed(4)),
      class: space.classes[trainId]?.name ?? "",
      domain: domain === null ? null : (domains[domain]?.name ?? ""),
    })),
    nearestIsOwnRow:
      rows.length > 0
        ? domains.map(({ name }, domain) => ({
            domain: name,
            share: nearestShare(
              features.filter((feature) => feature.domain === domain),
              rows,
            ),
          }))
        : null,
  };
  return { figures, pictures: [picture] };
}

function defaultClasses(names: readonly string[]): readonly string[] {
  const official = OFFICIAL.filter((name) => names.includes(name));
  return official.length > 2 ? official : names.slice(0, DEFAULT_COUNT);
}

const rowOf = (items: Tensor, trainId: number): Float64Array =>
  scope(() => items.select(0, trainId).to("float64").contiguous().toTypedArray() as Float64Array);

/** Of the features whose class has a row. */
function nearestShare(features: readonly ClassFeature[], rows: readonly MemoryRow[]): number | null {
  const counted = features.filter(({ trainId }) => rows.some((row) => row.trainId === trainId));
  const own = counted.filter(({ trainId, vector }) => {
    const cosines = rows.map((row) => dot(row.vector, vector));
    return rows[cosines.indexOf(Math.max(...cosines))]?.trainId === trainId;
  });
  return counted.length > 0 ? own.length / counted.length : null;
}

const dot = (a: Float64Array, b: Float64Array): number =>
  a.reduce((sum, value, at) => sum + value * (b[at] as number), 0);
