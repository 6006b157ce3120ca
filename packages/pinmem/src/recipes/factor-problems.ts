// Names in `optimizer.factors` that can be no part of the network, told before data are read. What a part is called further down,
// and whether it is trained at all, is seen when the network is there (training/optimizer.ts).

import { orWhat } from "@pinmem/core";
import type { HeadName } from "../models/heads/registry.js";
import type { OptimizerConfig } from "../training/optimizer.js";
import type { ModelConfig } from "./model.js";

/** What parameters' names may begin with, beside the backbone's stages; some of it with some backbones only. */
const headParts: Readonly<Record<HeadName, readonly string[]>> = {
  "deeplab-v3+": ["aspp", "grow", "bot_fine", "bot_aspp", "final1", "final2", "dsn"],
  "deeplab-v2": ["aspp", "final1", "final2", "dsn"],
  linear: ["final2"],
  dpt: ["aspp", "reassemble", "refine", "fuse", "final1", "final2"],
};

const backboneParts = ["backbone", "layer0", "layer1", "layer2", "layer3", "layer4"] as const;

/** Of heads and networks of one's own nothing is known here. @param trainsMemory whether the network has a memory */
export function factorProblems(
  { factors }: Pick<OptimizerConfig, "factors">,
  { network, head }: Pick<ModelConfig, "network" | "head">,
  trainsMemory: boolean,
): string[] {
  if (network !== undefined || head === undefined || !Object.hasOwn(headParts, head)) return [];
  const parts = [...backboneParts, ...headParts[head as HeadName], ...(trainsMemory ? ["memory"] : [])];
  return Object.keys(factors).flatMap((name) => {
    const [part = ""] = name.split(".");
    // The backbone as a whole is no beginning of a name.
    if (parts.includes(part) && (part !== "backbone" || name === part)) return [];
    const remedy =
      part === "memory"
        ? "the network has none, since method.name trains none"
        : part === "backbone"
          ? 'the parts of the backbone are called without it, such as "layer4"'
          : orWhat(part, parts);
    return [
      `optimizer.factors names ${JSON.stringify(name)}, but no part of the network is called so; ${remedy}`,
    ];
  });
}
