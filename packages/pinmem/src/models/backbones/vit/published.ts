// The names of DINOv2's and DINOv3's published weights.
//
// Sources: transformers' Dinov2Model, Dinov2WithRegistersModel, DINOv3ViTModel and DINOv3ConvNextModel, as their files are published;
// the state dicts of facebookresearch/dinov2 and dinov3.

import type { PublishedNames, PublishedTensor, Publisher } from "../published-names.js";
import { blockPath, type ConvNextConfig, type TransformerConfig } from "./config.js";
import { defaultRule, ruleTensor } from "./embedding.js";

type Shape = readonly number[];
type Table = PublishedTensor[];

const both = (theirs: string, ours: string, shape: Shape): Table => [
  { name: `${theirs}.weight`, shape, ours: [`${ours}.weight`] },
  { name: `${theirs}.bias`, shape: [shape[0] as number], ours: [`${ours}.bias`] },
];
const norm = (theirs: string, ours: string, width: number): Table => both(theirs, ours, [width]);
const one = (name: string, ours: string, shape: Shape): PublishedTensor => ({ name, shape, ours: [ours] });

const MASK = "belongs to the training with masked patches";

/** Of a transformer. */
export const transformerNames = (config: TransformerConfig): PublishedNames => ({
  family: config.family === "dinov2" ? "DINOv2" : "DINOv3",
  tensors: (publisher) => (publisher === "hub" ? hubTransformer(config) : huggingFaceTransformer(config)),
  ...(config.positions !== null && {
    extra: (publisher: Publisher) =>
      new Map([["layer0.position_rule", ruleTensor(ruleOf(publisher, config))]]),
  }),
});

/** torch.hub's own models without registers have another rule than Hugging Face's. */
const ruleOf = (publisher: Publisher, { registers }: TransformerConfig) =>
  publisher === "hub" && registers === 0 ? "hub" : defaultRule(registers);

function huggingFaceTransformer(config: TransformerConfig): Table {
  const { family, width, depth, patch, registers, positions, mlpWidth, mlp, bias } = config;
  const isSecond = family === "dinov2";
  const patches = isSecond ? "embeddings.patch_embeddings.projection" : "embeddings.patch_embeddings";
  const attention = isSecond ? "attention.attention" : "attention";
  const [query, key, value] = isSecond ? ["query", "key", "value"] : ["q_proj", "k_proj", "v_proj"];
  const layer = (n: number): Table => {
    const [theirs, ours] = [`${isSecond ? "encoder." : ""}layer.${n}`, blockPath(depth, n)];
    const projection = (name: string, own: "query" | "key" | "value"): Table =>
      both(`${theirs}.${attention}.${name}`, `${ours}.attention.${own}`, [width, width]).slice(
        0,
        bias[own] ? 2 : 1,
      );
    return [
      ...norm(`${theirs}.norm1`, `${ours}.norm1`, width),
      ...projection(query as string, "query"),
      ...projection(key as string, "key"),
      ...projection(value as string, "value"),
      ...both(
        `${theirs}.${isSecond ? "attention.output.dense" : "attention.o_proj"}`,
        `${ours}.attention.output`,
        [width, width],
      ),
      one(`${theirs}.layer_scale1.lambda1`, `${ours}.layer_scale1`, [width]),
      ...norm(`${theirs}.norm2`, `${ours}.norm2`, width),
      ...huggingFaceMlp(`${theirs}.mlp`, `${ours}.mlp`, {
        isSecond,
        isGated: mlp === "gated",
        width,
        hidden: mlpWidth,
      }),
      one(`${theirs}.layer_scale2.lambda1`, `${ours}.layer_scale2`, [width]),
    ];
  };
  return [
    one("embeddings.cls_token", "layer0.cls", [1, 1, width]),
    { name: "embeddings.mask_token", shape: isSecond ? [1, width] : [1, 1, width], ours: [], unused: MASK },
    ...(registers > 0 ? [one("embeddings.register_tokens", "layer0.registers", [1, registers, width])] : []),
    ...(positions === null
      ? []
      : [one("embeddings.position_embeddings", "layer0.positions", [1, 1 + positions ** 2, width])]),
    ...both(patches, "layer0.patches", [width, 3, patch, patch]),
    ...Array.from({ length: depth }, (_, n) => layer(n)).flat(),
    ...norm(isSecond ? "layernorm" : "norm", "layer4.norm", width),
  ];
}

interface MlpSizes {
  readonly isSecond: boolean;
  readonly isGated: boolean;
  readonly width: number;
  readonly hidden: number;
}

function huggingFaceMlp(theirs: string, ours: string, { isSecond, isGated, width, hidden }: MlpSizes): Table {
  if (isGated && isSecond) {
    return [
      ...joined(`${theirs}.weights_in`, [`${ours}.gate`, `${ours}.up`], [2 * hidden, width]),
      ...both(`${theirs}.weights_out`, `${ours}.down`, [width, hidden]),
    ];
  }
  const [up, down] = isSecond ? ["fc1", "fc2"] : ["up_proj", "down_proj"];
  return [
    ...(isGated ? both(`${theirs}.gate_proj`, `${ours}.gate`, [hidden, width]) : []),
    ...both(`${theirs}.${up}`, `${ours}.up`, [hidden, width]),
    ...both(`${theirs}.${down}`, `${ours}.down`, [width, hidden]),
  ];
}

const joined = (theirs: string, ours: readonly string[], shape: Shape): Table => [
  { name: `${theirs}.weight`, shape, ours: ours.map((name) => `${name}.weight`) },
  { name: `${theirs}.bias`, shape: [shape[0] as number], ours: ours.map((name) => `${name}.bias`) },
];

function hubTransformer(config: TransformerConfig): Table {
  const { family, width, depth, heads, patch, registers, positions, mlpWidth, mlp, bias } = config;
  const isSecond = family === "dinov2";
  const block = (n: number): Table => {
    const [theirs, ours] = [`blocks.${n}`, blockPath(depth, n)];
    const parts = (["query", "key", "value"] as const).map((name) => `${ours}.attention.${name}`);
    const isBiased = (["query", "key", "value"] as const).map((name) => bias[name]);
    const qkv: Table = [
      {
        name: `${theirs}.attn.qkv.weight`,
        shape: [3 * width, width],
        ours: parts.map((name) => `${name}.weight`),
      },
      ...(isBiased.includes(true)
        ? [
            {
              name: `${theirs}.attn.qkv.bias`,
              shape: [3 * width],
              ours: parts.map((name, at) => (isBiased[at] ? `${name}.bias` : null)),
            },
          ]
        : []),
      ...(isBiased.includes(true) && isBiased.includes(false)
        ? [
            {
              name: `${theirs}.attn.qkv.bias_mask`,
              shape: [3 * width],
              ours: [],
              unused: "says which biases are none",
            },
          ]
        : []),
    ];
    return [
      ...norm(`${theirs}.norm1`, `${ours}.norm1`, width),
      ...qkv,
      ...both(`${theirs}.attn.proj`, `${ours}.attention.output`, [width, width]),
      one(`${theirs}.ls1.gamma`, `${ours}.layer_scale1`, [width]),
      ...norm(`${theirs}.norm2`, `${ours}.norm2`, width),
      ...hubMlp(`${theirs}.mlp`, `${ours}.mlp`, {
        isSecond,
        isGated: mlp === "gated",
        width,
        hidden: mlpWidth,
      }),
      one(`${theirs}.ls2.gamma`, `${ours}.layer_scale2`, [width]),
    ];
  };
  return [
    one("cls_token", "layer0.cls", [1, 1, width]),
    { name: "mask_token", shape: [1, width], ours: [], unused: MASK },
    ...(registers > 0
      ? [one(isSecond ? "register_tokens" : "storage_tokens", "layer0.registers", [1, registers, width])]
      : []),
    ...(positions === null ? [] : [one("pos_embed", "layer0.positions", [1, 1 + positions ** 2, width])]),
    ...(positions === null
      ? [
          {
            name: "rope_embed.periods",
            shape: [width / heads / 4],
            ours: [],
            unused: "is computed here",
          },
        ]
      : []),
    ...both("patch_embed.proj", "layer0.patches", [width, 3, patch, patch]),
    ...Array.from({ length: depth }, (_, n) => block(n)).flat(),
    ...norm("norm", "layer4.norm", width),
    ...(isSecond
      ? []
      : (["weight", "bias"] as const).map((part) => ({
          name: `local_cls_norm.${part}`,
          shape: [width],
          ours: [],
          unused: "belongs to the training with local crops",
        }))),
  ];
}

function hubMlp(theirs: string, ours: string, { isSecond, isGated, width, hidden }: MlpSizes): Table {
  if (!isGated) {
    return [
      ...both(`${theirs}.fc1`, `${ours}.up`, [hidden, width]),
      ...both(`${theirs}.fc2`, `${ours}.down`, [width, hidden]),
    ];
  }
  return [
    ...(isSecond
      ? joined(`${theirs}.w12`, [`${ours}.gate`, `${ours}.up`], [2 * hidden, width])
      : [
          ...both(`${theirs}.w1`, `${ours}.gate`, [hidden, width]),
          ...both(`${theirs}.w2`, `${ours}.up`, [hidden, width]),
        ]),
    ...both(`${theirs}.w3`, `${ours}.down`, [width, hidden]),
  ];
}

/** Of a ConvNeXt. */
export const convNextNames = (config: ConvNextConfig): PublishedNames => ({
  family: "DINOv3 ConvNeXt",
  tensors: (publisher) => convNextTable(config, publisher),
});

function convNextTable({ widths, depths }: ConvNextConfig, publisher: Publisher): Table {
  const isHub = publisher === "hub";
  const down = (stage: number, at: number): string =>
    isHub ? `downsample_layers.${stage}.${at}` : `stages.${stage}.downsample_layers.${at}`;
  const block = (stage: number, n: number): Table => {
    const width = widths[stage] as number;
    const theirs = isHub ? `stages.${stage}.${n}` : `stages.${stage}.layers.${n}`;
    // A later stage begins with a norm and a convolution.
    const ours = `layer${stage + 1}.${stage === 0 ? n : n + 2}`;
    const [depthwise, layerNorm, first, second] = isHub
      ? ["dwconv", "norm", "pwconv1", "pwconv2"]
      : ["depthwise_conv", "layer_norm", "pointwise_conv1", "pointwise_conv2"];
    return [
      one(`${theirs}.gamma`, `${ours}.scale`, [width]),
      ...both(`${theirs}.${depthwise}`, `${ours}.depthwise`, [width, 1, 7, 7]),
      ...norm(`${theirs}.${layerNorm}`, `${ours}.norm`, width),
      ...both(`${theirs}.${first}`, `${ours}.up`, [4 * width, width]),
      ...both(`${theirs}.${second}`, `${ours}.down`, [width, 4 * width]),
    ];
  };
  const start = (stage: number): Table => {
    const [from, to] = [widths[stage - 1] ?? 3, widths[stage] as number];
    return stage === 0
      ? [...both(down(0, 0), "layer0.0", [to, 3, 4, 4]), ...norm(down(0, 1), "layer0.1", to)]
      : [
          ...norm(down(stage, 0), `layer${stage + 1}.0`, from),
          ...both(down(stage, 1), `layer${stage + 1}.1`, [to, from, 2, 2]),
        ];
  };
  const [last, lastDepth] = [widths[3], depths[3]];
  const twice = (name: string): PublishedTensor => ({
    name,
    shape: [last],
    ours: [],
    unused: "is the last norm once more",
  });
  return [
    ...depths.flatMap((depth, stage) => [
      ...start(stage),
      ...Array.from({ length: depth }, (_, n) => block(stage, n)).flat(),
    ]),
    ...norm(isHub ? "norm" : "layer_norm", `layer4.${2 + lastDepth}`, last),
    ...(isHub ? [twice("norms.3.weight"), twice("norms.3.bias")] : []),
  ];
}
