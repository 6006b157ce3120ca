// How the weights of a foundation backbone are named and cut where they are published: in Hugging Face's files, and in the original
// ones (torch.hub), which differ in names and join what is apart here.
//
// An entry says which of our tensors make one of theirs, one behind the other along the first dimension.

import { cat, scope, Tensor, zeros } from "@pinmem/torch";

/** Who published a file. */
export const publishers = ["hf", "hub"] as const;
export type Publisher = (typeof publishers)[number];

export interface PublishedTensor {
  readonly name: string;
  readonly shape: readonly number[];
  /** Our names, in equal parts along the first dimension; null: a part that is zero. None: it has no place here. */
  readonly ours: readonly (string | null)[];
  /** Why it has no place here. */
  readonly unused?: string;
  /** Files may lack it. */
  readonly optional?: true;
}

/** The tables of a backbone. */
export interface PublishedNames {
  /** What messages call its family. */
  readonly family: string;
  readonly tensors: (publisher: Publisher) => readonly PublishedTensor[];
  /** What else belongs to weights of a publisher, by our names; read in a scope. */
  readonly extra?: (publisher: Publisher) => ReadonlyMap<string, Tensor>;
}

type Shapes = ReadonlyMap<string, { readonly shape: readonly number[] }>;

/** Whose names these are: those of whom more are there; null where none is. */
export function publisherOf(published: PublishedNames, weights: Pick<Shapes, "has">): Publisher | null {
  const counts = publishers.map(
    (publisher) => published.tensors(publisher).filter(({ name }) => weights.has(name)).length,
  );
  const most = Math.max(...counts);
  return most === 0 ? null : (publishers[counts.indexOf(most)] as Publisher);
}

export interface PublishedDifference {
  readonly missing: readonly string[];
  readonly unexpected: readonly string[];
  readonly otherShape: readonly { name: string; expected: readonly number[]; found: readonly number[] }[];
}

/** What does not fit in weights of a publisher. */
export function comparePublished(
  published: PublishedNames,
  publisher: Publisher,
  weights: Shapes,
): PublishedDifference {
  const table = published.tensors(publisher);
  const known = new Set(table.map(({ name }) => name));
  return {
    missing: table
      .filter(({ name, optional, ours }) => !optional && ours.length > 0 && !weights.has(name))
      .map(({ name }) => name),
    unexpected: [...weights.keys()].filter((name) => !known.has(name)),
    otherShape: table.flatMap(({ name, shape, ours }) => {
      const found = weights.get(name)?.shape;
      if (!found || ours.length === 0 || (size(found) === size(shape) && found.at(-1) === shape.at(-1)))
        return [];
      return [{ name, expected: shape, found }];
    }),
  };
}

const size = (shape: readonly number[]): number => shape.reduce((product, side) => product * side, 1);

/** Our tensors from published ones, as far as they are there; views of them where nothing is joined. */
export function fromPublished(
  published: PublishedNames,
  publisher: Publisher,
  weights: ReadonlyMap<string, Tensor>,
  shapes: Shapes,
): Map<string, Tensor> {
  const state = new Map(published.extra?.(publisher) ?? []);
  for (const { name, ours } of published.tensors(publisher)) {
    const given = weights.get(name);
    if (!given || ours.length === 0) continue;
    for (const [at, own] of ours.entries()) {
      if (own === null) continue;
      const part = ours.length === 1 ? given : (given.chunk(ours.length, 0)[at] as Tensor);
      state.set(own, part.reshape(shapes.get(own)?.shape ?? part.shape));
    }
  }
  return state;
}

/** Published tensors from ours, such as parameters or their gradients; one without a value for each part is left out. */
export function toPublished(
  published: PublishedNames,
  publisher: Publisher,
  own: ReadonlyMap<string, Tensor>,
): Map<string, Tensor> {
  const given = new Map<string, Tensor>();
  for (const { name, shape, ours } of published.tensors(publisher)) {
    const first = ours.map((one) => one && own.get(one)).find((tensor) => tensor instanceof Tensor);
    if (!first || ours.some((one) => one !== null && !own.has(one))) continue;
    const parts = ours.map((one) =>
      one === null
        ? zeros(first.shape, { dtype: first.dtype, device: first.device })
        : (own.get(one) as Tensor),
    );
    given.set(
      name,
      scope(() => (parts.length === 1 ? (parts[0] as Tensor) : cat(parts, { dim: 0 })).reshape(shape)),
    );
  }
  return given;
}
