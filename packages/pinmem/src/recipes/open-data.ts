// The data of a recipe, opened: domains to train on as a stream of batches, domains to evaluate on as data sets.

import { existsSync } from "node:fs";
import { cityscapes19, type LabelSpace } from "@pinmem/core";
import type { Dataset } from "../datasets/dataset.js";
import { readLabelSpace } from "../datasets/label-space-file.js";
import { openNamedDataset } from "../datasets/sets/index.js";
import { streetsDataset } from "../datasets/sets/streets.js";
import { spreadEvenly } from "../loading/check.js";
import { findClassPlaces } from "../loading/class-places.js";
import { Loader, type LoaderOptions } from "../loading/loader.js";
import { domainSampler } from "../loading/sampling.js";
import { Registry } from "../models/registry.js";
import { OwnPartError } from "../training/own-part-error.js";
import { LoaderData } from "../training/training-data.js";
import type { DataConfig, DatasetConfig } from "./data.js";

export interface OpenData {
  readonly space: LabelSpace;
  readonly sources: readonly Dataset[];
  readonly training: LoaderData;
  readonly validation: readonly Dataset[];
  readonly targets: readonly Dataset[];
  close(): Promise<void>;
}

/** Data sets of a program's own, which its recipe lists as `{ name: "custom", as: NAME }`. */
export type GivenDatasets = readonly Dataset[];

const registered = new Registry<() => Dataset | Promise<Dataset>>(
  "data set",
  "registerDataset",
  {},
  "pinmem/training",
);

/**
 * Adds a data set by the name that recipes call it by, `{ name: "custom", as: NAME }`, so that whoever trains or evaluates by them needs no other
 * program. For the command line, in a file that does nothing else: `NODE_OPTIONS="--import ./FILE.mjs" npx pinmem …`.
 * @param open finds its files, when they are needed
 * @throws RangeError where the name is taken, or is none that a recipe could hold
 */
export const registerDataset = (name: string, open: () => Dataset | Promise<Dataset>): void =>
  registered.add(name, open);

/**
 * @param options.onProblem told of each file of the sources that training goes on without, where `onError` is "skip"
 * @throws DataError or Error naming what is missing, and what to do about it
 */
export async function openData(
  config: DataConfig,
  seed: number,
  given: GivenDatasets = [],
  { onProblem }: Pick<LoaderOptions, "onProblem"> = {},
): Promise<OpenData> {
  const space = openLabelSpace(config.labels);
  const open = (configs: readonly DatasetConfig[]) =>
    Promise.all(configs.map((one) => openDatasetOf(one, space, given)));
  const [sources, validation, targets] = await Promise.all([
    open(config.sources),
    open(config.validation),
    open(config.targets),
  ]);
  const named = distinctNames(sources);
  const sampler = domainSampler({
    lengths: named.map(({ samples }) => samples.length),
    perDomain: config.perDomain,
    seed,
    epoch: config.epoch,
    ...(config.classUniform > 0 && {
      classUniform: {
        fraction: config.classUniform,
        places: await Promise.all(named.map((dataset) => findClassPlaces(dataset))),
      },
    }),
  });
  const { crop: size, scale, flip, rotation, workers, prefetch, cache, onError } = config;
  const loader = new Loader({
    datasets: named,
    sampler,
    crop: { size, scale, flip, rotation },
    seed,
    workers,
    prefetch,
    cacheBytes: cache * 2 ** 20,
    onError,
    ...(onProblem && { onProblem }),
  });
  return {
    space,
    sources: named,
    training: new LoaderData({ loader, sampler, datasets: named, perDomain: config.perDomain }),
    validation,
    targets,
    close: () => loader.close(),
  };
}

/** The classes that `data.labels` of a recipe means. */
export function openLabelSpace(labels: string): LabelSpace {
  if (labels === cityscapes19.name) return cityscapes19;
  if (existsSync(labels)) return readLabelSpace(labels);
  throw new Error(
    `data.labels is "${labels}": there is no such file, and the only name that can stand there is "${cityscapes19.name}"`,
  );
}

/** One data set of a recipe. @throws DataError or Error naming what is missing, and what to do about it */
export async function openDatasetOf(
  config: DatasetConfig,
  space: LabelSpace,
  given: GivenDatasets = [],
): Promise<Dataset> {
  const { limit } = config;
  const dataset = "as" in config ? await takeGiven(config.as, space, given) : await openWhole(config, space);
  if (limit === undefined) return dataset;
  return { ...dataset, samples: spreadEvenly(dataset.samples, limit) };
}

async function takeGiven(name: string, space: LabelSpace, given: GivenDatasets): Promise<Dataset> {
  const dataset = given.find((one) => one.name === name) ?? (await registered.find(name)?.());
  if (!dataset) {
    throw new OwnPartError(
      `the data set "${name}" is that of a program, not of pinmem; open it with that program: ${registered.remedy(name)}`,
    );
  }
  const classesOf = ({ classes }: LabelSpace) => classes.map((one) => one.name).join(", ");
  if (classesOf(dataset.space) === classesOf(space)) return dataset;
  throw new Error(
    `the data set "${name}" has the classes ${classesOf(dataset.space)}, but data.labels of the recipe is "${space.name}" ` +
      `with ${classesOf(space)}`,
  );
}

async function openWhole(
  config: Exclude<DatasetConfig, { name: "custom" }>,
  space: LabelSpace,
): Promise<Dataset> {
  if ("domain" in config) return streetsDataset({ ...config, space });
  const { name, root, part, unpaired, split, subset, mapping } = config;
  return openNamedDataset(name, {
    root,
    part,
    unpaired,
    space,
    ...(split !== undefined && { split }),
    ...(subset !== undefined && { subset }),
    ...(mapping !== undefined && { mapping }),
  });
}

/** Domains that come from one data set, such as the two looks of a single source, get numbers. */
function distinctNames(datasets: readonly Dataset[]): Dataset[] {
  return datasets.map((dataset, at) => {
    const same = datasets.filter(({ name }) => name === dataset.name).length;
    const turn = datasets.slice(0, at + 1).filter(({ name }) => name === dataset.name).length;
    return same > 1 ? { ...dataset, name: `${dataset.name} (${turn})` } : dataset;
  });
}
