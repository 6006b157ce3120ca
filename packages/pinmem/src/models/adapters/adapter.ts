// How much of a foundation backbone is trained: nothing of it (frozen), its last blocks, or small parts that are put beside it (LoRA,
// Rein). What stays as its published file has it is in no optimizer, and in no file of a run.

import type { nn, Tensor } from "@pinmem/torch";
import { z } from "zod";
import { BackboneNetwork } from "../backbone-network.js";
import type { Backbone } from "../backbones/backbone.js";
import type { TransformerBlock } from "../backbones/vit/block.js";
import { type FoundationConfig, isTransformer } from "../backbones/vit/config.js";
import { ConvNext, ConvNextBlock } from "../backbones/vit/conv-next.js";
import { GatedMlp } from "../backbones/vit/mlp.js";
import type { Projection } from "../backbones/vit/projection.js";
import { VisionTransformer } from "../backbones/vit/vision-transformer.js";
import { setField } from "../replace-module.js";
import { addJointLora, addLora, mergeAttention, mergeProjection } from "./lora.js";
import { Rein, ReinShared } from "./rein.js";

/** The products of a block that LoRA may stand beside; "qkv": queries, keys and values with one A. */
export const loraProjections = ["query", "key", "value", "qkv", "output", "gate", "up", "down"] as const;
export type LoraProjection = (typeof loraProjections)[number];

/** Of ranks and tokens: more than the widest backbone has channels is no adapter, and a file from elsewhere shall not exhaust memory. */
const LARGEST = 4096;

export const adapterSchema = z.discriminatedUnion("kind", [
  /** Nothing of the backbone is trained. */
  z.strictObject({ kind: z.literal("frozen") }),
  /** The last blocks, and the last norm. */
  z.strictObject({ kind: z.literal("last-blocks"), blocks: z.int().min(1) }),
  z.strictObject({
    kind: z.literal("lora"),
    rank: z.int().min(1).max(LARGEST).default(16),
    /** What the adapters give counts alpha / rank times. */
    alpha: z.number().positive().default(16),
    /** Share of the inputs that adapters drop in training. */
    dropout: z.number().min(0).lt(1).default(0),
    /** Of each block. Default: queries and values, as in LoRA's paper. */
    projections: z.array(z.enum(loraProjections)).min(1).default(["query", "value"]),
  }),
  z.strictObject({
    kind: z.literal("rein"),
    tokens: z.int().min(2).max(LARGEST).default(100),
    rank: z.int().min(1).max(LARGEST).default(16),
  }),
]);

export type AdapterConfig = z.output<typeof adapterSchema>;

/**
 * Freezes a backbone but for what an adapter trains, and puts the adapter in.
 * @throws RangeError where the backbone has no place for it
 */
export function applyAdapter(backbone: Backbone, config: AdapterConfig): void {
  const problem = adapterProblem(backbone, config);
  if (problem) throw new RangeError(`adapter ${problem}`);
  backbone.requiresGrad_(false);
  if (config.kind === "last-blocks") {
    for (const block of blocksOf(backbone).slice(-config.blocks)) block.requiresGrad_(true);
    for (const parameter of lastNorm(backbone).parameters()) parameter.requiresGrad_(true);
  }
  backbone.baseNames = new Set(
    [...backbone.namedParameters()].flatMap(([name, { requiresGrad }]) => (requiresGrad ? [] : [name])),
  );
  if (!(backbone instanceof VisionTransformer)) return;
  if (config.kind === "lora") for (const block of backbone.blocks) adaptBlock(block, config);
  if (config.kind === "rein") {
    const { width } = backbone.config;
    const products = new ReinShared(width);
    for (const [at, block] of backbone.blocks.entries())
      setField(block, "refinement", new Rein(width, config, { products, isFirst: at === 0 }));
  }
}

/** What is wrong with an adapter for a backbone: the end of a sentence; null: nothing is. */
function adapterProblem(backbone: Backbone, config: AdapterConfig): string | null {
  const foundation =
    backbone instanceof VisionTransformer || backbone instanceof ConvNext ? backbone.config : undefined;
  return adapterProblemOf(backbone.name, foundation, config);
}

/** The same, of a backbone by its configuration, before it is made; undefined: no foundation backbone's. */
export function adapterProblemOf(
  name: string,
  foundation: FoundationConfig | undefined,
  config: AdapterConfig,
): string | null {
  const { kind } = config;
  if (!foundation) return `"${kind}" needs a foundation backbone, such as dinov2_vitl14; "${name}" is none`;
  if (kind === "last-blocks") {
    const count = isTransformer(foundation)
      ? foundation.depth
      : foundation.depths.reduce((sum, depth) => sum + depth, 0);
    return config.blocks <= count
      ? null
      : `"last-blocks" trains ${config.blocks} blocks, but ${name} has ${count}`;
  }
  if (kind === "frozen") return null;
  if (!isTransformer(foundation))
    return `"${kind}" needs a transformer, which ${name} is not; use "frozen" or "last-blocks"`;
  if (kind === "rein") return null;
  const there = loraProjections.filter((one) => one !== "gate" || foundation.mlp === "gated");
  const absent = config.projections.find((one) => !there.includes(one));
  if (absent) return `"lora" stands beside ${absent}, but the blocks of ${name} have ${there.join(", ")}`;
  const twice = config.projections.includes("qkv") && config.projections.some((one) => isPart(one));
  return twice ? '"lora" stands beside qkv, and beside one of query, key and value too: name either' : null;
}

const isPart = (name: LoraProjection): boolean => ["query", "key", "value"].includes(name);

const blocksOf = (backbone: Backbone): nn.AnyModule[] =>
  backbone instanceof VisionTransformer
    ? [...backbone.blocks]
    : backbone.modules().filter((module) => module instanceof ConvNextBlock);

const lastNorm = (backbone: Backbone): nn.AnyModule => {
  const stage =
    backbone instanceof VisionTransformer
      ? backbone.layer4.norm
      : (backbone as ConvNext).layer4.blocks.at(-1);
  if (!stage) throw new Error("internal: a foundation backbone ends with a norm");
  return stage;
};

function adaptBlock(
  { attention, mlp }: TransformerBlock,
  config: Extract<AdapterConfig, { kind: "lora" }>,
): void {
  const projections: Partial<Record<LoraProjection, Projection>> = {
    query: attention.query,
    key: attention.key,
    value: attention.value,
    output: attention.output,
    up: mlp.up,
    down: mlp.down,
    ...(mlp instanceof GatedMlp && { gate: mlp.gate }),
  };
  for (const name of new Set(config.projections)) {
    const projection = projections[name];
    if (projection) addLora(projection, config);
    else addJointLora(attention, config);
  }
}

/** Adds what LoRA learned to the weights beside it, for prediction; the adapters are gone then. */
export function mergeAdapters(backbone: Backbone): void {
  if (!(backbone instanceof VisionTransformer)) return;
  for (const { attention, mlp } of backbone.blocks) {
    mergeAttention(attention);
    for (const part of [attention.query, attention.key, attention.value, attention.output, mlp.up, mlp.down])
      mergeProjection(part);
    if (mlp instanceof GatedMlp) mergeProjection(mlp.gate);
  }
}

/** Names of what a network has from the file that its backbone started from, and never changes; none without an adapter. */
export const baseNames = (network: nn.AnyModule): ReadonlySet<string> =>
  network instanceof BackboneNetwork ? network.backbone.baseNames : new Set();

/** The state that belongs to a run: without what its backbone's file holds. */
export function ownState(network: nn.AnyModule): Map<string, Tensor> {
  const base = baseNames(network);
  return new Map([...network.stateDict()].filter(([name]) => !base.has(name)));
}

/** The state of a run, and what its network has from the backbone's file. */
export function withBase(network: nn.AnyModule, own: ReadonlyMap<string, Tensor>): Map<string, Tensor> {
  const base = baseNames(network);
  return new Map([...[...network.stateDict()].filter(([name]) => base.has(name)), ...own]);
}
