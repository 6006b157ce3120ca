// Golden files of foundation backbones: figures that Hugging Face's transformers (and peft) computed from weights by formula. A case
// has one network; a list has the published names and shapes of one; an adapter file has one block with LoRA.

import { dinov2, dinov3, type FoundationConfig } from "pinmem/models";
import { z } from "zod";
import { UnknownNetworkError } from "../architecture.js";

const size = z.int().min(1);
const sides = z.tuple([size.max(4096), size.max(4096)]);
const widths = z.tuple([size, size, size, size]);

const transformer = {
  hidden_size: size,
  num_attention_heads: size,
  num_hidden_layers: z.int().min(0),
  patch_size: size,
  layer_norm_eps: z.number().positive(),
  num_register_tokens: z.int().min(0).default(0),
  hidden_act: z.string().optional(),
};

const configSchema = z.discriminatedUnion("model_class", [
  z.looseObject({
    model_class: z.enum(["Dinov2Model", "Dinov2WithRegistersModel"]),
    ...transformer,
    image_size: size,
    mlp_ratio: z.number().positive().default(4),
    use_swiglu_ffn: z.boolean().default(false),
    qkv_bias: z.boolean().default(true),
  }),
  z.looseObject({
    model_class: z.literal("DINOv3ViTModel"),
    ...transformer,
    intermediate_size: size,
    rope_theta: z.number().positive().default(100),
    query_bias: z.boolean().default(true),
    key_bias: z.boolean().default(false),
    value_bias: z.boolean().default(true),
    proj_bias: z.boolean().default(true),
    mlp_bias: z.boolean().default(true),
    use_gated_mlp: z.boolean().default(false),
  }),
  z.looseObject({
    model_class: z.literal("DINOv3ConvNextModel"),
    hidden_sizes: widths,
    depths: widths,
    layer_norm_eps: z.number().positive().default(1e-6),
  }),
]);

export type PublishedConfig = z.output<typeof configSchema>;

const numbers = z.array(z.number());
const samplesSchema = z.object({ shape: numbers, l2: z.number(), sum: z.number(), samples: numbers });
const valuesSchema = z.object({ shape: numbers, l2: z.number(), sum: z.number(), values: numbers });
const hidden = z.array(samplesSchema.extend({ layer: z.int() }));

const caseSchema = z.object({
  case: z.string(),
  config: configSchema.and(z.object({ hw: sides, grid: sides })),
  f64: z.object({
    loss: z.number(),
    output: valuesSchema.or(samplesSchema),
    cls: samplesSchema.optional(),
    registers: samplesSchema.optional(),
    hidden,
    grads: z.record(z.string(), z.tuple([z.number(), z.number(), z.number()]).nullable()),
  }),
  f32: z.object({
    loss: z.number(),
    output: samplesSchema,
    cls: samplesSchema.optional(),
    registers: samplesSchema.optional(),
    hidden,
  }),
  gap_f32_f64: z.object({
    output_rel_l2: z.number(),
    hidden_rel_l2: numbers,
    loss_abs: z.number(),
    grad_rel_l2_worst: z.tuple([z.string(), z.number()]),
  }),
  rounding_only_grads: z.array(z.string()).default([]),
  position: z
    .object({
      variants: z.record(z.string(), samplesSchema.extend({ rule: z.string() })),
      output_with_other_rules: z.record(z.string(), samplesSchema).default({}),
    })
    .optional(),
  rope: z.object({ inv_freq: numbers, cos: samplesSchema, sin: samplesSchema }).optional(),
});

const keysSchema = z.object({
  model_class: z.string(),
  config: z.looseObject({}),
  parameters: z.array(
    z.object({
      name: z.string(),
      shape: numbers,
      hub: z.string().optional(),
      hub_rows: z.tuple([z.number(), z.number()]).optional(),
    }),
  ),
});

const named = z.array(z.object({ name: z.string(), shape: numbers, trainable: z.boolean() }));
const adapterSection = z.object({
  parameters: named,
  f64: z.object({
    loss: z.number(),
    output: samplesSchema,
    projection_outputs: z.record(z.string(), samplesSchema),
    grads: z.record(z.string(), samplesSchema.extend({ dot: z.number() })),
    grad_of_input: samplesSchema,
    output_without_adapter: samplesSchema,
  }),
  f32: z.object({ loss: z.number(), output: samplesSchema }),
  gap_f32_f64: z.object({ output_rel_l2: z.number(), grad_rel_l2: z.record(z.string(), z.number()) }),
});

const loraSchema = z.object({
  case: z.string(),
  config: z.looseObject({
    dim: size,
    num_heads: size,
    r: size,
    lora_alpha: z.number(),
    layer_norm_eps: z.number(),
    tokens: z.tuple([size, size, size]),
  }),
  fused_qkv: adapterSection.optional(),
  separate_q_k_v: adapterSection.optional(),
});

export type Samples = z.output<typeof samplesSchema>;
export type FoundationCase = z.output<typeof caseSchema> & { readonly kind: "foundation" };
export type FoundationKeys = Omit<z.output<typeof keysSchema>, "config"> & {
  readonly kind: "foundation-keys";
  readonly case: string;
  readonly config: PublishedConfig;
};
export type LoraCase = z.output<typeof loraSchema> & { readonly kind: "lora" };
export type FoundationFile = FoundationCase | FoundationKeys | LoraCase;

type Parsed = { readonly data: FoundationFile } | { readonly error: z.ZodError };

/** Undefined where the content is that of another golden file. */
export function parseFoundationFile(content: unknown, name: string): Parsed | undefined {
  if (typeof content !== "object" || content === null) return undefined;
  const has = (field: string) => field in content;
  const result = <T>(parsed: z.ZodSafeParseResult<T>, complete: (data: T) => FoundationFile): Parsed =>
    parsed.success ? { data: complete(parsed.data) } : { error: parsed.error };
  if (has("fused_qkv") || has("separate_q_k_v"))
    return result(loraSchema.safeParse(content), (data) => ({ ...data, kind: "lora" }));
  if (has("parameters") && has("model_class")) {
    const keys = keysSchema.safeParse(content);
    if (!keys.success) return { error: keys.error };
    const { model_class, config } = keys.data;
    return result(configSchema.safeParse({ ...config, model_class }), (complete) => ({
      ...keys.data,
      config: complete,
      kind: "foundation-keys",
      case: name,
    }));
  }
  const { config } = content as { config?: unknown };
  if (typeof config !== "object" || config === null || !("model_class" in config)) return undefined;
  return result(caseSchema.safeParse(content), (data) => ({ ...data, kind: "foundation" }));
}

/** Our configuration. @throws UnknownNetworkError where the project does not have such a network */
export function foundationConfigOf(config: PublishedConfig): FoundationConfig {
  const eps = config.layer_norm_eps;
  if (config.model_class === "DINOv3ConvNextModel") {
    return { family: "dinov3-convnext", widths: config.hidden_sizes, depths: config.depths, eps };
  }
  const gated = config.model_class === "DINOv3ViTModel" ? config.use_gated_mlp : config.use_swiglu_ffn;
  const { hidden_act } = config;
  if (hidden_act !== undefined && config.model_class === "DINOv3ViTModel") {
    const usual = gated ? "silu" : "gelu";
    if (hidden_act !== usual)
      throw new UnknownNetworkError(`there is no such MLP with ${hidden_act} in place of ${usual}`);
  }
  const sizes = {
    width: config.hidden_size,
    depth: config.num_hidden_layers,
    heads: config.num_attention_heads,
    registers: config.num_register_tokens,
  };
  if (config.model_class === "DINOv3ViTModel") {
    const { proj_bias, mlp_bias, query_bias, key_bias, value_bias } = config;
    if (!proj_bias || !mlp_bias)
      throw new UnknownNetworkError("there is no DINOv3 without biases in its products");
    return {
      ...dinov3({ ...sizes, gated, mlpWidth: config.intermediate_size }),
      patch: config.patch_size,
      eps,
      ropeTheta: config.rope_theta,
      bias: { query: query_bias, key: key_bias, value: value_bias },
    };
  }
  const { image_size, patch_size, mlp_ratio, qkv_bias } = config;
  const ours = dinov2({ ...sizes, gated, ratio: mlp_ratio });
  return {
    ...ours,
    patch: patch_size,
    eps,
    positions: Math.floor(image_size / patch_size),
    bias: { query: qkv_bias, key: qkv_bias, value: qkv_bias },
  };
}
