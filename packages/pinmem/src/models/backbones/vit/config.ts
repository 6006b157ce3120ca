// What tells one foundation backbone from another: family, sizes, and the details in which the families differ.
//
// Sources: Oquab et al., "DINOv2", 2023; Darcet et al., "Vision transformers need registers", 2023; Siméoni et al., "DINOv3", 2025;
// sizes as in the configurations that are published with the weights.

/** By which rule the position embeddings of DINOv2 are brought to a picture's grid; see positions.ts. */
export const positionRules = ["hf", "hub", "antialias"] as const;
export type PositionRule = (typeof positionRules)[number];

/** A vision transformer of one of the families. */
export interface TransformerConfig {
  readonly family: "dinov2" | "dinov3";
  readonly width: number;
  readonly depth: number;
  readonly heads: number;
  /** Side of a patch in pixels. */
  readonly patch: number;
  /** Tokens beside cls and patches. */
  readonly registers: number;
  /** "gated": down(silu(gate(x)) * up(x)), else down(gelu(up(x))). */
  readonly mlp: "plain" | "gated";
  readonly mlpWidth: number;
  readonly eps: number;
  /** Side of the published grid of position embeddings; null: rotary positions instead. */
  readonly positions: number | null;
  /** Of rotary positions. */
  readonly ropeTheta: number;
  /** Which projections of attention have a bias; the output always has. */
  readonly bias: { readonly query: boolean; readonly key: boolean; readonly value: boolean };
}

/** A ConvNeXt as DINOv3 has it. */
export interface ConvNextConfig {
  readonly family: "dinov3-convnext";
  readonly widths: readonly [number, number, number, number];
  readonly depths: readonly [number, number, number, number];
  readonly eps: number;
}

export type FoundationConfig = TransformerConfig | ConvNextConfig;

interface Size {
  width: number;
  depth: number;
  heads: number;
  registers?: number;
  gated?: boolean;
  mlpWidth?: number;
  /** Width of a plain MLP in units of the tokens'. Default 4. */
  ratio?: number;
}

/** Hidden width of DINOv2's gated MLP, which keeps the number of parameters of a plain one. */
export const gatedWidth = (width: number, ratio: number): number =>
  Math.floor((Math.floor((width * ratio * 2) / 3) + 7) / 8) * 8;

/** A DINOv2 of a size; the giant is `gated`. */
export const dinov2 = ({
  width,
  depth,
  heads,
  registers = 0,
  gated = false,
  ratio = 4,
}: Size): TransformerConfig => ({
  family: "dinov2",
  width,
  depth,
  heads,
  patch: 14,
  registers,
  mlp: gated ? "gated" : "plain",
  mlpWidth: gated ? gatedWidth(width, ratio) : Math.floor(ratio * width),
  eps: 1e-6,
  positions: 37,
  ropeTheta: 100,
  bias: { query: true, key: true, value: true },
});

/** A DINOv3 of a size; `biased`: whether queries and values have a bias. */
export const dinov3 = ({
  width,
  depth,
  heads,
  registers = 4,
  gated = false,
  mlpWidth = 4 * width,
  biased = true,
}: Size & { biased?: boolean }): TransformerConfig => ({
  family: "dinov3",
  width,
  depth,
  heads,
  patch: 16,
  registers,
  mlp: gated ? "gated" : "plain",
  mlpWidth,
  eps: 1e-5,
  positions: null,
  ropeTheta: 100,
  bias: { query: biased, key: false, value: biased },
});

const convNext = (widths: ConvNextConfig["widths"], depths: ConvNextConfig["depths"]): ConvNextConfig => ({
  family: "dinov3-convnext",
  widths,
  depths,
  eps: 1e-6,
});

const small = { width: 384, depth: 12, heads: 6 };
const base = { width: 768, depth: 12, heads: 12 };
const large = { width: 1024, depth: 24, heads: 16 };
const giant = { width: 1536, depth: 40, heads: 24, gated: true };
const tiny = { width: 24, depth: 4, heads: 2 };

/** Every foundation backbone by its name; the last three are for trying things out, and no weights are published for them. */
export const foundationConfigs = {
  dinov2_vits14: dinov2(small),
  dinov2_vitb14: dinov2(base),
  dinov2_vitl14: dinov2(large),
  dinov2_vitg14: dinov2(giant),
  dinov2_vits14_reg: dinov2({ ...small, registers: 4 }),
  dinov2_vitb14_reg: dinov2({ ...base, registers: 4 }),
  dinov2_vitl14_reg: dinov2({ ...large, registers: 4 }),
  dinov2_vitg14_reg: dinov2({ ...giant, registers: 4 }),
  dinov3_vits16: dinov3(small),
  dinov3_vits16plus: dinov3({ ...small, gated: true }),
  dinov3_vitb16: dinov3(base),
  dinov3_vitl16: dinov3(large),
  dinov3_vith16plus: dinov3({ width: 1280, depth: 32, heads: 20, gated: true }),
  dinov3_vit7b16: dinov3({ width: 4096, depth: 40, heads: 32, gated: true, mlpWidth: 8192, biased: false }),
  dinov3_convnext_tiny: convNext([96, 192, 384, 768], [3, 3, 9, 3]),
  dinov3_convnext_small: convNext([96, 192, 384, 768], [3, 3, 27, 3]),
  dinov3_convnext_base: convNext([128, 256, 512, 1024], [3, 3, 27, 3]),
  dinov3_convnext_large: convNext([192, 384, 768, 1536], [3, 3, 27, 3]),
  dinov2_debug: dinov2(tiny),
  dinov3_debug: dinov3(tiny),
  dinov3_convnext_debug: convNext([8, 16, 24, 32], [1, 1, 2, 1]),
} as const satisfies Readonly<Record<string, FoundationConfig>>;

export type FoundationName = keyof typeof foundationConfigs;

/** Names of the foundation backbones. */
export const foundationNames = Object.keys(foundationConfigs) as readonly FoundationName[];

/** What a name stands for; undefined where it is no foundation backbone's. */
export const foundationConfig = (name: string): FoundationConfig | undefined =>
  Object.hasOwn(foundationConfigs, name) ? foundationConfigs[name as FoundationName] : undefined;

/** Whether it is a vision transformer, and no ConvNeXt. */
export const isTransformer = (config: FoundationConfig): config is TransformerConfig =>
  config.family !== "dinov3-convnext";

/** Ratio of the picture's resolution to that of the last feature. */
export const strideOf = (config: FoundationConfig): number => (isTransformer(config) ? config.patch : 32);

/** Stages of a transformer are quarters of its blocks: how many each of the four has. */
export const quarters = (depth: number): readonly number[] =>
  [1, 2, 3, 4].map((part) => Math.round((depth * part) / 4) - Math.round((depth * (part - 1)) / 4));

/** Where block `n` of all lies: "layer1.0", … */
export function blockPath(depth: number, n: number): string {
  let first = 0;
  for (const [at, count] of quarters(depth).entries()) {
    if (n < first + count) return `layer${at + 1}.${n - first}`;
    first += count;
  }
  throw new RangeError(`there is no block ${n}: there are ${depth}`);
}
