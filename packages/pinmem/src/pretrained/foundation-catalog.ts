// Where the weights of foundation backbones are published. Nothing here fetches them: they are large, and DINOv3's license has to be
// accepted by whoever uses them.
//
// Sources: huggingface.co/facebook; sizes follow from the names and shapes of the files' tensors, in single precision.

import {
  type FoundationName,
  foundationConfigs,
  foundationNames,
  isTransformer,
} from "../models/backbones/vit/config.js";
import { convNextNames, transformerNames } from "../models/backbones/vit/published.js";

/** Published weights of a foundation backbone. */
export interface FoundationWeights {
  readonly backbone: FoundationName;
  /** Page with the files. */
  readonly address: string;
  /** What to download there: a file, or an index with all files that it names. */
  readonly file: "model.safetensors" | "model.safetensors.index.json";
  /** To within some kB. */
  readonly bytes: number;
  readonly license: string;
  /** Whether the license has to be accepted on the page first. */
  readonly gated: boolean;
}

const sizes = { s: "small", b: "base", l: "large", g: "giant" } as const;

function repository(name: FoundationName): string | null {
  const [, second, registers] = /^dinov2_vit([sblg])14(_reg)?$/.exec(name) ?? [];
  if (second) return `dinov2${registers ? "-with-registers" : ""}-${sizes[second as keyof typeof sizes]}`;
  const [, third] =
    /^dinov3_(vit(?:s|b|l|h|7b)16(?:plus)?|convnext_(?:tiny|small|base|large))$/.exec(name) ?? [];
  return third ? `dinov3-${third.replace("_", "-")}-pretrain-lvd1689m` : null;
}

function bytesOf(name: FoundationName): number {
  const config = foundationConfigs[name];
  const { tensors } = isTransformer(config) ? transformerNames(config) : convNextNames(config);
  return tensors("hf").reduce(
    (sum, { shape }) => sum + 4 * shape.reduce((product, size) => product * size, 1),
    0,
  );
}

/** Files of this many bytes and more are published in shards. */
const SHARDED = 5e9;

/** All that are published. */
export const foundationWeights: readonly FoundationWeights[] = foundationNames.flatMap((backbone) => {
  const name = repository(backbone);
  if (name === null) return [];
  const [bytes, gated] = [bytesOf(backbone), backbone.startsWith("dinov3")];
  return [
    {
      backbone,
      address: `https://huggingface.co/facebook/${name}`,
      file: bytes < SHARDED ? "model.safetensors" : "model.safetensors.index.json",
      bytes,
      license: gated ? "DINOv3 License, to be accepted on the page first" : "Apache-2.0",
      gated,
    } as const,
  ];
});
