// Golden files: figures that the official code computed for weights and inputs given by formula (formula.ts). A case has
// the figures of one network, in double precision (the truth) and single precision (whose distance from the truth is the
// noise to allow); a key list has every name and shape of a network's state dict.

import { readFileSync, statSync } from "node:fs";
import { basename } from "node:path";
import { z } from "zod";
import { type FoundationFile, parseFoundationFile } from "./foundation/files.js";

/** Nested figures of one section, as the file has them. */
export type Expected =
  | number
  | string
  | boolean
  | null
  | readonly Expected[]
  | { readonly [name: string]: Expected };

const expected: z.ZodType<Expected> = z.json();
const sections = z.record(z.string(), expected);

const configSchema = z.looseObject({
  /** The official code's constructor, such as "network.deepv3plus.DeepR50V3PlusD". */
  arch: z.string(),
  memory: z.boolean(),
  hw: z.tuple([z.int().min(1).max(4096), z.int().min(1).max(4096)]),
  wt_layer: z.array(z.int()).length(7).optional(),
  wt_reg_weight: z.number().optional(),
  relax_denom: z.number().optional(),
  gumbel: z.boolean().optional(),
});

const caseSchema = z.object({
  case: z.string(),
  config: configSchema,
  recipe: z.record(z.string(), z.string()),
  f64: sections,
  f32: sections,
});

const keysSchema = z.object({
  arch: z.string(),
  memory: z.boolean(),
  wt_layer: z.array(z.int()).length(7).optional(),
  trainable: z.array(z.string()),
  state_dict: z.array(z.tuple([z.string(), z.array(z.int())])),
});

export type CaseConfig = z.output<typeof configSchema>;
export type CaseFile = z.output<typeof caseSchema> & { readonly kind: "case" };
export type KeyList = z.output<typeof keysSchema> & { readonly kind: "keys"; readonly case: string };

/** A file that is no golden file, or a damaged one. */
export class GoldenFileError extends Error {
  override readonly name = "GoldenFileError";
}

const LARGEST = 256 * 2 ** 20;

/** @throws DataError, GoldenFileError saying what is wrong with the file */
export function readGoldenFile(path: string): CaseFile | KeyList | FoundationFile {
  return parseGoldenFile(readJson(path), path);
}

function readJson(path: string): unknown {
  try {
    const { size } = statSync(path);
    if (size > LARGEST) throw new Error(`it has ${size} bytes; at most ${LARGEST} are read`);
    return JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    throw new GoldenFileError(`${path}: cannot be read as JSON: ${(error as Error).message}`);
  }
}

/** @throws GoldenFileError naming the field that is wrong */
export function parseGoldenFile(content: unknown, path: string): CaseFile | KeyList | FoundationFile {
  const foundation = parseFoundationFile(content, basename(path, ".json"));
  if (foundation) {
    if ("data" in foundation) return foundation.data;
    throw damaged(foundation.error, path);
  }
  const isKeyList = typeof content === "object" && content !== null && "state_dict" in content;
  const parsed = (isKeyList ? keysSchema : caseSchema).safeParse(content);
  if (parsed.error) throw damaged(parsed.error, path);
  return "state_dict" in parsed.data
    ? { ...parsed.data, kind: "keys", case: basename(path, ".json") }
    : { ...parsed.data, kind: "case" };
}

function damaged({ issues: [issue] }: z.ZodError, path: string): GoldenFileError {
  const field = issue?.path.join(".") || "it";
  return new GoldenFileError(`${path}: not a golden file: ${field}: ${issue?.message}`);
}

const patterns = {
  learningRate: /(?:^|, )lr ([\d.e-]+)/,
  sgdMomentum: /SGD momentum ([\d.e-]+)/,
  weightDecay: /weight_decay ([\d.e-]+)/,
  innerLearningRate: /inner_lr ([\d.e-]+)/,
  auxiliary: /aux ([\d.e-]+)/,
  cohesion: /read ([\d.e-]+)/,
  divergence: /div ([\d.e-]+)/,
  classification: /cls ([\d.e-]+)/,
  memoryMomentum: /memory momentum ([\d.e-]+)/,
  temperature: /temperature ([\d.e-]+)/,
} as const;

export type HyperParameters = Readonly<Record<keyof typeof patterns, number>>;

/** The numbers in the sentence `recipe.hyper`. @throws GoldenFileError naming one that is not there */
export function hyperParameters({ case: name, recipe }: CaseFile): HyperParameters {
  const { hyper = "" } = recipe;
  const found = Object.entries(patterns).map(([parameter, pattern]) => {
    const value = Number(pattern.exec(hyper)?.[1] ?? Number.NaN);
    if (Number.isNaN(value))
      throw new GoldenFileError(`${name}: recipe.hyper does not say ${parameter}: "${hyper}"`);
    return [parameter, value] as const;
  });
  return Object.fromEntries(found) as unknown as HyperParameters;
}
