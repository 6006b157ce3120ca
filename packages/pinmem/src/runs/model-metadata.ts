// What a file of weights says about its network, so that it can be opened without the folder that it came from.

import type { LabelSpace } from "@pinmem/core";
import { labelSpaceFromJson, labelSpaceToJson, newerFormat } from "@pinmem/core/formats";
import { z } from "zod";
import { type Recipe, resolveStoredRecipe } from "../recipes/recipe.js";
import { RecipeError } from "../recipes/validate.js";
import { type AdaptationRecord, adaptationSchema } from "./adaptation-record.js";
import { RunError } from "./run-error.js";

/** Version of the layout; a file with a larger one was written by a newer version of this package. */
const FORMAT = 1;

export interface ModelMetadata {
  readonly recipe: Recipe;
  readonly space: LabelSpace;
  /** Optimizer steps that the weights have behind them. */
  readonly step: number;
  /** Mean IoU on source validation, 0 to 1; null where there was none. */
  readonly score: number | null;
  /** How the run was adapted to a place, where it was. */
  readonly adaptation: AdaptationRecord | null;
  /** The file that the backbone started from, where it did; null in files of earlier versions too. */
  readonly backboneWeights: BackboneOrigin | null;
}

/** A file of weights that a training started from. */
export interface BackboneOrigin {
  /** Its name, without folders. */
  readonly file: string;
  readonly sha256: string;
}

/** The backbone's file that a run's weights were trained beside and leave what it has to; null where they are whole. */
export const trainedBeside = ({
  recipe: { model },
  backboneWeights,
}: Pick<ModelMetadata, "recipe" | "backboneWeights">): BackboneOrigin | null =>
  model.adapter && model.backboneWeights !== null ? backboneWeights : null;

export const writeMetadata = ({
  recipe,
  space,
  step,
  score,
  adaptation = null,
  backboneWeights = null,
}: Omit<ModelMetadata, "adaptation" | "backboneWeights"> & Partial<ModelMetadata>): Map<string, string> =>
  new Map([
    ["format", String(FORMAT)],
    ["recipe", JSON.stringify(recipe)],
    ["labels", labelSpaceToJson(space)],
    ["step", String(step)],
    ["score", JSON.stringify(score)],
    ...(adaptation ? [["adaptation", JSON.stringify(adaptation)] as const] : []),
    ...(backboneWeights ? [["backboneWeights", JSON.stringify(backboneWeights)] as const] : []),
  ]);

const textSchema = z.object({
  format: z.coerce.number().int().min(1),
  recipe: z.string(),
  labels: z.string(),
  step: z.coerce.number().int().min(0),
  score: z.string().transform((text) => z.number().nullable().parse(JSON.parse(text))),
  adaptation: z
    .string()
    .transform((text) => adaptationSchema.parse(JSON.parse(text)))
    .nullable()
    .default(null),
  backboneWeights: z
    .string()
    .transform(
      (text): BackboneOrigin => z.object({ file: z.string(), sha256: z.string() }).parse(JSON.parse(text)),
    )
    .nullable()
    .default(null),
});

/** @throws RunError where the file was written by something else, or by a newer version */
export function readMetadata(file: string, metadata: ReadonlyMap<string, string>): ModelMetadata {
  const newer = newerFormat(Number(metadata.get("format")), FORMAT);
  if (newer) throw new RunError(file, newer);
  try {
    const { recipe, labels, step, score, adaptation, backboneWeights } = textSchema.parse(
      Object.fromEntries(metadata),
    );
    return {
      recipe: resolveStoredRecipe(JSON.parse(recipe), `the recipe in ${file}`),
      space: labelSpaceFromJson(labels),
      step,
      score,
      adaptation,
      backboneWeights,
    };
  } catch (error) {
    if (error instanceof RecipeError) {
      throw new RunError(file, `cannot be opened by its recipe: ${error.problems.join("; ")}`, {
        cause: error,
      });
    }
    throw new RunError(
      file,
      "does not say which network its weights belong to, so it is no file of a run. `pinmem weights convert` makes one of weights from elsewhere",
      { cause: error },
    );
  }
}
