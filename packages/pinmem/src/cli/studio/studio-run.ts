// A run, or an exported model, as the studio's server is handed it. The run's folder is only read, but for its `studio` folder.

import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { EXPORT_FILE, parseExportedModel, type TestNormalization } from "@pinmem/core/formats";
import type { AdaptTask, StudioRun } from "@pinmem/studio";
import { readResult } from "../../evaluation/result-file.js";
import { exportRun } from "../../export/export-run.js";
import { readJsonFile } from "../../files/json-file.js";
import { makeFolder } from "../../files/output-folder.js";
import { writing } from "../../files/write-error.js";
import type { Place } from "../../inference/place.js";
import { loadStoredRecipe } from "../../recipes/load-recipe.js";
import { STUDIO_FOLDER } from "../../runs/adapt-options.js";
import { adaptToPlace } from "../../runs/adapt-to-place.js";
import { describeAdaptation } from "../../runs/describe-adaptation.js";
import { RunError } from "../../runs/run-error.js";
import { RunFolder } from "../../runs/run-folder.js";

export interface StudioRunOptions {
  /** Whose statistics the exported model takes. */
  readonly normalize: TestNormalization;
  readonly place: Place | null;
}

/** @throws RunError where a path is neither; ExportedModelError, RecipeError where it cannot be read */
export async function openStudioRun(path: string, options: StudioRunOptions): Promise<StudioRun> {
  if (existsSync(join(path, EXPORT_FILE))) return openExported(path);
  const folder = new RunFolder(path);
  if (!existsSync(path) || !folder.exists)
    throw new RunError(path, "is neither the folder of a run nor that of an exported model");
  const recipe = await loadStoredRecipe(folder.recipe);
  const weights = () => ["best", "last"].map((which) => folder.model(which as "best")).find(existsSync);
  const target = () => join(path, STUDIO_FOLDER, `model-${keyOf(weights(), options)}`);
  let making: Promise<string> | null = null;
  const make = async (onProgress: (text: string) => void): Promise<string> => {
    const out = target();
    if (existsSync(out)) return out;
    makeFolder(join(path, STUDIO_FOLDER));
    await exportRun(path, { ...options, out, verify: false, onProgress: ({ part }) => onProgress(part) });
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
    evaluations: () => evaluationsOf(path),
    adapt: (task) => adaptRun(path, task),
  };
}

function openExported(path: string): StudioRun {
  const file = join(path, EXPORT_FILE);
  const model = parseExportedModel(readJsonFile(file, 64 * 2 ** 20), file);
  return {
    name: model.name,
    path,
    method: model.provenance.method,
    unfinished: () => null,
    exported: () => path,
    model: async () => path,
    events: null,
    evaluations: () => [],
    adapt: null,
  };
}

/** Other weights, or another normalization, are another model. */
function keyOf(file: string | undefined, options: StudioRunOptions): string {
  const { size, mtimeMs } = file === undefined ? { size: 0, mtimeMs: 0 } : statSync(file);
  return createHash("sha256")
    .update(JSON.stringify([file && basename(file), size, mtimeMs, options]))
    .digest("hex")
    .slice(0, 12);
}

/** Those that can be read. */
function evaluationsOf(path: string): unknown[] {
  const folder = join(path, "evaluations");
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => name.endsWith(".json"))
    .flatMap((name) => {
      try {
        return [readResult(join(folder, name))];
      } catch {
        return []; // Half written, or of a newer version.
      }
    });
}

/** As `pinmem adapt` with pictures and labels in folders, which stay beside the run that it makes. */
async function adaptRun(path: string, { name, vote, pictures }: AdaptTask) {
  const out = join(path, STUDIO_FOLDER, name);
  const place = join(path, STUDIO_FOLDER, `${name}-place`);
  if (existsSync(out) || existsSync(place)) throw new RunError(out, "is there already; choose another name");
  const [images, labels] = [join(place, "images"), join(place, "labels")];
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
      weight: 0,
      vote,
      shots: count,
      limit: count,
    });
    return { out, lines: describeAdaptation(record) };
  } catch (error) {
    rmSync(place, { recursive: true, force: true });
    throw error;
  }
}
