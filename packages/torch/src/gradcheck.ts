// Gradients against finite differences, as torch.autograd.gradcheck and gradgradcheck: the proof that a computation and
// its derivative belong together, for operators and for whole losses.
//
// Every entry of the Jacobian is compared: (f(x + eps) - f(x - eps)) / (2 eps) with what autograd gives. In float64 the
// difference quotient is good to about 1e-9 of the values' size; lower precisions cannot be checked this way.

import { grad } from "./autograd.js";
import { fromTypedArray } from "./creation.js";
import { TorchError } from "./errors.js";
import { readOptions } from "./options.js";
import { scope } from "./ownership.js";
import { Tensor } from "./tensor.js";
import { describeValue } from "./values.js";

export interface GradcheckOptions {
  /** Step of the difference quotient; default 1e-6. */
  eps?: number;
  /** Allowed absolute difference of an entry; default 1e-5. */
  atol?: number;
  /** Allowed difference relative to the difference quotient; default 1e-3. */
  rtol?: number;
}

export interface GradgradcheckOptions extends GradcheckOptions {
  /** Gradients of the outputs with which first gradients are formed; normal random numbers unless given. */
  gradOutputs?: readonly Tensor[];
}

const defaults: Required<GradcheckOptions> = { eps: 1e-6, atol: 1e-5, rtol: 1e-3 };

/** A computation to be checked. It must be deterministic: seed the generator inside where it draws random numbers. */
export type Differentiable = (...inputs: Tensor[]) => Tensor | readonly Tensor[];

/**
 * Compares the gradients of `compute` with finite differences, for each input that requires gradients (which must be float64)
 * and each output that depends on them. Points where the function has a kink must be avoided.
 *
 * @returns the largest absolute difference
 * @throws TorchError that says which entry differs, and both values
 */
export function gradcheck(
  compute: Differentiable,
  inputs: readonly Tensor[],
  options: GradcheckOptions = {},
): number {
  return check("gradcheck", compute, inputs, options);
}

/** Compares the gradients of the gradients of `compute` with finite differences of its gradients; see `gradcheck`. */
export function gradgradcheck(
  compute: Differentiable,
  inputs: readonly Tensor[],
  { gradOutputs, ...options }: GradgradcheckOptions = {},
): number {
  return scope(() => {
    const seeds = (gradOutputs ?? differentiable(compute(...inputs)).map((output) => output.randnLike())).map(
      (seed) => seed.detach().requiresGrad_(),
    );
    const gradients: Differentiable = (...values) => {
      const arguments_ = values.slice(0, inputs.length);
      const outputs = differentiable(compute(...arguments_));
      const wanted = arguments_.filter((argument) => argument.requiresGrad);
      const gradOutputs = values.slice(inputs.length);
      return grad(outputs, wanted, { gradOutputs, createGraph: true, allowUnused: true }).filter(
        (g) => g !== null,
      );
    };
    return check("gradgradcheck", gradients, [...inputs, ...seeds], options);
  });
}

function check(
  operator: string,
  compute: Differentiable,
  inputs: readonly Tensor[],
  options: GradcheckOptions,
): number {
  const { eps, atol, rtol } = readOptions(operator, [options], defaults);
  checkInputs(operator, inputs);
  return scope(() => {
    let largest = 0;
    for (const { place, found, expected } of jacobianEntries(operator, compute, inputs, eps)) {
      const difference = Math.abs(found - expected);
      if (!(difference <= atol + rtol * Math.abs(expected))) {
        throw new TorchError(
          `${place} is ${found} by autograd and ${expected} by finite differences (eps ${eps})`,
          {
            operator,
            received: `  inputs: ${describeValue(inputs)}`,
          },
        );
      }
      largest = Math.max(largest, difference);
    }
    return largest;
  });
}

interface JacobianEntry {
  /** Such as `d output 0 [3] / d input 1 [7]`, elements in row-major order. */
  readonly place: string;
  /** By autograd. */
  readonly found: number;
  /** By finite differences. */
  readonly expected: number;
}

function* jacobianEntries(
  operator: string,
  compute: Differentiable,
  inputs: readonly Tensor[],
  eps: number,
): Generator<JacobianEntry> {
  const outputs = differentiable(compute(...inputs));
  if (outputs.length === 0) {
    throw new TorchError("no output depends on an input that requires gradients", {
      operator,
      argument: "compute",
    });
  }
  for (const [position, input] of inputs.entries()) {
    if (!input.requiresGrad) continue;
    const jacobians = outputs.map((output) => jacobian(output, input));
    for (let column = 0; column < input.numel; column++) {
      const quotients = differenceQuotients(compute, inputs, position, column, eps);
      for (const [index, rows] of jacobians.entries()) {
        if (quotients[index]?.length !== rows.length) throw unstable(operator, index);
        for (const [row, gradients] of rows.entries()) {
          yield {
            place: `d output ${index} [${row}] / d input ${position} [${column}]`,
            found: gradients[column] as number,
            expected: quotients[index][row] as number,
          };
        }
      }
    }
  }
}

function checkInputs(operator: string, inputs: readonly Tensor[]): void {
  const checked = inputs.filter((input) => input.requiresGrad);
  const wrong = checked.find((input) => input.dtype !== "float64");
  if (checked.length > 0 && !wrong) return;
  throw new TorchError(
    wrong
      ? `finite differences need float64, got ${wrong}`
      : "no input requires gradients: call requiresGrad_()",
    { operator, argument: "inputs" },
  );
}

const asArray = (value: Tensor | readonly Tensor[]): readonly Tensor[] =>
  value instanceof Tensor ? [value] : value;

const differentiable = (outputs: Tensor | readonly Tensor[]): Tensor[] =>
  asArray(outputs).filter((output) => output.requiresGrad);

const unstable = (operator: string, index: number): TorchError =>
  new TorchError(`output ${index} has not the same shape at each evaluation`, {
    operator,
    argument: "compute",
  });

/** By autograd: for each element of the output, the gradient with respect to the input. */
function jacobian(output: Tensor, input: Tensor): Float64Array[] {
  return Array.from({ length: output.numel }, (_, row) =>
    scope(() => {
      const seed = output.zerosLike({ memoryFormat: "contiguous" });
      seed.view([-1]).select(0, row).fill_(1);
      const [gradient] = grad(output, [input], { gradOutputs: [seed], retainGraph: true, allowUnused: true });
      return (gradient ?? input.zerosLike()).toTypedArray() as Float64Array;
    }),
  );
}

/** By central differences: for each output, the change of its elements with one element of one input. */
function differenceQuotients(
  compute: Differentiable,
  inputs: readonly Tensor[],
  position: number,
  column: number,
  eps: number,
): Float64Array[] {
  const evaluate = (change: number): Float64Array[] =>
    scope(() => {
      const moved = inputs.map((input, index) =>
        index === position ? perturbed(input, column, change) : input,
      );
      return differentiable(compute(...moved)).map((output) => output.toTypedArray() as Float64Array);
    });
  const above = evaluate(eps);
  const below = evaluate(-eps);
  return above.map((values, index) =>
    values.map((value, row) => (value - (below[index]?.[row] ?? Number.NaN)) / (2 * eps)),
  );
}

/** A copy, so that neither the input nor what autograd saved of it changes. */
function perturbed(input: Tensor, element: number, change: number): Tensor {
  const values = input.toTypedArray() as Float64Array;
  values[element] = (values[element] as number) + change;
  return fromTypedArray(values, input.shape, { device: input.device, requiresGrad: true });
}
