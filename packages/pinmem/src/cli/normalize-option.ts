// `--normalize`: whose statistics batch norm takes, and runs opened with them.

import { InvalidArgumentError, Option } from "commander";
import { visible } from "../files/visible.js";
import type { Place } from "../inference/place.js";
import type { Normalization } from "../runs/open-normalized.js";
import type { OpenRun, OpenRunOptions } from "../runs/open-run.js";
import { inFlags } from "./in-flags.js";
import { progress } from "./running.js";

/** As it was typed. */
export type NormalizeFlag =
  | { readonly kind: "trained" }
  | { readonly kind: "image"; readonly weight: number | "auto" }
  | { readonly kind: "place"; readonly folder: string; readonly weight?: number | "auto" };

/** @param otherwise what is taken where nothing is said */
export const normalizeOption = (otherwise = "trained"): Option =>
  new Option(
    "--normalize <statistics>",
    "of batch norm: trained, or as the run was adapted; image:W to mix in each picture's own with weight W, such as image:0.3, or auto, as " +
      "the picture needs it (after pinmem calibrate; a run that was adapted stays as it is); place:FOLDER:W those of a folder of pictures, or " +
      `place:FOLDER:auto (default: ${otherwise})`,
  ).argParser(parse);

function parse(text: string): NormalizeFlag {
  if (text === "trained") return { kind: "trained" };
  const [, kind, rest = ""] = /^(image|place):(.+)$/s.exec(text) ?? [];
  if (kind === "image" && rest === "auto") return { kind, weight: "auto" };
  if (kind === "image" && isWeight(rest)) return { kind, weight: Number(rest) };
  if (kind === "place") {
    const [, folder = rest, weight] = /^(.+):(auto|\d*\.?\d+)$/s.exec(rest) ?? [];
    if (weight === undefined) return { kind, folder };
    if (weight === "auto") return { kind, folder, weight };
    if (isWeight(weight)) return { kind, folder, weight: Number(weight) };
  }
  throw new InvalidArgumentError(
    "It must be trained, image:W or place:FOLDER:W, with W a number from 0 to 1, or auto.",
  );
}

const isWeight = (text: string): boolean => /^\d*\.?\d+$/.test(text) && Number(text) <= 1;

/** Pictures of a place that cannot be read are left out, with a warning. @throws DataError where the folder holds none that can */
export async function normalizationOf(flag: NormalizeFlag = { kind: "trained" }): Promise<Normalization> {
  if (flag.kind !== "place") return { normalize: flag, place: null };
  const [{ findPlace, PLACE_WEIGHT }, { normalizationAt }] = await Promise.all([
    import("../inference/place.js"),
    import("../runs/open-run.js"),
  ]);
  const place = await withoutBroken(await findPlace(flag.folder));
  return { normalize: normalizationAt(place, flag.weight ?? PLACE_WEIGHT), place };
}

async function withoutBroken(place: Place): Promise<Place> {
  const [{ brokenPictures }, { DataError }] = await Promise.all([
    import("../images/readable.js"),
    import("../files/data-error.js"),
  ]);
  const broken = await brokenPictures(place.files);
  const [first] = broken;
  if (!first) return place;
  for (const { file, problem } of broken)
    console.error(visible(`left out of ${place.name}: ${file}: ${inFlags(problem)}`));
  const files = place.files.filter((file) => !broken.some((one) => one.file === file));
  if (files.length > 0) return { ...place, files };
  throw new DataError(first.file, `${first.problem}; no picture of ${place.name} is left`);
}

/** Opens a run so; of a place it tells how many pictures were looked at. */
export async function openNormalized(
  path: string,
  normalization: Normalization,
  options: Omit<OpenRunOptions, "normalize"> = {},
): Promise<OpenRun> {
  const { openNormalized: open } = await import("../runs/open-normalized.js");
  const { place } = normalization;
  const run = await open(path, normalization, {
    ...options,
    ...(place && { onPicture: progress(`pictures of ${place.name}:`) }),
  });
  const { normalize } = normalization;
  if (run.adaptation && [ownOf(normalize), options.vote, options.logitAdjustment].includes("auto"))
    console.error(`${path} was adapted to a place: auto leaves it as it was adapted`);
  if (normalize.kind === "place" && normalize.weight === "auto")
    console.error(
      `${path}: statistics of ${normalize.place} with weight ${run.placeWeight}${run.normalization ? `, each picture's own with ${run.normalization.weight}` : ""}, as its pictures need`,
    );
  return run;
}

const ownOf = (normalize: Normalization["normalize"]) => normalize.kind === "image" && normalize.weight;
