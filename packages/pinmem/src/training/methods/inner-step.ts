// The inner step of meta-learning: where one gradient step on the meta-train loss would lead, theta' = theta - alpha g.
//
// First order: g is a constant, so that d theta'/d theta is the identity and the outer gradient with respect to theta' counts
// as one with respect to theta (as the official code does, and first-order MAML). Second order: g keeps its own graph, and
// the outer gradient flows through it (as the paper writes).
// Sources: Finn et al., ICML 2017; Li et al., "Learning to generalize" (MLDG), AAAI 2018; Kim et al., CVPR 2022.

import { _foreachMul_, grad, noGrad, type Tensor } from "@pinmem/torch";
import type { PassResult } from "./training-pass.js";

export const gradientOrders = ["first", "second"] as const;
export type GradientOrder = (typeof gradientOrders)[number];

type Tensors = ReadonlyMap<string, Tensor>;

export interface InnerStep {
  /** theta', by the names of the parameters. */
  readonly adapted: Tensors;
  /** g, the gradients of the inner loss; they hold until `backward`. */
  readonly gradients: Tensors;
  /** Adds the gradients of the inner plus the outer loss, times `share`, to those stored in the parameters. */
  backward(outer: PassResult, share: number): void;
}

/**
 * Where one gradient step on the meta-train loss would lead, theta' = theta - rate g, without taking it.
 * @param inner the meta-train pass; in the first order its graph is used up
 * @param parameters theta, by name, as `trainedParameters` gives them
 * Source: Finn et al., ICML 2017; Kim et al., CVPR 2022, algorithm 1.
 */
export function innerStep(
  inner: PassResult,
  parameters: Tensors,
  { rate, order }: { rate: number; order: GradientOrder },
): InnerStep {
  return order === "first" ? firstOrder(inner, parameters, rate) : secondOrder(inner, parameters, rate);
}

// The outer backward pass adds in place to the inner gradients, which the leaves theta' already store: the sum of both
// exists once, and theta' is the only other copy of the parameters.
function firstOrder(inner: PassResult, parameters: Tensors, rate: number): InnerStep {
  const storedBefore = takeGradients(parameters);
  inner.backward();
  const gradients = takeGradients(parameters);
  storeGradients(parameters, storedBefore);
  const adapted = noGrad(() => moved(parameters, gradients, rate));
  for (const leaf of adapted.values()) leaf.requiresGrad_();
  return {
    adapted,
    gradients,
    backward(outer, share) {
      storeGradients(adapted, gradients);
      outer.backward();
      addGradients(parameters, takeGradients(adapted), share);
    },
  };
}

function secondOrder(inner: PassResult, parameters: Tensors, rate: number): InnerStep {
  const gradientsOf = (value: Tensor, createGraph: boolean): Map<string, Tensor> => {
    const found = grad(value, [...parameters.values()], { createGraph, allowUnused: true });
    const names = [...parameters.keys()];
    return new Map(found.flatMap((gradient, at) => (gradient ? [[names[at] as string, gradient]] : [])));
  };
  const gradients = gradientsOf(inner.losses.total, true);
  return {
    adapted: moved(parameters, gradients, rate),
    gradients,
    backward(outer, share) {
      addGradients(parameters, gradientsOf(outer.losses.total, false), share);
      const constant = [...gradients].map(([name, gradient]) => [name, gradient.detach().clone()] as const);
      addGradients(parameters, new Map(constant), share);
    },
  };
}

/** theta - alpha g; a parameter without gradient stays where it is. */
const moved = (parameters: Tensors, gradients: Tensors, rate: number): Map<string, Tensor> =>
  new Map(
    [...parameters].map(([name, parameter]) => {
      const gradient = gradients.get(name);
      return [name, gradient ? parameter.add(gradient, { alpha: -rate }) : parameter.clone()];
    }),
  );

/** The stored gradients, which are no longer stored then. */
function takeGradients(parameters: Tensors): Map<string, Tensor> {
  const taken = new Map<string, Tensor>();
  for (const [name, parameter] of parameters) {
    const gradient = parameter.grad;
    if (!gradient) continue;
    taken.set(name, gradient);
    parameter.grad = null;
  }
  return taken;
}

function storeGradients(parameters: Tensors, gradients: Tensors): void {
  for (const [name, gradient] of gradients) (parameters.get(name) as Tensor).grad = gradient;
}

function addGradients(parameters: Tensors, gradients: Map<string, Tensor>, share: number): void {
  noGrad(() => {
    if (share !== 1) _foreachMul_([...gradients.values()], share);
    for (const [name, gradient] of gradients) {
      const parameter = parameters.get(name) as Tensor;
      const stored = parameter.grad;
      if (stored) stored.add_(gradient);
      else parameter.grad = gradient;
    }
  });
}
