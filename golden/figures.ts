// What a section computes, in the shape in which golden files print it: the same tree of names, with tensors at its leaves
// where the file has statistics and samples, and norms where it has [L2 norm, sum].

import { noGrad, scope, type Tensor } from "@pinmem/torch";

/** The elements of a tensor at one moment, whatever happens to it later. */
export class Snapshot {
  readonly shape: readonly number[];
  readonly values: Float64Array;

  constructor(tensor: Tensor) {
    this.shape = tensor.shape;
    this.values = scope(() => tensor.detach().to("float64").toTypedArray() as Float64Array);
  }
}

/** Length and sum of a tensor, taken in double precision. */
export class Norms {
  readonly l2: number;
  readonly sum: number;
  readonly count: number;

  constructor(tensor: Tensor) {
    this.count = tensor.numel;
    [this.l2, this.sum] = scope(() =>
      noGrad(() => {
        const wide = tensor.detach().to("float64");
        return [wide.norm().toNumber(), wide.sum().toNumber()] as const;
      }),
    );
  }
}

export type Figure = number | string | readonly number[] | Snapshot | Norms;

export type Figures = Figure | readonly Figures[] | { readonly [name: string]: Figures };

/** Norms by name. */
export const normsOf = (tensors: Iterable<readonly [string, Tensor]>): Record<string, Norms> =>
  Object.fromEntries([...tensors].map(([name, tensor]) => [name, new Norms(tensor)]));
