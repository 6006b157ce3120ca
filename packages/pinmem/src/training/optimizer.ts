// The optimizer of a recipe: stochastic gradient descent with momentum, as the paper trains, or AdamW.
//
// Weight decay: the official code decays everything by 5e-4, scales and shifts of norms and biases included. These say
// nothing about capacity, and pulling scales to zero works against the norm; ours leaves them out, unless `decay` is "all".

import { type nn, optim } from "@pinmem/torch";
import { z } from "zod";
import { BackboneNetwork } from "../models/backbone-network.js";

const decay = z.enum(["weights", "all"]).default("weights");
/**
 * Learning rate of a part of the network, in units of the schedule's: by "backbone", or by the beginning of parameters' names such
 * as "layer4" or "aspp.features"; the longest name counts. Others have the schedule's.
 */
const factors = z.record(z.string(), z.number().min(0)).default({});

export const optimizerSchema = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("sgd"),
    momentum: z.number().min(0).lt(1).default(0.9),
    nesterov: z.boolean().default(false),
    weightDecay: z.number().min(0).default(5e-4),
    /** What is decayed: convolutions and products only, or every parameter as in the official code. */
    decay,
    factors,
  }),
  z.strictObject({
    kind: z.literal("adamw"),
    betas: z.tuple([z.number().min(0).lt(1), z.number().min(0).lt(1)]).default([0.9, 0.999]),
    weightDecay: z.number().min(0).default(1e-2),
    decay,
    factors,
  }),
]);

export type OptimizerConfig = z.output<typeof optimizerSchema>;
export type AnyOptimizer = optim.Optimizer<{ lr: number }>;

export interface RecipeOptimizer {
  readonly optimizer: AnyOptimizer;
  /** Learning rates of the optimizer's groups, in units of the schedule's. */
  readonly factors: readonly number[];
}

/**
 * @param lr learning rate until the schedule sets one
 * @throws RangeError where a name of `factors` is that of no trained parameter
 */
export function createOptimizer(network: nn.AnyModule, config: OptimizerConfig, lr: number): RecipeOptimizer {
  const groups = parameterGroups(network, config);
  const { weightDecay } = config;
  const factors = groups.map(({ factor }) => factor);
  const params = groups.map(({ factor: _, ...group }) => group);
  if (config.kind === "adamw") {
    const [beta1, beta2] = config.betas;
    const adamw = new optim.AdamW(params, { lr, betas: [beta1, beta2], weightDecay });
    return { optimizer: adamw as unknown as AnyOptimizer, factors };
  }
  const { momentum, nesterov } = config;
  const sgd = new optim.SGD(params, { lr, momentum, nesterov, weightDecay });
  return { optimizer: sgd as unknown as AnyOptimizer, factors };
}

interface Group {
  readonly params: nn.Parameter[];
  readonly settings?: { weightDecay: number };
  readonly factor: number;
}

function parameterGroups(network: nn.AnyModule, { decay, factors }: OptimizerConfig): Group[] {
  const trained = [...network.namedParameters()].filter(([, { requiresGrad }]) => requiresGrad);
  const factorOf = factorsByName(network, factors, trained);
  const byFactor = new Map<number, nn.Parameter[]>();
  for (const [name, parameter] of trained) {
    const factor = factorOf(name);
    byFactor.set(factor, [...(byFactor.get(factor) ?? []), parameter]);
  }
  const groups = [...byFactor].flatMap(([factor, params]): Group[] =>
    decay === "all"
      ? [{ params, factor }]
      : [
          // Scales, shifts and biases have one dimension, a learned temperature none.
          { params: params.filter(({ dim }) => dim > 1), factor },
          { params: params.filter(({ dim }) => dim <= 1), settings: { weightDecay: 0 }, factor },
        ],
  );
  return groups.filter(({ params }) => params.length > 0);
}

function factorsByName(
  network: nn.AnyModule,
  factors: OptimizerConfig["factors"],
  trained: readonly (readonly [string, nn.Parameter])[],
): (name: string) => number {
  const ofBackbone = new Set<nn.Parameter>(
    network instanceof BackboneNetwork ? network.backbone.parameters() : [],
  );
  const isIn = (part: string, name: string, parameter: nn.Parameter): boolean =>
    part === "backbone" ? ofBackbone.has(parameter) : name === part || name.startsWith(`${part}.`);
  // "backbone" first: any name is longer, or means a part of it.
  const parts = Object.keys(factors).sort((a, b) =>
    a === "backbone" ? -1 : b === "backbone" ? 1 : a.length - b.length,
  );
  const found = new Map<string, number>();
  for (const part of parts) {
    const inside = trained.filter(([name, parameter]) => isIn(part, name, parameter));
    if (inside.length === 0) {
      const names = [...new Set(trained.map(([name]) => name.split(".")[0]))].join(", ");
      throw new RangeError(
        `optimizer.factors names "${part}", but no trained parameter is called so; their names begin with ${names}, or say "backbone"`,
      );
    }
    for (const [name] of inside) found.set(name, factors[part] as number);
  }
  return (name) => found.get(name) ?? 1;
}
