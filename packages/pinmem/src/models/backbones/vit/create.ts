// Foundation backbones by name, with random weights.

import type { Backbone, BackboneOptions } from "../backbone.js";
import { type FoundationConfig, type FoundationName, foundationConfigs, isTransformer } from "./config.js";
import { ConvNext } from "./conv-next.js";
import { VisionTransformer } from "./vision-transformer.js";

/** @throws RangeError where an instance normalization is asked for */
export function createFoundation(
  name: FoundationName,
  { normalization = {} }: Pick<BackboneOptions, "normalization">,
): Backbone {
  const [stage] = Object.keys(normalization);
  if (stage !== undefined) throw new RangeError(`the backbone "${name}" ${noNormalization}`);
  return foundationBackbone(name, foundationConfigs[name]);
}

/** Why: the end of a sentence. */
export const noNormalization =
  "has no place for an instance normalization or whitening: its layers are normalized token by token, without the batch " +
  "norms that those replace or follow, and its published weights were trained so. Leave normalization out";

/** A foundation backbone of any configuration, with random weights; `name` is what messages call it. */
export const foundationBackbone = (name: string, config: FoundationConfig): Backbone =>
  isTransformer(config) ? new VisionTransformer(name, config) : new ConvNext(name, config);
