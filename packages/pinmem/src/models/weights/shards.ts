// Weights in several files: Hugging Face cuts large ones into shards, and an index says which file holds which tensor.
//
// Source: `model.safetensors.index.json` as huggingface_hub writes it.

import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { z } from "zod";
import { readJsonFile } from "../../files/json-file.js";
import { WeightsError } from "./weights-error.js";

const LARGEST = 64 * 2 ** 20;

const indexSchema = z.object({ weight_map: z.record(z.string(), z.string()) });

/** The file of each tensor, by its name. */
export type ShardIndex = ReadonlyMap<string, string>;

export const isShardIndex = (file: string): boolean => file.endsWith(".index.json");

/**
 * Reads an index, and looks whether all files are there.
 * @throws WeightsError naming the files that are missing
 */
export function readShardIndex(file: string): ShardIndex {
  let content: unknown;
  try {
    content = readJsonFile(file, LARGEST);
  } catch (error) {
    if (startsAsPage(file))
      throw new WeightsError(file, `is a web page and no index of weights: ${gated}`, { cause: error });
    throw new WeightsError(file, `cannot be read as an index of weights: ${(error as Error).message}`, {
      cause: error,
    });
  }
  const parsed = indexSchema.safeParse(content);
  if (!parsed.success)
    throw new WeightsError(file, "is no index of weights: it has no weight_map of names and files");
  const shards = new Map(Object.entries(parsed.data.weight_map));
  const outside = [...shards.values()].find((shard) => /[\\/]/.test(shard));
  if (outside !== undefined)
    throw new WeightsError(file, `names the file ${outside}, which does not lie beside it`);
  const index = [...shards.values()].find(isShardIndex);
  if (index !== undefined)
    throw new WeightsError(file, `names another index in place of a file of weights: ${index}`);
  const missing = [...new Set(shards.values())].filter((shard) => !existsSync(join(dirname(file), shard)));
  if (missing.length > 0) {
    throw new WeightsError(
      file,
      `${missing.length} of the files that it names ${missing.length === 1 ? "is" : "are"} missing: ${missing.join(", ")}. ` +
        "Download all of them into its folder",
    );
  }
  return new Map([...shards].map(([name, shard]) => [name, join(dirname(file), shard)]));
}

/** What to do where a page or a refusal came in place of a file; the end of a sentence. */
export const gated =
  "where a license has to be accepted first, sign in at huggingface.co, accept it on the model's page, and download the file again";

/** Whether a file is by its name one of several. */
export const isShard = (file: string): boolean => /-\d{5}-of-\d{5}\.safetensors$/.test(file);

const startsAsPage = (file: string): boolean =>
  existsSync(file) && /^\s*<(!doctype|html)/i.test(readFileSync(file, "utf8").slice(0, 100));

/** The shards of an index, each once; of any other file, the file. */
export const filesOf = (file: string): string[] =>
  isShardIndex(file) ? [...new Set(readShardIndex(file).values())].sort() : [file];
