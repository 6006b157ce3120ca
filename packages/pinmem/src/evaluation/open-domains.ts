// Domains by the names that people type: "cityscapes", "acdc:night", "streets:fog", "camvid=/data/camvid", "recipe".
//
// Where a data set lies is told by the name itself (=ROOT), else by a file of data sets, else by the folder in PINMEM_DATA,
// which has one subfolder for each. The file is JSON: names of one's own choice, each a root or an entry as in recipes.

import { existsSync } from "node:fs";
import { dirname, join, resolve, sep } from "node:path";
import { closest, IGNORE_INDEX, type LabelSpace } from "@pinmem/core";
import { streetDomains } from "@pinmem/streets";
import { z } from "zod";
import { datasetDefinition, datasetNames } from "../datasets/sets/index.js";
import { readJsonFile } from "../files/json-file.js";
import { type DatasetConfig, datasetSchema } from "../recipes/data.js";
import { openDatasetOf } from "../recipes/open-data.js";
import type { Recipe } from "../recipes/recipe.js";
import { validate } from "../recipes/validate.js";
import type { AdaptationRecord } from "../runs/adaptation-record.js";
import type { EvaluationDomain } from "./evaluate-run-options.js";
import { fittedPictures } from "./open-domains-fitted.js";

/** A domain that cannot be found; says what there is. */
export class DomainError extends Error {
  override readonly name = "DomainError";
}

/** A domain, and what of it the run was fitted on when it was adapted. */
export interface OpenedDomain extends EvaluationDomain {
  /** So many of its pictures had the labels that the run was adapted with: it is not unseen then. */
  readonly fitted: number;
}

export interface DomainSources {
  /** Entries of a file of data sets, by name. */
  readonly entries?: Readonly<Record<string, DatasetConfig>>;
  /** A folder with one subfolder for each data set. */
  readonly folder?: string | undefined;
  /** Of each domain at most so many images, spread evenly over it. */
  readonly limit?: number | undefined;
}

/** Scenes of a streets domain that is asked for by its name alone; training and validation have other seeds. */
const streetsDefaults = { count: 50, seed: 1000, width: 256, height: 128 } as const;

/** Groups of a recipe's own domains. */
const groups = {
  recipe: ({ data }: Recipe) => data.targets,
  targets: ({ data }: Recipe) => data.targets,
  validation: ({ data }: Recipe) => data.validation,
  sources: ({ data }: Recipe) => data.sources,
} as const;
const groupNames = Object.keys(groups);

/**
 * Opens domains for a run.
 * @param names as typed, such as "streets:night" or "camvid=/data/camvid"; "recipe" stands for all targets of the recipe, "validation" and "sources" for those
 * @throws DomainError where a name is unknown, has no root, or shares no class with the network; DataError where files are
 *   missing
 */
export async function openDomains(
  names: readonly string[],
  {
    recipe,
    space,
    adaptation,
  }: {
    readonly recipe: Recipe;
    readonly space: LabelSpace;
    readonly adaptation?: AdaptationRecord | null;
  },
  { entries = {}, folder, limit }: DomainSources = {},
): Promise<OpenedDomain[]> {
  const wanted = names.flatMap((name) => {
    if (!groupNames.includes(name)) {
      return [{ name: plainName(name), config: configOf(name, { entries, folder }) }];
    }
    const configs = groups[name as keyof typeof groups](recipe);
    if (configs.length === 0) {
      throw new DomainError(
        `the recipe "${recipe.name}" has no ${name === "validation" ? "validation domains" : "targets"}; name data sets with \`domains\`, such as streets:night`,
      );
    }
    return configs.map((config) => ({ name: nameOf(config), config }));
  });
  const countFitted = await fittedPictures(adaptation, space);
  const domains: OpenedDomain[] = [];
  for (const { name, config } of distinct(wanted)) {
    const limited = limit === undefined ? config : { ...config, limit };
    const dataset = await openDatasetOf(limited, space);
    const own = "root" in config && datasetDefinition(config.name).ownDecoding;
    if (!own && space.fromCityscapes.every((id) => id === IGNORE_INDEX)) {
      throw new DomainError(
        `${name} is labeled with Cityscapes' classes, of which the network's label space "${space.name}" has none (its classes: ${space.classes.map((one) => one.name).join(", ")}); evaluate on data of that space, with \`domains\` folder=ROOT`,
      );
    }
    const fitted = countFitted(dataset);
    domains.push({ name, dataset, role: fitted > 0 ? "source" : roleOf(config, recipe), fitted });
  }
  return domains;
}

/** Reads a file of data sets; relative roots start at its folder. @throws DataError, RecipeError, DomainError */
export function readDataFile(file: string): Record<string, DatasetConfig> {
  const entries = validate(z.record(z.string(), z.unknown()), readJsonFile(file), file);
  return Object.fromEntries(
    Object.entries(entries).map(([name, entry]) => {
      const { set, subset, part } = split(name);
      const config = validate(
        datasetSchema,
        typeof entry === "string"
          ? { name: set, root: entry, ...variant(set, subset), ...splitOf(set, part) }
          : entry,
        `${file}: ${name}`,
      );
      return [name, "root" in config ? { ...config, root: resolve(dirname(file), config.root) } : config];
    }),
  );
}

function configOf(
  text: string,
  { entries, folder }: { entries: Readonly<Record<string, DatasetConfig>>; folder: string | undefined },
): DatasetConfig {
  const equals = text.indexOf("=");
  const [name, root] = equals < 0 ? [text, undefined] : [text.slice(0, equals), text.slice(equals + 1)];
  const entry = Object.hasOwn(entries, name) ? entries[name] : undefined;
  if (entry && root === undefined) return entry;
  const { set, subset, part } = split(name);
  if (set === "streets") return streetsConfig(subset, root);
  if (!datasetNames.includes(set)) throw unknown(name, Object.keys(entries));
  const { subsets = [], mappings = [] } = datasetDefinition(set);
  const variants = [...subsets, ...mappings];
  if (subset !== undefined && !variants.includes(subset)) {
    const known = variants.length > 0 ? `; it has ${variants.join(", ")}` : ", nor any other";
    const what = mappings.length > 0 ? "mapping" : "subset";
    throw new DomainError(`${set} has no ${what} "${subset}"${hint(subset, variants)}${known}`);
  }
  // Of a place of one's own, a few pictures may have labels.
  const unpaired = datasetDefinition(set).ownDecoding ? "skip" : "error";
  return datasetSchema.parse({
    name: set,
    root: root ?? rootOf(set, entries, folder),
    unpaired,
    ...variant(set, subset),
    ...splitOf(set, part),
  });
}

function streetsConfig(domain: string | undefined, root: string | undefined): DatasetConfig {
  const known = streetDomains.map(({ name }) => name);
  if (root !== undefined) throw new DomainError("streets are rendered and lie in no folder; leave =ROOT out");
  if (domain === undefined || !known.includes(domain)) {
    const what =
      domain === undefined ? "streets needs a domain" : `there is no domain "${domain}" of streets`;
    throw new DomainError(
      `${what}${domain === undefined ? "" : hint(domain, known)}; write streets:NAME with one of ${known.join(", ")}`,
    );
  }
  return datasetSchema.parse({ name: "streets", domain, ...streetsDefaults });
}

function rootOf(
  set: string,
  entries: Readonly<Record<string, DatasetConfig>>,
  folder: string | undefined,
): string {
  const entry = Object.hasOwn(entries, set) ? entries[set] : undefined;
  if (entry && "root" in entry) return entry.root;
  if (folder !== undefined && existsSync(join(folder, set))) return join(folder, set);
  const where =
    folder === undefined
      ? "or set PINMEM_DATA to a folder that holds it"
      : `or put it into ${join(folder, set)} (PINMEM_DATA)`;
  throw new DomainError(
    `where is ${set}? Write ${set}=ROOT, list it in \`entries\`, ${where}; it can be had at ${datasetDefinition(set).homepage}`,
  );
}

/** What stands behind the colon: a subset, or a mapping of a data set that has several. */
function variant(set: string, word: string | undefined): { subset?: string; mapping?: string } {
  if (word === undefined || word === "") return {};
  const mappings = datasetNames.includes(set) ? datasetDefinition(set).mappings : undefined;
  return mappings?.includes(word) ? { mapping: word } : { subset: word };
}

/** The split that is named, or else that for validation, where the files themselves tell it from training. */
function splitOf(set: string, part: string | undefined): { split?: string } {
  const known = datasetNames.includes(set) ? Object.keys(datasetDefinition(set).splits) : [];
  const choice = part ?? (known[0] === "train" ? "val" : undefined);
  return choice === undefined ? {} : { split: choice };
}

/** "acdc:night@train" is the set acdc, its subset night, its split train. */
function split(name: string): { set: string; subset: string | undefined; part: string | undefined } {
  const [, set = name, subset, part] = /^([^:@]+)(?::([^@]+))?(?:@(.+))?$/.exec(name) ?? [];
  return { set, subset, part };
}

function unknown(name: string, entries: readonly string[]): DomainError {
  const known = [
    ...entries,
    ...groupNames,
    ...datasetNames,
    ...streetDomains.map((domain) => `streets:${domain.name}`),
  ];
  const scene = closest(
    name,
    streetDomains.map((domain) => domain.name),
  );
  const meant = closest(name, known) ?? (scene && `streets:${scene}`);
  const remedy = meant
    ? `did you mean "${meant}"?`
    : `there are ${[...datasetNames, "streets:NAME", ...groupNames].join(", ")}`;
  return new DomainError(`there is no data set "${name}"; ${remedy}`);
}

function hint(word: string, known: readonly string[]): string {
  const meant = closest(word, known);
  return meant ? ` (did you mean "${meant}"?)` : "";
}

const nameOf = (config: DatasetConfig): string => {
  if ("domain" in config) return `streets:${config.domain}`;
  if ("as" in config) return config.as;
  const variant = config.subset ?? config.mapping;
  return variant === undefined ? config.name : `${config.name}:${variant}`;
};

/** What was asked for, without the root. */
const plainName = (name: string): string => name.split("=")[0] as string;

interface Named {
  readonly name: string;
  readonly config: DatasetConfig;
}

/** Folders of one's own by the end of their path where there are several; what is called alike even then is numbered. */
function distinct(wanted: readonly Named[]): Named[] {
  const alike = (one: Named, other: Named) => one.name === other.name;
  const seen = new Map<string, number>();
  const byFolder = wanted.map((one) =>
    wanted.filter((other) => alike(one, other)).length > 1 ? { ...one, name: withFolder(one, wanted) } : one,
  );
  return byFolder.map((one) => {
    const turn = (seen.get(one.name) ?? 0) + 1;
    seen.set(one.name, turn);
    return turn > 1 ? { ...one, name: `${one.name} (${turn})` } : one;
  });
}

/** "folder=north", or "folder=autumn/north" where others end in "north" too. */
function withFolder({ name, config }: Named, wanted: readonly Named[]): string {
  if (!isOwnFolder(config)) return name;
  const ends = (one: { root: string }, parts: number) => resolve(one.root).split(sep).slice(-parts).join("/");
  const others = wanted
    .map((one) => one.config)
    .filter(isOwnFolder)
    .filter(({ root }) => resolve(root) !== resolve(config.root));
  const parts = others.some((other) => ends(other, 1) === ends(config, 1)) ? 2 : 1;
  return `${name}=${ends(config, parts)}`;
}

const isOwnFolder = (config: DatasetConfig): config is Extract<DatasetConfig, { root: string }> =>
  "root" in config && datasetDefinition(config.name).ownDecoding !== undefined;

/** A folder of one's own is what lies there; published data sets are the same wherever they lie. */
function liesAlike(one: DatasetConfig, other: DatasetConfig): boolean {
  if (!("root" in one && "root" in other) || !datasetDefinition(one.name).ownDecoding) return true;
  return resolve(one.root) === resolve(other.root);
}

function roleOf(config: DatasetConfig, { data }: Recipe): EvaluationDomain["role"] {
  const alike = (other: DatasetConfig) => nameOf(other) === nameOf(config) && liesAlike(other, config);
  if ([...data.sources, ...data.validation].some(alike)) return "source";
  return data.targets.some(alike) ? "target" : null;
}
