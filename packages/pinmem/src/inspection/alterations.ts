// Ways to alter the read of a memory without training anew, to see what it matters: if the classes of pixels stay when the
// read-out is made constant, or the rows are mixed up, the network does not use what the rows say.
//
// Shapes: B batch, K classes (rows), C width, h w feature.

import { Random } from "@pinmem/core";
import type { AlterationKind } from "@pinmem/core/formats";
import { fromTypedArray, nn, scope, type Tensor } from "@pinmem/torch";
import type { ClassMemory, ReadInput } from "../memory/class-memory.js";

export interface Alteration {
  readonly kind: AlterationKind;
  /** Of the softmax, where that is what is altered. */
  readonly temperature?: number;
  /** Whether the decoder's logits are left out, so that the votes alone decide. */
  readonly votesAlone?: true;
  /** Reads to average over: one, or several draws of what is random. Their tensors belong to the caller's scope. */
  readonly reads: readonly (() => ReadInput)[];
}

export interface AlterationOptions {
  readonly seed: number;
  /** Permutations and random memories to average over. */
  readonly draws: number;
  readonly temperatures: readonly number[];
}

/** Of a memory that votes. @param constant a read whose read-out is the same everywhere */
const voting = (constant: () => ReadInput): readonly Alteration[] => [
  { kind: "votes-off", reads: [() => ({ vote: 0 })] },
  { kind: "memory-off", reads: [() => ({ ...constant(), vote: 0 })] },
  { kind: "votes-only", votesAlone: true, reads: [() => ({})] },
];

/**
 * All alterations of a memory.
 * @param meanWeights mean read weights over all pixels of the domain, K; by linearity they give the mean read-out
 */
export function alterations(
  memory: ClassMemory,
  meanWeights: Float64Array,
  { seed, draws, temperatures }: AlterationOptions,
): Alteration[] {
  const turns = Array.from({ length: draws }, (_, index) => ({ seed, index }));
  const present = presentRows(memory);
  const constant = (): ReadInput => ({
    reweigh: (weights) =>
      fromTypedArray(meanWeights, [1, meanWeights.length, 1, 1], { device: weights.device })
        .to(weights.dtype)
        .expandAs(weights)
        .contiguous(),
  });
  const imageMean = (): ReadInput => ({
    reweigh: (weights) => weights.mean([2, 3], { keepdim: true }).expandAs(weights).contiguous(),
  });
  const permuted = turns.map((turn) => (): ReadInput => {
    const from = BigInt64Array.from(changedPlaces(present, memory.classes, turn), BigInt);
    return {
      reweigh: (weights) =>
        weights.indexSelect(1, fromTypedArray(from, [from.length], { device: weights.device })),
    };
  });
  const random = turns.map((turn) => (): ReadInput => ({ items: randomRows(memory, turn) }));
  return [
    { kind: "constant", reads: [constant] },
    { kind: "image-mean", reads: [imageMean] },
    // One row alone has nothing to change places with.
    ...(present.length > 1 ? [{ kind: "permuted", reads: permuted } as const] : []),
    { kind: "random", reads: random },
    ...temperatures.map(
      (temperature): Alteration => ({ kind: "temperature", temperature, reads: [() => ({ temperature })] }),
    ),
    ...(memory.voteWeight > 0 ? voting(constant) : []),
  ];
}

/** Train ids of the classes of which a row was written at least once; the others are zero. */
export function presentRows({ items, classes }: ClassMemory): number[] {
  const present = scope(
    () => items.view([classes, -1]).ne(0).any(1).to("uint8").toTypedArray() as Uint8Array,
  );
  return Array.from({ length: classes }, (_, row) => row).filter((row) => present[row] === 1);
}

/** For each row the row whose weight it gets: a random cycle over the given rows, so that none of them keeps its own. */
export function changedPlaces(
  rows: readonly number[],
  classes: number,
  { seed, index }: { readonly seed: number; readonly index: number },
): number[] {
  const order = new Random({ seed, index, stream: "memory rows" }).randperm(rows.length);
  const from = Array.from({ length: classes }, (_, row) => row);
  order.forEach((place, at) => {
    const next = order[(at + 1) % order.length] as number;
    from[rows[next] as number] = rows[place] as number;
  });
  return from;
}

function randomRows(
  { items, classes, rowsPerClass, width }: ClassMemory,
  { seed, index }: { readonly seed: number; readonly index: number },
): Tensor {
  const random = new Random({ seed, index, stream: "random memory" });
  const rows = classes * rowsPerClass;
  const values = Float64Array.from({ length: rows * width }, () => random.uniform());
  return scope(() =>
    nn.F.normalize(fromTypedArray(values, [rows, width], { device: items.device })).to(items.dtype),
  );
}
