// Weights of foundation backbones by their published names: which backbone they belong to, and what of them does not fit one.

import {
  comparePublished,
  type PublishedNames,
  type Publisher,
  publishers,
} from "../backbones/published-names.js";
import {
  type FoundationName,
  foundationConfigs,
  foundationNames,
  isTransformer,
} from "../backbones/vit/config.js";
import { convNextNames, transformerNames } from "../backbones/vit/published.js";

type Shapes = ReadonlyMap<string, { readonly shape: readonly number[] }>;

export interface FoundationFit {
  readonly name: FoundationName;
  readonly publisher: Publisher;
  /** Names that are missing, too many, or of another shape. */
  readonly differences: readonly string[];
}

const namesOf = (name: FoundationName): PublishedNames => {
  const config = foundationConfigs[name];
  return isTransformer(config) ? transformerNames(config) : convNextNames(config);
};

/** The backbone that weights belong to; null where their names are those of none. */
export function identifyFoundation(weights: Shapes): FoundationFit | null {
  const names = [...weights.keys()];
  if (!names.some((name) => /^(encoder\.layer|layer|blocks|stages)\.\d+\./.test(name))) return null;
  let best: FoundationFit | null = null;
  for (const name of foundationNames) {
    const published = namesOf(name);
    for (const publisher of publishers) {
      const differences = differencesOf(published, publisher, weights);
      if (!best || differences.length < best.differences.length) best = { name, publisher, differences };
      if (differences.length === 0) return best;
    }
  }
  return best && best.differences.length < weights.size / 2 ? best : null;
}

/** What does not fit, in words. */
export function differencesOf(published: PublishedNames, publisher: Publisher, weights: Shapes): string[] {
  const { missing, unexpected, otherShape } = comparePublished(published, publisher, weights);
  return [
    ...missing.map((name) => `${name} is missing`),
    ...unexpected.map((name) => `${name} has no place`),
    ...otherShape.map(
      ({ name, expected, found }) => `${name} is [${found.join(", ")}], expected [${expected.join(", ")}]`,
    ),
  ];
}
