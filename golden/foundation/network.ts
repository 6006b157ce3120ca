// Foundation backbones with weights by formula, by the names under which they are published.

import { scope, type Tensor } from "@pinmem/torch";
import {
  type Backbone,
  type FoundationConfig,
  foundationBackbone,
  fromPublished,
  type PublishedNames,
  type PublishedTensor,
} from "pinmem/models";
import { formulaFoundation } from "../formula.js";

/** Tensors of a table by formula. */
export function formulaTensors(
  table: readonly Pick<PublishedTensor, "name" | "shape">[],
): Map<string, Tensor> {
  const shapes = new Map(table.map(({ name, shape }) => [name, shape]));
  const isNorm = (name: string) => shapes.get(name.replace(/[^.]+$/, "weight"))?.length === 1;
  return new Map(table.map(({ name, shape }) => [name, formulaFoundation(name, shape, isNorm(name))]));
}

/** A backbone with weights by formula, in double precision or single. */
export function formulaBackbone(config: FoundationConfig, dtype: "float64" | "float32"): Backbone {
  const backbone = foundationBackbone("golden", config).to({ dtype }).train(false);
  const published = backbone.published as PublishedNames;
  scope(() => {
    const given = formulaTensors(published.tensors("hf"));
    const own = backbone.stateDict();
    backbone.loadStateDict(fromPublished(published, "hf", given, own));
  });
  return backbone;
}
