// Files of weights, whoever wrote them: this project's safetensors, torchvision's checkpoints, and the authors' (.pth with
// `state_dict`, every name after "module.", and the memory's rows as an entry of their own).
//
// Not here: which network they fit (weights.ts, weights-fit.ts).

import { type DType, dtypes, files, loadPth, loadSafetensors, Tensor } from "@pinmem/torch";

/** A file that holds no weights, or none that can be used here; names the file, the problem and the remedy. */
export class WeightsError extends Error {
  override readonly name = "WeightsError";

  constructor(
    readonly file: string,
    readonly problem: string,
    options?: ErrorOptions,
  ) {
    super(`${file}: ${problem}`, options);
  }
}

const PREFIX = "module.";
const ROWS = "memory.m_items";

/**
 * The tensors of a file by name, as a network calls them; the memory's rows among them.
 * @throws TensorFileError where the file cannot be read, WeightsError where it holds no weights
 */
export function readWeights(file: string): Map<string, Tensor> {
  if (isSafetensors(file)) return withoutPrefix(loadSafetensors(file).tensors).tensors;
  return checkpointTensors(file, loadPth(file), (value) => value instanceof Tensor).tensors;
}

export interface TensorSurvey {
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly bytes: number;
}

/** What a file of weights holds, without its elements. */
export interface WeightsSurvey {
  readonly format: "safetensors" | "pth";
  /** As a network calls them. */
  readonly tensors: ReadonlyMap<string, TensorSurvey>;
  /** Whether every name in the file begins with "module.", which is left out here. */
  readonly hasPrefix: boolean;
  /** Whether the memory's rows are an entry of their own, as the authors' code saves them. */
  readonly hasSeparateRows: boolean;
  /** Of safetensors. */
  readonly metadata: ReadonlyMap<string, string>;
  /** What else a checkpoint holds: names and, where they are simple, values. */
  readonly others: ReadonlyMap<string, string | number | null>;
}

/**
 * Looks into a file of weights, of which only the structure is read.
 * @throws as `readWeights`
 */
export function surveyWeights(file: string): WeightsSurvey {
  if (isSafetensors(file)) {
    using opened = files.openSafetensors(file);
    const { tensors, hasPrefix } = withoutPrefix(opened.tensors);
    const { metadata } = opened;
    return {
      format: "safetensors",
      tensors: surveyed(tensors),
      hasPrefix,
      hasSeparateRows: false,
      metadata,
      others: new Map(),
    };
  }
  using opened = files.openPth(file);
  const isStored = (value: unknown): value is files.StoredTensor => value instanceof files.StoredTensor;
  const { tensors, ...rest } = checkpointTensors(file, opened.value, isStored);
  return { format: "pth", tensors: surveyed(tensors), ...rest, metadata: new Map() };
}

const isSafetensors = (file: string): boolean => file.endsWith(".safetensors");

const surveyed = (tensors: ReadonlyMap<string, files.StoredTensor>): Map<string, TensorSurvey> =>
  new Map(
    [...tensors].map(([name, { dtype, shape }]) => {
      const elements = shape.reduce((product, size) => product * size, 1);
      return [name, { dtype, shape, bytes: elements * dtypes[dtype].itemSize }];
    }),
  );

interface Checkpoint<T> {
  readonly tensors: Map<string, T>;
  readonly hasPrefix: boolean;
  readonly hasSeparateRows: boolean;
  readonly others: ReadonlyMap<string, string | number | null>;
}

/** The network's tensors in what `torch.save` wrote. */
function checkpointTensors<T>(
  file: string,
  content: files.PthValue<T>,
  isTensor: (value: unknown) => value is T,
): Checkpoint<T> {
  if (!(content instanceof Map)) throw new WeightsError(file, "holds no weights: there are no names in it");
  const held = content.get("state_dict") ?? content.get("model") ?? content;
  if (!(held instanceof Map)) throw new WeightsError(file, "its 'state_dict' holds no names");
  const found = new Map<string, T>();
  for (const [name, value] of held) if (typeof name === "string" && isTensor(value)) found.set(name, value);
  if (found.size === 0) throw new WeightsError(file, "holds no weights: none of its entries is a tensor");
  const { tensors, hasPrefix } = withoutPrefix(found);
  const rows = held === content ? undefined : content.get("memory");
  const hasSeparateRows = isTensor(rows);
  if (isTensor(rows)) tensors.set(ROWS, rows);
  const others = [...content]
    .filter(([name, value]) => value !== held && !isTensor(value) && typeof name === "string")
    .map(
      ([name, value]) =>
        [String(name), typeof value === "number" || typeof value === "string" ? value : null] as const,
    );
  return { tensors, hasPrefix, hasSeparateRows, others: new Map(others) };
}

/** Data-parallel training puts a prefix before every name. */
function withoutPrefix<T>(tensors: ReadonlyMap<string, T>): { tensors: Map<string, T>; hasPrefix: boolean } {
  const hasPrefix = tensors.size > 0 && [...tensors.keys()].every((name) => name.startsWith(PREFIX));
  const named = [...tensors].map(([name, tensor]): [string, T] => [
    hasPrefix ? name.slice(PREFIX.length) : name,
    tensor,
  ]);
  return { tensors: new Map(named), hasPrefix };
}
