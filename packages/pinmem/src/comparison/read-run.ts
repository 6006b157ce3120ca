// A run as a report shows it: from its folder with everything in it, or from one file of an evaluation.

import { existsSync, readdirSync, statSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { type Color, cityscapes19 } from "@pinmem/core";
import { type EvaluationResult, ResultError, sameProtocol } from "@pinmem/core/formats";
import { readResult } from "../evaluation/result-file.js";
import { readJsonFile } from "../files/json-file.js";
import { loadStoredRecipe } from "../recipes/load-recipe.js";
import { type Recipe, resolveStoredRecipe } from "../recipes/recipe.js";
import { validate } from "../recipes/validate.js";
import { adaptationSchema } from "../runs/adaptation-record.js";
import { RunError } from "../runs/run-error.js";
import { RunFolder } from "../runs/run-folder.js";
import { asText, readEnvironment } from "./read-environment.js";
import { readEvents, scoreOf } from "./read-events.js";
import { readPictures } from "./read-pictures.js";
import type { Evaluation, RunRecord, TrainingLog } from "./run-record.js";

/** Which weights' scores are taken of a log: the best on source validation, or the last. */
export type Which = "best" | "last";

/**
 * @param path the folder of a run, or a file of an evaluation; one that lies in the folder of a run brings its curves along
 * @param which of a run without evaluations, whose scores are taken from its log
 * @throws RunError, ResultError, RecipeError saying what is wrong with which file
 */
export async function readRun(path: string, which: Which = "best"): Promise<RunRecord> {
  if (!existsSync(path)) {
    throw new RunError(path, "does not exist; give the folder of a run, or a file of an evaluation");
  }
  if (statSync(path).isDirectory()) return readFolder(path, null, which);
  const owner = ownerOf(path);
  if (owner !== null) return readEvaluations(owner, [path], which);
  const result = readWhole(path);
  return {
    path,
    name: basename(path, ".json"),
    recipe: recipeOf(result, path),
    adaptedTo: null,
    colors: colorsOf([result]),
    finished: true,
    log: null,
    starts: [asText(result.environment)],
    evaluations: [asEvaluation(result)],
    pictures: [],
    notes: [],
  };
}

/** The folder of a run that a file of an evaluation lies in; null where it lies in none. */
export function ownerOf(path: string): string | null {
  if (!existsSync(path) || statSync(path).isDirectory()) return null;
  const owner = dirname(dirname(resolve(path)));
  return new RunFolder(owner).exists ? owner : null;
}

/** A run with those of its evaluations alone. @throws as `readRun` */
export const readEvaluations = (
  owner: string,
  files: readonly string[],
  which: Which = "best",
): Promise<RunRecord> => readFolder(owner, files.map(readWhole), which);

function readWhole(path: string): EvaluationResult {
  const result = readResult(path);
  if (!result.shard) return result;
  throw new ResultError(path, `${describeShard(result)}; merge the shards first`);
}

async function readFolder(
  path: string,
  only: readonly EvaluationResult[] | null,
  which: Which,
): Promise<RunRecord> {
  const folder = new RunFolder(path);
  if (!folder.exists) {
    throw new RunError(path, "is not the folder of a run: it holds no recipe.json");
  }
  const recipe = await loadStoredRecipe(folder.recipe);
  const log = await readEvents(folder.events);
  const notes: string[] = [];
  const results = only ?? readResults(path, notes);
  const evaluations =
    results.length > 0
      ? joined(results.map(asEvaluation), notes)
      : scoresWhileTraining(log, which, recipe.validation);
  const finished = existsSync(folder.model("last"));
  if (!finished) notes.push(`the run is not finished: ${log?.lastStep ?? 0} steps so far`);
  if (log && log.damaged > 0) notes.push(`${log.damaged} lines of events.jsonl could not be read`);
  if (evaluations.length === 0) notes.push("there are no scores yet");
  const adaptedTo = readPlace(folder);
  if (adaptedTo !== null) notes.push(`adapted to ${adaptedTo}`);
  const { pictures, problems } = await readPictures(join(path, "inspection"));
  return {
    path,
    name: basename(resolve(path)),
    recipe,
    adaptedTo,
    colors: colorsOf(results),
    finished,
    log,
    starts: readEnvironment(folder.environment),
    evaluations,
    pictures,
    notes: [...notes, ...problems],
  };
}

/** Of an adapted run, its place and what was taken of it. */
function readPlace({ adaptation: file }: RunFolder): string | null {
  if (!existsSync(file)) return null;
  const { images, labels, labeled, pictures, steps } = validate(adaptationSchema, readJsonFile(file), file);
  const place = typeof images === "string" ? images : `${images.length} files`;
  const trained = steps > 0 ? `, ${steps} steps` : "";
  return `${place}: ${pictures} pictures${labels === null ? "" : `, ${labeled} with labels`}${trained}`;
}

function readResults(path: string, notes: string[]): EvaluationResult[] {
  const folder = join(path, "evaluations");
  if (!existsSync(folder)) return [];
  const files = readdirSync(folder).filter((name) => name.endsWith(".json"));
  return files.sort().flatMap((name) => {
    const result = readResult(join(folder, name));
    if (!result.shard) return [result];
    notes.push(`evaluations/${name} ${describeShard(result)} and was left out; merge the shards first`);
    return [];
  });
}

const describeShard = ({ shard }: EvaluationResult): string => `is shard ${shard?.index} of ${shard?.of}`;

function asEvaluation({ run, protocol, domains, date }: EvaluationResult): Evaluation & { date: string } {
  const weights = basename(run.file, ".safetensors");
  return {
    protocol,
    weights,
    step: run.step,
    date,
    domains: domains.map(({ boundaryIoU, role, confusion: _, skipped: __, ...domain }) => ({
      ...domain,
      // What has no part in the recipe was not trained on.
      role: role ?? "target",
      boundaryIoU: boundaryIoU?.meanIoU ?? null,
    })),
  };
}

/**
 * Evaluations of the same weights by the same protocol as one; of a domain that was evaluated twice, the scores over more images, or else
 * the newer ones.
 */
function joined(evaluations: readonly (Evaluation & { date: string })[], notes: string[]): Evaluation[] {
  const groups: Evaluation[] = [];
  for (const { date: _, ...next } of [...evaluations].sort((a, b) => a.date.localeCompare(b.date, "en"))) {
    const same = (one: Evaluation) => one.weights === next.weights && sameWay(one, next);
    const at = groups.findIndex(same);
    const known = groups[at];
    // Weights of one name are others after further steps.
    if (known && known.step !== next.step)
      notes.push(
        `scores of the ${next.weights} weights at step ${known.step} were left out: there are newer ones, at step ${next.step}`,
      );
    const before = known?.step === next.step ? known.domains : [];
    const imagesOf = new Map(before.map(({ dataset, images }) => [dataset, images]));
    const newer = next.domains.filter(({ dataset, images }) => images >= (imagesOf.get(dataset) ?? 0));
    const renewed = new Set(newer.map(({ dataset }) => dataset));
    const together = {
      ...next,
      protocol: known?.protocol ?? next.protocol,
      domains: [...before.filter(({ dataset }) => !renewed.has(dataset)), ...newer],
    };
    if (at < 0) groups.push(together);
    else groups[at] = together;
  }
  return groups;
}

const sameWay = ({ protocol: one }: Evaluation, { protocol: other }: Evaluation): boolean =>
  one && other ? sameProtocol(one, other) : one === other;

/** The scores that training noted when it saved the best, or the last, weights; none where it did not yet. */
export function scoresWhileTraining(
  log: TrainingLog | null,
  which: Which,
  { normalize }: Pick<Recipe["validation"], "normalize">,
): Evaluation[] {
  const all = log?.evaluations ?? [];
  const score = (at: (typeof all)[number]) => scoreOf(at.domains, "source") ?? Number.NEGATIVE_INFINITY;
  const best = all.reduce<(typeof all)[number] | null>(
    (so, next) => (so === null || score(next) > score(so) ? next : so),
    null,
  );
  const validated = best !== null && score(best) > Number.NEGATIVE_INFINITY;
  const chosen = which === "best" && validated ? best : all.at(-1);
  if (!chosen) return [];
  return [
    {
      protocol: null,
      normalize,
      weights: which === "best" && validated ? "best" : "last",
      step: chosen.step,
      domains: chosen.domains,
    },
  ];
}

function recipeOf(result: EvaluationResult, path: string): Recipe {
  return resolveStoredRecipe(result.recipe, `the recipe in ${path}`);
}

function colorsOf(results: readonly EvaluationResult[]): ReadonlyMap<string, Color> {
  const classes = results.length > 0 ? results.flatMap(({ space }) => space.classes) : cityscapes19.classes;
  return new Map(classes.map(({ name, color }) => [name, color]));
}
