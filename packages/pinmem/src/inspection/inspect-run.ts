// An inspection of a run, whole: the parts that are asked for, one after the other, and what they leave behind in a folder.

import { join } from "node:path";
import { trainId } from "@pinmem/core";
import {
  INSPECTION_FILE,
  INSPECTION_FORMAT,
  type Inspection,
  type InspectionPart,
  type InspectionPicture,
  inspectionParts,
} from "@pinmem/core/formats";
import type { Device } from "@pinmem/torch";
import { writeWhole } from "../files/atomic-write.js";
import { requireWritable } from "../files/output-folder.js";
import type { ClassMemory } from "../memory/class-memory.js";
import type { OpenRun } from "../runs/open-run.js";
import type { InspectedDomain } from "./domains.js";
import { canDrawText } from "./drawing/save-picture.js";
import { inspectActivation } from "./parts/activation.js";
import { inspectEmbedding } from "./parts/embedding.js";
import { inspectGrid } from "./parts/grid.js";
import { describeRun, type PartContext, type PartResult } from "./parts/part.js";
import { inspectReliance } from "./parts/reliance.js";
import { inspectSimilarity } from "./parts/similarity.js";

export interface InspectOptions {
  /** What to look at: see `inspectedDomains`. */
  readonly domains: readonly InspectedDomain[];
  /** Folder that gets inspection.json and the pictures. */
  readonly out: string;
  /** Default: all parts. */
  readonly parts?: readonly InspectionPart[];
  /** A run whose predictions stand beside in the grid; its classes must be the same. */
  readonly baseline?: OpenRun | null;
  /** Names of classes in the embedding. Default: those of the official code. */
  readonly classes?: readonly string[];
  /** Of everything random. Default 0. */
  readonly seed?: number;
  /** Where the networks are. Default "cpu". */
  readonly device?: Device;
  readonly onProgress?: (part: InspectionPart, done: number, total: number) => void;
}

/**
 * Looks into a run, opened in its trained form, and writes what was found. inspection.json is written last.
 * @throws Error where no part can be made (the network has no memory, and only parts about the memory are asked for), where
 *   the baseline has other classes, where a class does not exist, where nothing can be written to the folder, or where an
 *   image cannot be read
 */
export async function inspectRun(
  run: OpenRun,
  {
    domains,
    out,
    parts = inspectionParts,
    baseline = null,
    classes,
    seed = 0,
    device = "cpu",
    onProgress = () => {},
  }: InspectOptions,
): Promise<Inspection> {
  if (domains.length === 0)
    throw new Error("inspect: there is no domain to look at; name one with `domains`");
  if (run.auto) {
    throw new Error(
      "inspect: with image:auto every picture has one of two networks; open the run with a weight in place of auto to look into one",
    );
  }
  if (baseline) requireSameClasses(run, baseline);
  const { memory } = run.network;
  const notes: string[] = [];
  const wanted = parts.filter((part) => {
    if (memory || !aboutMemory.has(part)) return true;
    notes.push(`${part}: this network has no memory (it was trained by ${run.recipe.method.name})`);
    return false;
  });
  if (wanted.length === 0)
    throw new Error(`inspect: ${run.path}: nothing can be made of it. ${notes.join(". ")}`);
  for (const name of classes ?? []) trainId(run.space, name);
  requireWritable(out);
  if (!(await canDrawText())) {
    notes.push(
      "pictures: this machine has no font, so the PNG files lack their texts; the SVG files have them. On Debian: apt-get install fonts-dejavu-core",
    );
  }

  const pictures: InspectionPicture[] = [];
  const make = async <T>(
    part: InspectionPart,
    body: (context: PartContext, memory: ClassMemory) => Promise<PartResult<T>>,
  ): Promise<T | null> => {
    if (!wanted.includes(part)) return null;
    const context: PartContext = {
      run,
      baseline,
      domains,
      folder: out,
      device,
      seed,
      onProgress: (done, total) => onProgress(part, done, total),
    };
    // Parts that need a memory are only wanted where there is one.
    const result = await body(context, memory as ClassMemory);
    pictures.push(...result.pictures);
    notes.push(...(result.notes ?? []));
    return result.figures;
  };
  const figures = {
    activation: await make("activation", inspectActivation),
    similarity: await make("similarity", inspectSimilarity),
    embedding: await make("embedding", (context) =>
      inspectEmbedding(context, { ...(classes && { classes }) }),
    ),
    grid: await make("grid", inspectGrid),
    reliance: await make("reliance", inspectReliance),
  };
  const inspection: Inspection = {
    format: INSPECTION_FORMAT,
    run: describeRun(run),
    domains: domains.map(({ name, role, count }) => ({ name, role, images: count })),
    seed,
    normalize: run.normalize,
    vote: run.vote === "auto" ? (run.network.memory?.voteWeight ?? null) : run.vote,
    logitAdjustment: run.adjustedBy,
    notes,
    pictures,
    figures,
  };
  await writeWhole(join(out, INSPECTION_FILE), `${JSON.stringify(inspection, null, 1)}\n`);
  return inspection;
}

const aboutMemory: ReadonlySet<InspectionPart> = new Set<InspectionPart>([
  "activation",
  "similarity",
  "reliance",
]);

function requireSameClasses({ space }: OpenRun, baseline: OpenRun): void {
  const names = (classes: OpenRun["space"]["classes"]) => classes.map(({ name }) => name).join(", ");
  const [ours, theirs] = [names(space.classes), names(baseline.space.classes)];
  if (ours === theirs) return;
  throw new Error(
    `inspect: the baseline ${baseline.path} has other classes (${theirs}) than the run (${ours}); choose one trained on the same`,
  );
}
