// Which network weights belong to, told by their names and shapes: a backbone with torchvision's names, or a whole network with
// ours, which are the authors'.
//
// Names say which networks are worth a try; each of those is built, and its names and shapes are compared. The output stride and
// a whitening that has no parameters leave no trace in weights, so that they cannot be told.

import { nn, scope } from "@pinmem/torch";
import type { BackboneName } from "../backbones/names.js";
import { createBackbone } from "../backbones/registry.js";
import { createNetwork, type NetworkOptions } from "../network.js";
import { fromOfficialWhitening, type NormalizationPlacement } from "../normalization/placement.js";

import { identifyFoundation } from "./foundation-weights.js";

type Shapes = ReadonlyMap<string, { readonly shape: readonly number[] }>;

export interface WeightsFit {
  /** A backbone with torchvision's names, or a whole network with ours. */
  readonly kind: "backbone" | "network";
  /** Of the network; a backbone has only its own. */
  readonly options: NetworkOptions;
  /** What the network has and the weights do not; counters of batches, which old files lack, are no difference. */
  readonly missing: readonly string[];
  /** What the weights have and the network does not; a classifier is no difference. */
  readonly unexpected: readonly string[];
  readonly otherShape: readonly string[];
}

/** Whether nothing differs. */
export const isExact = ({ missing, unexpected, otherShape }: WeightsFit): boolean =>
  missing.length + unexpected.length + otherShape.length === 0;

/** The network that weights fit best, with what differs; null where their names are those of no network here. */
export function findFit(weights: Shapes): WeightsFit | null {
  const foundation = identifyFoundation(weights);
  if (foundation) {
    const { name, differences } = foundation;
    return {
      kind: "backbone",
      options: { backbone: name },
      missing: [],
      unexpected: differences,
      otherShape: [],
    };
  }
  const candidates = [...weights.keys()].some((name) => /^layer0\./.test(name))
    ? networksFor(weights).map((options) => () => compareNetwork(weights, options))
    : backbonesFor(weights).map((name) => () => compareBackbone(weights, name));
  let best: { fit: WeightsFit; differences: number } | null = null;
  for (const compare of candidates) {
    const fit = scope(compare);
    const differences = fit.missing.length + fit.unexpected.length + fit.otherShape.length;
    if (!best || differences < best.differences) best = { fit, differences };
    if (differences === 0) break;
  }
  return best?.fit ?? null;
}

const residualByBlocks: Readonly<Record<number, readonly BackboneName[]>> = {
  2: ["resnet18"],
  6: ["resnet34", "resnet50", "resnext50_32x4d", "wide_resnet50_2"],
  23: ["resnet101", "resnext101_32x8d", "wide_resnet101_2"],
  36: ["resnet152"],
};

/** By torchvision's names or ours: of residual networks, the number of blocks in layer3 tells the depth. */
function backbonesFor(weights: Shapes): readonly BackboneName[] {
  const names = [...weights.keys()];
  const has = (pattern: RegExp) => names.some((name) => pattern.test(name));
  if (has(/^features\.\d+\.conv\./) || has(/^layer3\.\d+\.conv\.\d/)) return ["mobilenet_v2"];
  if (has(/\.branch2\./)) return ["shufflenet_v2_x1_0"];
  const blocks = names.map((name) => Number(/^layer3\.(\d+)\.conv1\./.exec(name)?.[1] ?? -1));
  return residualByBlocks[Math.max(...blocks, -1) + 1] ?? [];
}

const placements: readonly NormalizationPlacement[] = [
  {},
  fromOfficialWhitening([0, 0, 4, 4, 4, 0, 0]),
  fromOfficialWhitening([0, 0, 2, 2, 2, 0, 0]),
];

function networksFor(weights: Shapes): NetworkOptions[] {
  const names = [...weights.keys()];
  const classes = weights.get("final2.0.weight")?.shape[0];
  const head = names.some((name) => name.startsWith("bot_aspp.")) ? "deeplab-v3+" : "deeplab-v2";
  const hasMemory = names.some((name) => name.startsWith("memory."));
  const read = weights.has("memory.log_temperature") ? { temperature: { learned: 1 } } : {};
  const vote = weights.has("memory.log_vote") ? { vote: { learned: 1 } } : {};
  if (classes === undefined || classes < 2 || classes > 255) return [];
  return backbonesFor(weights).flatMap((backbone) =>
    placements.map((normalization) => ({
      backbone,
      head,
      classes,
      normalization,
      memory: hasMemory ? { read, ...vote } : null,
    })),
  );
}

function compareNetwork(weights: Shapes, options: NetworkOptions): WeightsFit {
  return {
    kind: "network",
    options,
    ...compare(weights, nn.init.skipInit(() => createNetwork(options)).stateDict()),
  };
}

function compareBackbone(weights: Shapes, name: BackboneName): WeightsFit {
  const backbone = nn.init.skipInit(() => createBackbone(name, { outputStride: 32 }));
  const own = new Map(
    [...weights].flatMap(([given, value]) => {
      const ours = backbone.torchvisionName(given);
      return ours === null ? [] : [[ours, value] as const];
    }),
  );
  return { kind: "backbone", options: { backbone: name }, ...compare(own, backbone.stateDict()) };
}

function compare(weights: Shapes, own: Shapes): Pick<WeightsFit, "missing" | "unexpected" | "otherShape"> {
  const missing = [...own.keys()].filter(
    (name) => !weights.has(name) && !name.endsWith(".num_batches_tracked"),
  );
  const unexpected = [...weights.keys()].filter((name) => !own.has(name));
  const otherShape = [...weights].flatMap(([name, { shape }]) => {
    const expected = own.get(name);
    return expected && String(expected.shape) !== String(shape) ? [name] : [];
  });
  return { missing, unexpected, otherShape };
}
