// The domains that a run's own recipe knows: images of the sources' kind that were not trained on, and unseen targets.

import { streetsDataset } from "../data/datasets/streets.js";
import type { LabelSpace } from "../data/label-space.js";
import { openDatasetOf } from "../training/open-data.js";
import type { DatasetConfig } from "../training/recipe/data.js";
import type { Recipe } from "../training/recipe/recipe.js";
import { type DomainRole, type InspectedDomain, inspectedDomain } from "./domains.js";

export interface OpenDomainsOptions {
  readonly recipe: Recipe;
  readonly space: LabelSpace;
  /** Images of each domain at most, spread evenly. */
  readonly images: number;
}

/**
 * Sources' validation and targets of a recipe; sources themselves where it validates on nothing.
 * @throws DataError or Error naming what is missing
 */
export async function recipeDomains({
  recipe: { data },
  space,
  images,
}: OpenDomainsOptions): Promise<InspectedDomain[]> {
  const seen = data.validation.length > 0 ? data.validation : distinct(data.sources);
  const open = async (configs: readonly DatasetConfig[], role: DomainRole) =>
    Promise.all(
      configs.map(async (config) => inspectedDomain(await openDatasetOf(config, space), role, images)),
    );
  return [...(await open(seen, "source")), ...(await open(data.targets, "target"))];
}

/** Scenes of a domain of the procedural streets, in the size of the run's own; seed 3, which no recipe trains on. */
export function streetsDomain(
  domain: string,
  { recipe, space, images }: OpenDomainsOptions,
): InspectedDomain {
  const { sources, validation, targets } = recipe.data;
  const own = [...sources, ...validation, ...targets].filter((config) => "domain" in config);
  const { width, height } = own[0] ?? { width: 256, height: 128 };
  const dataset = streetsDataset({ domain, count: images, seed: FRESH_SEED, width, height, space });
  const isSource = sources.some((config) => "domain" in config && config.domain === domain);
  return inspectedDomain(dataset, isSource ? "source" : "target", images);
}

const FRESH_SEED = 3;

const distinct = (configs: readonly DatasetConfig[]): DatasetConfig[] => [
  ...new Map(configs.map((config) => [JSON.stringify(config), config])).values(),
];
