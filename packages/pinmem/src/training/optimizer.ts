// The optimizer of a recipe: stochastic gradient descent with momentum, as the paper trains, or AdamW.
//
// Weight decay: the official code decays everything by 5e-4, scales and shifts of norms and biases included. These say
// nothing about capacity, and pulling scales to zero works against the norm; ours leaves them out, unless `decay` is "all".

import { type nn, optim } from "@pinmem/torch";
import { z } from "zod";

const decay = z.enum(["weights", "all"]).default("weights");

export const optimizerSchema = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("sgd"),
    momentum: z.number().min(0).lt(1).default(0.9),
    nesterov: z.boolean().default(false),
    weightDecay: z.number().min(0).default(5e-4),
    /** What is decayed: convolutions and products only, or every parameter as in the official code. */
    decay,
  }),
  z.strictObject({
    kind: z.literal("adamw"),
    betas: z.tuple([z.number().min(0).lt(1), z.number().min(0).lt(1)]).default([0.9, 0.999]),
    weightDecay: z.number().min(0).default(1e-2),
    decay,
  }),
]);

export type OptimizerConfig = z.output<typeof optimizerSchema>;
export type AnyOptimizer = optim.Optimizer<{ lr: number }>;

/** @param lr learning rate until the schedule sets one */
export function createOptimizer(network: nn.AnyModule, config: OptimizerConfig, lr: number): AnyOptimizer {
  const groups = parameterGroups(network, config.decay);
  const { weightDecay } = config;
  if (config.kind === "adamw") {
    const [beta1, beta2] = config.betas;
    return new optim.AdamW(groups, { lr, betas: [beta1, beta2], weightDecay }) as unknown as AnyOptimizer;
  }
  const { momentum, nesterov } = config;
  return new optim.SGD(groups, { lr, momentum, nesterov, weightDecay }) as unknown as AnyOptimizer;
}

type Group = { params: nn.Parameter[]; settings?: { weightDecay: number } };

function parameterGroups(network: nn.AnyModule, decayed: "weights" | "all"): Group[] {
  const trained = network.parameters().filter(({ requiresGrad }) => requiresGrad);
  if (decayed === "all") return [{ params: trained }];
  // Scales, shifts and biases have one dimension, a learned temperature none.
  const groups: Group[] = [
    { params: trained.filter(({ dim }) => dim > 1) },
    { params: trained.filter(({ dim }) => dim <= 1), settings: { weightDecay: 0 } },
  ];
  return groups.filter(({ params }) => params.length > 0);
}
