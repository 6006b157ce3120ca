// Runs the golden file of low-rank adapters: one block of DINOv2, with one adapter for queries, keys and values together and with
// one for each.

import { cat, type Device, dispose, noGrad, scope, type Tensor } from "@pinmem/torch";
import {
  type Attention,
  addJointLora,
  addLora,
  allowSecondDerivatives,
  dinov2,
  foundationBackbone,
  fromPublished,
  mergeAttention,
  mergeProjection,
  type PublishedNames,
  type TransformerBlock,
  type VisionTransformer,
} from "pinmem/models";
import { UnknownNetworkError } from "../architecture.js";
import type { GroupResult, Precision } from "../compare.js";
import { formulaFoundation, formulaStream } from "../formula.js";
import { compareGradient, compareTensor, type Deviation, groupOf, usualLength } from "./compare.js";
import type { LoraCase } from "./files.js";
import { formulaTensors } from "./network.js";

const DOUBLE = 1e-7;

export const loraSections = ["fused_qkv", "separate_q_k_v"] as const;
type LoraSection = (typeof loraSections)[number];
type LoraFigures = NonNullable<LoraCase[LoraSection]>;

const parts = ["query", "key", "value"] as const;
type Part = keyof PublishedAdapters;

/** Which of a block's products have an adapter, by their published names without ".weight". */
interface PublishedAdapters {
  query: string;
  key: string;
  value: string;
  output: string;
  up: string;
  down: string;
  /** Queries, keys and values together. */
  joint: string;
}

const places: Readonly<Record<LoraSection, Partial<PublishedAdapters>>> = {
  fused_qkv: {
    joint: "blocks.0.attn.qkv",
    output: "blocks.0.attn.proj",
    up: "blocks.0.mlp.fc1",
    down: "blocks.0.mlp.fc2",
  },
  separate_q_k_v: {
    query: "encoder.layer.0.attention.attention.query",
    key: "encoder.layer.0.attention.attention.key",
    value: "encoder.layer.0.attention.attention.value",
    output: "encoder.layer.0.attention.output.dense",
    up: "encoder.layer.0.mlp.fc1",
    down: "encoder.layer.0.mlp.fc2",
  },
};

export function runLora(
  { config, ...file }: LoraCase,
  section: LoraSection,
  { precision, device }: { precision: Precision; device: Device },
): GroupResult[] {
  const { f64, gap_f32_f64: gap, parameters } = file[section] as LoraFigures;
  const { dim: width, num_heads: heads, r: rank, lora_alpha: alpha, layer_norm_eps: eps } = config;
  const backbone = foundationBackbone("golden", {
    ...dinov2({ width, heads, depth: 1 }),
    eps,
  }) as VisionTransformer;
  backbone.to({ dtype: precision, device }).eval().requiresGrad_(false);
  if (precision === "float32") allowSecondDerivatives(backbone);
  try {
    return scope(() => {
      const [block] = backbone.blocks;
      if (!block) throw new Error("internal: a backbone of depth 1 has a block");
      const given = formulaTensors(parameters.filter(({ name }) => !name.includes(".lora_")));
      const published = backbone.published as PublishedNames;
      const publisher = section === "fused_qkv" ? "hub" : "hf";
      const own = backbone.stateDict();
      backbone.loadStateDict(new Map([...own, ...fromPublished(published, publisher, given, own)]));

      const input = formulaStream("tokens", config.tokens).to({ dtype: precision, device }).requiresGrad_();
      const plain = noGrad(() => block.call(input));
      const adapters = attach(block, { parameters, section }, { rank, alpha, dropout: 0 });
      for (const [base, lora] of adapters) {
        lora.to({ dtype: precision, device });
        const set = (name: string, tensor: Tensor) =>
          noGrad(() => void tensor.copy_(formulaFoundation(name, tensor.shape, false)));
        set(`${base}.lora_A.weight`, lora.down.weight);
        set(`${base}.lora_B.weight`, lora.up.weight);
      }
      const output = block.call(input);
      const target = formulaStream("target", output.shape).to({ dtype: precision, device });
      const loss = output.mul(target).mean();
      loss.backward();
      const tolerance = precision === "float64" ? DOUBLE : 2 * gap.output_rel_l2;
      const gradients = [...adapters].flatMap(([base, lora]) =>
        (
          [
            ["lora_A", lora.down.weight],
            ["lora_B", lora.up.weight],
          ] as const
        ).flatMap(([part, { grad }]) => {
          const name = `${base}.${part}.weight`;
          const expected = f64.grads[name];
          const within = precision === "float64" ? DOUBLE : 2 * (gap.grad_rel_l2[name] ?? 0);
          if (!expected || !grad)
            return [{ figure: `${name} is missing`, deviation: Infinity, tolerance: within }];
          const { l2, sum, dot } = expected;
          return [
            ...compareGradient(name, grad, [l2, sum, dot], { tolerance: within, isRounding: false }),
            ...compareTensor(name, grad, expected, within, usualLength(expected)),
          ];
        }),
      );
      const basis = precision === "float64" ? "fixed" : "gap";
      const groups = [
        groupOf("output", compareTensor("output", output, f64.output, tolerance), basis),
        groupOf("gradients", gradients, basis),
        groupOf(
          "output without adapter",
          compareTensor("output", plain, f64.output_without_adapter, tolerance),
          basis,
        ),
      ];
      if (precision === "float64") {
        const inputs = compareTensor("gradient", input.grad as Tensor, f64.grad_of_input, DOUBLE);
        const difference = { figure: "loss", deviation: Math.abs(loss.toNumber() / f64.loss - 1), tolerance };
        groups.push(groupOf("loss", [difference], basis));
        groups.push(groupOf("gradient of the input", inputs, basis));
        groups.push(
          groupOf("projections", projections(block.attention, block.norm1.call(input), f64, section), basis),
        );
      }
      noGrad(() => {
        mergeAttention(block.attention);
        for (const projection of Object.values(projectionsOf(block))) mergeProjection(projection);
        const merged = compareTensor("output", block.call(input), f64.output, tolerance);
        groups.push(groupOf("merged", merged, basis));
      });
      return groups;
    });
  } finally {
    dispose([...backbone.stateDict().values()]);
  }
}

const projectionsOf = ({
  attention: { query, key, value, output },
  mlp: { up, down },
}: TransformerBlock) => ({
  query,
  key,
  value,
  output,
  up,
  down,
});

/** The adapters that a file lists, by the published names of what they stand beside. */
function attach(
  block: TransformerBlock,
  { parameters, section }: Pick<LoraFigures, "parameters"> & { section: LoraSection },
  options: Parameters<typeof addLora>[1],
): Map<string, ReturnType<typeof addLora>> {
  const known = new Map(Object.entries(places[section]).map(([part, base]) => [base, part as Part]));
  const listed = parameters.flatMap(({ name }) => /^(.*)\.lora_A\.weight$/.exec(name)?.[1] ?? []);
  return new Map(
    listed.map((base) => {
      const part = known.get(base);
      if (!part) throw new UnknownNetworkError(`there is no adapter beside ${base}`);
      const lora =
        part === "joint"
          ? addJointLora(block.attention, options)
          : addLora(projectionsOf(block)[part], options);
      return [base, lora];
    }),
  );
}

/** Queries, keys and values, of which a file has those with an adapter. */
function projections(
  attention: Attention,
  normalized: Tensor,
  { projection_outputs }: LoraFigures["f64"],
  section: LoraSection,
): Deviation[] {
  const each = noGrad(() => attention.projections(normalized));
  const { joint } = places[section];
  return Object.entries(projection_outputs).flatMap(([name, expected]) => {
    const at = parts.findIndex((part) => places[section][part] === name);
    const found = name === joint ? cat(each, { dim: 2 }) : each[at];
    return found ? compareTensor(name, found, expected, DOUBLE) : [];
  });
}
