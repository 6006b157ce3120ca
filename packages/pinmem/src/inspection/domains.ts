// The domains that an inspection looks at, and their images.

import { basename } from "node:path";
import type { LabelSpace } from "@pinmem/core";
import type { DomainRole } from "@pinmem/core/formats";
import { DomainError, type DomainSources, openDomains } from "../evaluation/open-domains.js";
import { type EvaluationImage, evaluationImages } from "../loading/evaluation-loader.js";
import type { Recipe } from "../recipes/recipe.js";

export interface InspectedDomain {
  readonly name: string;
  readonly role: DomainRole;
  /** How many images there are to look at. */
  readonly count: number;
  /** The images, each time anew, in the same order. */
  images(): AsyncIterable<EvaluationImage>;
}

/**
 * Opens domains to inspect.
 * @param names as for evaluations, such as "streets:night" or "camvid=/data/camvid"; "recipe" stands for all that the run's
 *   recipe evaluates on, sources' validation and targets
 * @throws DomainError, DataError naming what is missing
 */
export async function inspectedDomains(
  names: readonly string[],
  run: { readonly recipe: Recipe; readonly space: LabelSpace },
  sources: DomainSources = {},
): Promise<InspectedDomain[]> {
  const { validation, targets } = run.recipe.data;
  const own = [...(validation.length > 0 ? ["validation"] : []), ...(targets.length > 0 ? ["targets"] : [])];
  const known = names.flatMap((name) => (name === "recipe" ? own : [name]));
  if (known.length === 0) {
    throw new DomainError(
      `the recipe "${run.recipe.name}" validates on nothing and has no targets; name data sets with \`domains\`, such as streets:night`,
    );
  }
  const domains = await openDomains(known, run, sources);
  return domains.map(({ name, role, dataset }) => ({
    name,
    role: role ?? "target",
    count: dataset.samples.length,
    images: () => evaluationImages(dataset, { prefetch: 1 }),
  }));
}

/** What to call an image under a picture: the name of its file, without folders. */
export const shortName = ({ name }: EvaluationImage): string => basename(name);
