// Runs golden files of foundation backbones: features, hidden states, positions, rotary angles, gradients, names.

import { cat, type Device, dispose, type nn, noGrad, scope, type Tensor } from "@pinmem/torch";
import {
  allowSecondDerivatives,
  type Backbone,
  type ConvNext,
  convNextNames,
  createRope,
  type FoundationConfig,
  interpolated,
  inverseFrequencies,
  isTransformer,
  type PositionRule,
  type PublishedNames,
  type TransformerConfig,
  toPublished,
  transformerNames,
  type VisionTransformer,
} from "pinmem/models";
import type { GroupResult, Precision } from "../compare.js";
import { formulaStream } from "../formula.js";
import { compareGradient, compareTensor, type Deviation, distance, groupOf } from "./compare.js";
import { type FoundationCase, type FoundationKeys, foundationConfigOf, type Samples } from "./files.js";
import { lossNoise } from "./loss-noise.js";
import { formulaBackbone } from "./network.js";

const DOUBLE = 1e-7;
/**
 * Of what is interpolated in single precision whatever the network's, by other kernels than the file's: coordinates up to 37 are rounded
 * to 2^-19, so that weights of neighbors differ by a few times that.
 */
const POSITIONS = { values: 4e-6, gradient: 1e-5 } as const;

type Section = readonly [name: string, body: () => readonly GroupResult[]];

/** The sections of a case in one precision, which share a network; `close` frees it. */
export function foundationSections(
  file: FoundationCase,
  precision: Precision,
  device: Device,
): { readonly sections: readonly Section[]; readonly close: () => void } {
  const config = foundationConfigOf(file.config);
  let opened: Backbone | null = null;
  const open = <T>(body: (backbone: Backbone, image: Tensor) => T): T => {
    opened ??= formulaBackbone(config, precision).to({ device });
    const backbone = opened;
    // Figures in single precision are of attention by single operators: libtorch's own one rounds its exponentials more.
    if (!isDouble) allowSecondDerivatives(backbone);
    return scope(() => {
      const [batch = 2] = file.f64.output.shape;
      const image = formulaStream("image", [batch, 3, ...file.config.hw]);
      return body(backbone, asCut(image, config).to({ dtype: precision, device }));
    });
  };
  const close = () => dispose([...(opened?.stateDict().values() ?? [])]);
  const isDouble = precision === "float64";
  const basis = isDouble ? "fixed" : "gap";
  const gap = file.gap_f32_f64;
  const outputTolerance = isDouble ? DOUBLE : 2 * gap.output_rel_l2;
  const states = (backbone: Backbone, image: Tensor) =>
    noGrad(() =>
      isTransformer(config)
        ? transformerStates(backbone as VisionTransformer, image)
        : convNextStates(backbone as ConvNext, image),
    );
  const sections: Section[] = [
    [
      "features",
      () =>
        open((backbone, image) => {
          const output = noGrad(() => outputOf(backbone, image));
          const { cls, registers } = states(backbone, image);
          const { f64 } = file;
          const within = (own: Samples, single: Samples | undefined) =>
            isDouble ? DOUBLE : 2 * Math.max(gap.output_rel_l2, single ? distance(own, single) : 0);
          return [
            groupOf("output", compareTensor("output", output, f64.output, outputTolerance), basis),
            ...(f64.cls
              ? [groupOf("cls", compareTensor("cls", cls, f64.cls, within(f64.cls, file.f32.cls)), basis)]
              : []),
            ...(f64.registers && registers
              ? [
                  groupOf(
                    "registers",
                    compareTensor(
                      "registers",
                      registers,
                      f64.registers,
                      within(f64.registers, file.f32.registers),
                    ),
                    basis,
                  ),
                ]
              : []),
          ];
        }),
    ],
    [
      "hidden",
      () =>
        open((backbone, image) => {
          const { hidden } = states(backbone, image);
          // Of a transformer, 0 is what goes into the first block; of a ConvNeXt, 1 is the first stage.
          const first = isTransformer(config) ? 0 : 1;
          const deviations = file.f64.hidden.flatMap((expected, at): Deviation[] => {
            const own = hidden[expected.layer - first];
            const name = `layer ${expected.layer}`;
            const single = file.f32.hidden[at] ?? expected;
            const tolerance = isDouble
              ? DOUBLE
              : 2 * Math.max(gap.hidden_rel_l2[at] ?? 0, distance(expected, single));
            return own
              ? compareTensor(name, own, expected, tolerance)
              : [{ figure: `${name} was not computed`, deviation: Infinity, tolerance }];
          });
          return [groupOf("hidden", deviations, basis)];
        }),
    ],
    ["gradients", () => open((backbone, image) => gradients(file, backbone, image, isDouble))],
    ...(file.position && isTransformer(config) && isDouble
      ? ([
          [
            "positions",
            () => open((backbone, image) => positions(file, backbone as VisionTransformer, image)),
          ],
        ] as const)
      : []),
    ...(file.rope && isTransformer(config) && isDouble
      ? ([["rope", () => scope(() => rope(file, config))]] as const)
      : []),
  ];
  return { sections, close };
}

/** The references leave out what is no whole patch, at the bottom and at the right, where ours fill pictures up. */
function asCut(image: Tensor, config: FoundationConfig): Tensor {
  if (!isTransformer(config)) return image;
  const whole = (dim: number) => image.size(dim) - (image.size(dim) % config.patch);
  return image.narrow(2, 0, whole(2)).narrow(3, 0, whole(3)).contiguous();
}

/** The last map; a ConvNeXt's of a picture as it is, which ours fill up. */
function outputOf(backbone: Backbone, image: Tensor): Tensor {
  if (isTransformer((backbone as VisionTransformer | ConvNext).config)) return backbone.call(image).deep;
  const { layer0, layer1, layer2, layer3, layer4 } = backbone as ConvNext;
  return [layer0, layer1, layer2, layer3, layer4].reduce((map, stage) => stage.call(map).feature, image);
}

interface States {
  readonly hidden: readonly Tensor[];
  readonly cls: Tensor;
  readonly registers: Tensor | null;
}

function transformerStates(backbone: VisionTransformer, image: Tensor): States {
  const hidden = [backbone.layer0.call(image).feature];
  const rope = backbone.ropeFor(image, hidden[0] as Tensor);
  for (const block of backbone.blocks) hidden.push(block.call(hidden.at(-1) as Tensor, rope));
  const normalized = (backbone.layer4.norm as nn.LayerNorm).call(hidden.at(-1) as Tensor);
  const { special } = backbone.layer0;
  return {
    hidden,
    cls: normalized.narrow(1, 0, 1),
    registers: special > 1 ? normalized.narrow(1, 1, special - 1) : null,
  };
}

function convNextStates({ layer0, layer1, layer2, layer3, layer4 }: ConvNext, image: Tensor): States {
  const hidden: Tensor[] = [];
  let map = layer0.call(image).feature;
  for (const stage of [layer1, layer2, layer3]) {
    map = stage.call(map).feature;
    hidden.push(map);
  }
  const blocks = [...layer4.blocks];
  const norm = blocks.pop() as nn.LayerNorm;
  for (const block of blocks) map = block.call(map) as Tensor;
  hidden.push(map);
  const pooled = norm.call(map.mean([2, 3], { keepdim: true }));
  return { hidden, cls: pooled.flatten({ startDim: 1 }).unsqueeze(1), registers: null };
}

function gradients(
  file: FoundationCase,
  backbone: Backbone,
  image: Tensor,
  isDouble: boolean,
): GroupResult[] {
  const { f64, gap_f32_f64: gap, rounding_only_grads } = file;
  const output = outputOf(backbone, image);
  const target = formulaStream("target", output.shape).to({ dtype: image.dtype, device: image.device });
  const loss = output.mul(target).mean();
  backbone.zeroGrad();
  loss.backward();
  const own = new Map(
    [...backbone.namedParameters()].flatMap(([name, { grad }]) => (grad ? [[name, grad]] : [])),
  );
  const given = toPublished(backbone.published as PublishedNames, "hf", own);
  const tolerance = isDouble ? DOUBLE : 2 * gap.grad_rel_l2_worst[1];
  const isEmpty = (name: string) => name.endsWith("register_tokens") && !given.has(name);
  const gradients = Object.entries(f64.grads).filter(
    ([name, of]) => !(isEmpty(name) && (of?.[0] ?? 0) === 0),
  );
  const deviations = gradients.flatMap(([name, expected]) =>
    compareGradient(name, given.get(name), expected, {
      tolerance: name.endsWith("position_embeddings") ? Math.max(tolerance, POSITIONS.gradient) : tolerance,
      isRounding: rounding_only_grads.includes(name),
    }),
  );
  // A mean of n products of independent signs: its terms' size over the square root of n.
  const { l2, shape } = f64.output;
  const count = shape.reduce((product, size) => product * size, 1);
  const size = (l2 / Math.sqrt(count)) * (target.square().mean().toNumber() ** 0.5 / Math.sqrt(count));
  const deviation = Math.abs(loss.toNumber() - f64.loss);
  const scale = isDouble ? DOUBLE * size : Math.max(2 * gap.loss_abs, 2 * gap.output_rel_l2 * size);
  const noise = isDouble || deviation <= scale ? 0 : 2 * lossNoiseOf(file);
  const basis = isDouble ? "fixed" : "gap";
  const difference = { figure: "loss", deviation, tolerance: Math.max(scale, noise) };
  return [
    groupOf("loss", [difference], noise > scale ? "rounding" : basis),
    groupOf("gradients", deviations, basis),
  ];
}

function lossNoiseOf({ config, f64, gap_f32_f64 }: FoundationCase): number {
  const ours = foundationConfigOf(config);
  const backbone = formulaBackbone(ours, "float64");
  try {
    return scope(() => {
      const [batch = 2] = f64.output.shape;
      const image = asCut(formulaStream("image", [batch, 3, ...config.hw]), ours).to("float64");
      return lossNoise(backbone, {
        output: () => outputOf(backbone, image),
        gap: gap_f32_f64.output_rel_l2,
      });
    });
  } finally {
    dispose([...backbone.stateDict().values()]);
  }
}

function positions(
  { position, config }: FoundationCase,
  backbone: VisionTransformer,
  image: Tensor,
): GroupResult[] {
  const all = (backbone.layer0.positions as Tensor).detach();
  const patches = all.narrow(1, 1, all.size(1) - 1);
  const alone = Object.entries(position?.variants ?? {}).flatMap(([rule, expected]) =>
    compareTensor(rule, interpolated(patches, config.grid, ruleOf(rule)), expected, POSITIONS.values),
  );
  const outputs = Object.entries(position?.output_with_other_rules ?? {}).flatMap(([rule, expected]) => {
    backbone.layer0.setRule(ruleOf(rule));
    return compareTensor(
      rule,
      noGrad(() => backbone.call(image).deep),
      expected,
      DOUBLE,
    );
  });
  return [
    groupOf("positions", alone, "fixed"),
    ...(outputs.length > 0 ? [groupOf("output by another rule", outputs, "fixed")] : []),
  ];
}

const ruleOf = (rule: string): PositionRule => (rule === "hub_offset" ? "hub" : (rule as PositionRule));

function rope(
  { rope, config }: FoundationCase,
  { width, heads, ropeTheta }: TransformerConfig,
): GroupResult[] {
  if (!rope) return [];
  const headWidth = width / heads;
  const { cos_ND, sin_ND } = createRope({
    grid: config.grid,
    special: 0,
    headWidth,
    theta: ropeTheta,
    dtype: "float64",
    device: "cpu",
  });
  // Ours carry the sign of the rotation.
  const [first, second] = sin_ND.chunk(2, 1) as [Tensor, Tensor];
  const frequencies = inverseFrequencies(headWidth, ropeTheta).map((value, j) => ({
    figure: `inv_freq[${j}]`,
    deviation: Math.abs(value - (rope.inv_freq[j] ?? Number.NaN)) / value,
    tolerance: DOUBLE,
  }));
  const sines = cat([first.neg(), second], { dim: 1 });
  return [
    groupOf(
      "angles",
      [
        ...frequencies,
        ...compareTensor("cos", cos_ND, rope.cos, DOUBLE),
        ...compareTensor("sin", sines, rope.sin, DOUBLE),
      ],
      "fixed",
    ),
  ];
}

/** Published names and shapes, of both publishers, and what ours they come from. */
export function checkFoundationNames(file: FoundationKeys): GroupResult[] {
  const config = foundationConfigOf(file.config);
  const published = isTransformer(config) ? transformerNames(config) : convNextNames(config);
  const entry = (name: string, shape: readonly number[]) => `${name} [${shape.join(", ")}]`;
  const compareLists = (group: string, ours: readonly string[], theirs: readonly string[]): GroupResult => {
    const missing = theirs.find((one) => !ours.includes(one));
    const extra = ours.find((one) => !theirs.includes(one));
    const problem = missing ? `${missing} is missing` : extra ? `${extra} is too many` : null;
    const deviation = problem ? 1 : 0;
    const figure = problem ? `${group}: ${problem}` : group;
    return {
      group,
      figures: theirs.length,
      deviation,
      tolerance: 0,
      basis: "fixed",
      figure,
      passed: !problem,
    };
  };
  // A model without registers holds an empty tensor for them.
  const listed = file.parameters.filter(({ shape }) => !shape.includes(0));
  const theirs = listed.map(({ name, shape }) => entry(name, shape));
  const ours = published.tensors("hf").map(({ name, shape }) => entry(name, shape));
  const hub = [...new Set(listed.flatMap(({ hub: name }) => (name ? [name] : [])))];
  const known = published.tensors("hub").filter(({ unused, name }) => !unused || name === "mask_token");
  return [
    compareLists("Hugging Face's names", ours, theirs),
    ...(hub.length > 0
      ? [
          compareLists(
            "torch.hub's names",
            known.map(({ name }) => name),
            hub,
          ),
        ]
      : []),
  ];
}
