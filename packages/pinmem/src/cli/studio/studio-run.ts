// A run, or an exported model, as the studio's server is handed it. The run's folder is only read, but for its `studio` folder.

import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import {
  EXPORT_FILE,
  INSPECTION_FILE,
  INSPECTION_FORMAT,
  type Inspection,
  parseExportedModel,
  type TestNormalization,
} from "@pinmem/core/formats";
import type {
  AdaptTask,
  Saved,
  SiteEvaluation,
  StudioRun,
  TrainingState,
  ValidationFile,
} from "@pinmem/studio";
import { readResult } from "../../evaluation/result-file.js";
import { exportRun } from "../../export/export-run.js";
import { withoutPaths } from "../../export/provenance.js";
import { readJsonFile } from "../../files/json-file.js";
import { makeFolder } from "../../files/output-folder.js";
import { writing } from "../../files/write-error.js";
import type { Place } from "../../inference/place.js";
import { surveyWeights } from "../../models/weights/weight-files.js";
import { loadStoredRecipe } from "../../recipes/load-recipe.js";
import { validate } from "../../recipes/validate.js";
import { STUDIO_FOLDER } from "../../runs/adapt-options.js";
import { adaptToPlace } from "../../runs/adapt-to-place.js";
import { adaptationSchema, hasPlaceRows } from "../../runs/adaptation-record.js";
import { calibrationFile, readShiftRule } from "../../runs/calibration.js";
import { describeAdaptation } from "../../runs/describe-adaptation.js";
import { readMetadata } from "../../runs/model-metadata.js";
import { RunError } from "../../runs/run-error.js";
import { RunFolder } from "../../runs/run-folder.js";
import { readEventPictures } from "../../training/events/event-pictures.js";
import { torchGraphs } from "./torch-graphs.js";

export interface StudioRunOptions {
  /** Whose statistics the exported model takes; null: each picture decides where the run is calibrated, and otherwise those of training. */
  readonly normalize: TestNormalization | null;
  readonly place: Place | null;
  /** What computes: the page, or libtorch in this process. Default: the page. */
  readonly engine?: "page" | "torch";
}

/** @throws RunError where a path is neither; ExportedModelError, RecipeError where it cannot be read */
export async function openStudioRun(path: string, asked: StudioRunOptions): Promise<StudioRun> {
  if (existsSync(join(path, EXPORT_FILE))) return openExported(path);
  const folder = new RunFolder(path);
  if (!existsSync(path) || !folder.exists)
    throw new RunError(path, "is neither the folder of a run nor that of an exported model");
  const recipe = await loadStoredRecipe(folder.recipe);
  const weights = () => ["best", "last"].map((which) => folder.model(which as "best")).find(existsSync);
  const options = { ...asked, normalize: asked.normalize ?? bestFor(weights()) };
  const target = () => join(path, STUDIO_FOLDER, `model-${keyOf(weights(), options)}`);
  let making: Promise<string> | null = null;
  const make = async (onProgress: (text: string) => void): Promise<string> => {
    const out = target();
    if (existsSync(out)) return out;
    makeFolder(join(path, STUDIO_FOLDER));
    const { normalize, place } = options;
    await exportRun(path, {
      normalize,
      place,
      out,
      verify: false,
      onProgress: ({ part }) => onProgress(part),
    });
    return out;
  };
  return {
    name: basename(resolve(path)),
    path,
    method: recipe.method.name,
    unfinished: () =>
      weights() === undefined ? "it is not finished: no weights were saved yet; follow it meanwhile" : null,
    exported: () => (weights() !== undefined && existsSync(target()) ? target() : null),
    model: (onProgress) => {
      making ??= make(onProgress).finally(() => {
        making = null;
      });
      return making;
    },
    events: existsSync(folder.events) || weights() === undefined ? folder.events : null,
    training: () => trainingOf(folder, recipe.length.steps ?? null),
    validation: validationOf(folder),
    evaluations: () => evaluationsOf(path, weights()),
    inspection: () => inspectionOf(path),
    compute: options.engine === "torch" ? torchGraphs(path, options) : null,
    goesOn: goesOnFrom(folder),
    adapt: (task) => adaptRun(path, task, options),
  };
}

/** What `StudioRunOptions` has where it names nothing, which is all that is asked of a run from here on. */
type Shown = StudioRunOptions & { readonly normalize: TestNormalization };

const trained = { kind: "trained" } as const;

/** Pictures decide where a rule is known. @param weights a file; absent while there is none */
function bestFor(weights: string | undefined): TestNormalization {
  if (weights === undefined) return trained;
  try {
    readShiftRule({ file: weights, ...readMetadata(weights, surveyWeights(weights).metadata) });
    return { kind: "image", weight: "auto" };
  } catch {
    // Weights that are damaged are told of where they are shown.
    return trained;
  }
}

function openExported(path: string): StudioRun {
  const file = join(path, EXPORT_FILE);
  const model = parseExportedModel(readJsonFile(file, 64 * 2 ** 20), file);
  if (model.graphs.kind === "single")
    throw new RunError(
      path,
      "is an exported model of a single graph, whose memory cannot be looked into: export the run again without --single, or name the run itself",
    );
  return {
    name: model.name,
    path,
    method: model.provenance.method,
    unfinished: () => null,
    exported: () => path,
    model: async () => path,
    events: null,
    training: () => null,
    validation: async () => [],
    evaluations: () => [],
    inspection: () => null,
    compute: null,
    goesOn: false,
    adapt: null,
  };
}

/** Its lock says whether a process trains, its last weights whether it is finished. */
function trainingOf(folder: RunFolder, steps: number | null): TrainingState | null {
  if (!existsSync(folder.events) && !folder.isTraining) return null;
  const state = folder.isTraining ? "running" : existsSync(folder.model("last")) ? "finished" : "stopped";
  const isTold = state === "stopped" && existsSync(folder.diagnostics);
  return { state, steps, trouble: isTold ? folder.diagnostics : null };
}

/** Read anew where the event files have grown. */
function validationOf(folder: RunFolder): () => Promise<readonly ValidationFile[]> {
  let known = "";
  let reading: Promise<readonly ValidationFile[]> = Promise.resolve([]);
  return () => {
    const files = existsSync(folder.tensorboard) ? readdirSync(folder.tensorboard).sort() : [];
    const now = files.map((name) => `${name}:${statSync(join(folder.tensorboard, name)).size}`).join();
    if (now !== known) reading = readEventPictures(folder.tensorboard);
    known = now;
    // The memory's rows are drawn by the page itself.
    return reading.then((pictures) => pictures.filter(({ name }) => !name.startsWith("memory/")));
  };
}

/** Other weights, or another normalization, are another model. */
function keyOf(file: string | undefined, { normalize, place }: Shown): string {
  const versionOf = (path: string | undefined) => {
    const { size, mtimeMs } =
      path !== undefined && existsSync(path) ? statSync(path) : { size: 0, mtimeMs: 0 };
    return [size, mtimeMs];
  };
  const decides = normalize.kind === "image" && normalize.weight === "auto";
  const rule = file !== undefined && decides ? versionOf(calibrationFile(file)) : [];
  return createHash("sha256")
    .update(JSON.stringify([file && basename(file), ...versionOf(file), { normalize, place }, ...rule]))
    .digest("hex")
    .slice(0, 12);
}

/** Those of the weights that are shown, whole, that can be read. They may end on a public page. */
function evaluationsOf(path: string, weights: string | undefined): SiteEvaluation[] {
  const folder = join(path, "evaluations");
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => name.endsWith(".json"))
    .flatMap((name) => {
      try {
        const { run, shard, date, protocol, domains } = readResult(join(folder, name));
        if (shard !== null || (weights !== undefined && basename(run.file) !== basename(weights))) return [];
        const scores = domains.map(({ name, images, meanIoU, classIoU }) => ({
          name,
          images,
          meanIoU,
          classIoU,
        }));
        return [withoutPaths({ date, protocol, domains: scores }) as SiteEvaluation];
      } catch {
        return []; // Half written, or of a newer version.
      }
    });
}

/** The map alone: all figures of it may be many megabytes. No path of this machine leaves with it. */
function inspectionOf(path: string): unknown {
  const file = join(path, "inspection", INSPECTION_FILE);
  if (!existsSync(file)) return null;
  try {
    const { format, figures } = readJsonFile(file, 64 * 2 ** 20) as Inspection;
    return format === INSPECTION_FORMAT && figures.embedding
      ? { format, figures: { embedding: figures.embedding } }
      : null;
  } catch {
    return null; // Half written, or none.
  }
}

const goesOnFrom = ({ adaptation }: RunFolder): boolean =>
  existsSync(adaptation) && hasPlaceRows(validate(adaptationSchema, readJsonFile(adaptation), adaptation));

/** As `pinmem adapt` with pictures and labels in folders, which stay beside the run that it makes. */
async function adaptRun(
  path: string,
  { name, vote, own, pictures }: AdaptTask,
  options: Shown,
): Promise<Saved> {
  const out = join(path, STUDIO_FOLDER, name);
  const place = join(path, STUDIO_FOLDER, `${name}-place`);
  if (existsSync(out) || existsSync(place)) throw new RunError(out, "is there already; choose another name");
  const [images, labels] = [join(place, "images"), join(place, "labels")];
  const lines: string[] = [];
  const weight = own === "auto" ? 0 : own;
  try {
    makeFolder(images);
    mkdirSync(labels);
    for (const { file, image, label } of pictures) {
      writing(images, () => writeFileSync(join(images, file), image));
      writing(labels, () => writeFileSync(join(labels, file.replace(/\.\w+$/, ".png")), label));
    }
    const count = pictures.length;
    const { record } = await adaptToPlace(path, {
      images,
      labels,
      out,
      // All of it as the page shows it, so that nothing is left to be chosen.
      weight: 0,
      own: weight,
      vote,
      classifier: 0,
      logitAdjustment: 0,
      shots: count,
      limit: count,
    });
    lines.push(...describeAdaptation(record), ...notesOn(own, options));
  } catch (error) {
    rmSync(place, { recursive: true, force: true });
    throw error;
  }
  return { out, lines, run: await openStudioRun(out, { ...options, normalize: shownAs(weight, options) }) };
}

/** A run that was saved begins with the weight of own statistics that it was saved with. */
const shownAs = (own: number, { normalize }: Shown): TestNormalization =>
  normalize.kind === "image" ? { kind: "image", weight: own } : normalize;

/** What an adapted run cannot hold: statistics of pictures that it was not adapted with, and pictures that decide. */
function notesOn(own: number | "auto", { normalize }: Shown): string[] {
  const from = "note: it has the statistics of training, and its rows are written with them:";
  if (normalize.kind === "place") return [`${from} those of ${normalize.place} count in this page alone`];
  return own === "auto" ? [`${from} that each picture decides counts in this page alone`] : [];
}
