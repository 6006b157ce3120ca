// Files of weights, whoever wrote them: this project's safetensors, torchvision's checkpoints, and the authors' (.pth with
// `state_dict`, every name after "module.", and the memory's rows as an entry of their own).
//
// Not here: which network they fit (weights.ts, weights-fit.ts).

import { type DType, dtypes, files, loadPth, loadSafetensors, Tensor } from "@pinmem/torch";
import { filesOf, isShardIndex, readShardIndex } from "./shards.js";
import { WeightsError } from "./weights-error.js";

export { WeightsError } from "./weights-error.js";

const PREFIX = "module.";
const ROWS = "memory.m_items";

/** Which of several sets of weights in one checkpoint is meant. */
export interface EntryOptions {
  /** Name of the entry that holds the weights, such as "ema". Default: the only one, or the only one that fits. */
  readonly entry?: string | undefined;
  /** Whether weights of these names are of use. Default: all are. */
  readonly fits?: (weights: ReadonlyMap<string, { readonly shape: readonly number[] }>) => boolean;
}

/**
 * The tensors of a file by name, as a network calls them; the memory's rows among them. The file's content tells its format.
 * @throws TensorFileError where the file cannot be read, WeightsError where it holds no weights, or several to choose from
 */
export function readWeights(file: string, options: EntryOptions = {}): Map<string, Tensor> {
  if (isShardIndex(file)) {
    refuseEntry(file, options);
    const index = readShardIndex(file);
    const tensors = new Map(filesOf(file).flatMap((shard) => [...loadSafetensors(shard).tensors]));
    requireAll(file, index.keys(), tensors);
    return withoutPrefix(tensors).tensors;
  }
  if (isSafetensors(file)) {
    refuseEntry(file, options);
    return withoutPrefix(loadSafetensors(file).tensors).tensors;
  }
  return checkpointTensors(file, loadPth(file), (value) => value instanceof Tensor, options).tensors;
}

/** @throws WeightsError where a shard lacks a tensor that the index says it holds */
function requireAll(file: string, names: Iterable<string>, tensors: { has(name: string): boolean }): void {
  const lost = [...names].find((name) => !tensors.has(name));
  if (lost !== undefined)
    throw new WeightsError(
      file,
      `none of its files holds '${lost}': one of them is another than the index was made with`,
    );
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
export function surveyWeights(file: string, options: EntryOptions = {}): WeightsSurvey {
  if (isShardIndex(file)) {
    refuseEntry(file, options);
    const shards = filesOf(file).map((shard) => surveyWeights(shard));
    const tensors = new Map(shards.flatMap((survey) => [...survey.tensors]));
    return { ...(shards[0] as WeightsSurvey), tensors };
  }
  if (isSafetensors(file)) {
    refuseEntry(file, options);
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
  const { tensors, ...rest } = checkpointTensors(file, opened.value, isStored, options);
  return { format: "pth", tensors: surveyed(tensors), ...rest, metadata: new Map() };
}

/** Of a file that is neither kind, the reader that its name asks for says what it is. */
const isSafetensors = (file: string): boolean =>
  (files.kindOfFile(file) ?? (file.endsWith(".safetensors") ? "safetensors" : "pth")) === "safetensors";

function refuseEntry(file: string, { entry }: EntryOptions): void {
  if (entry === undefined) return;
  throw new WeightsError(file, `is a safetensors file and has no entries: leave 'entry' (${entry}) out`);
}

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
function checkpointTensors<T extends { readonly shape: readonly number[] }>(
  file: string,
  content: files.PthValue<T>,
  isTensor: (value: unknown) => value is T,
  options: EntryOptions,
): Checkpoint<T> {
  if (!(content instanceof Map)) throw new WeightsError(file, "holds no weights: there are no names in it");
  const sets = new Map<string, Map<string, T>>();
  for (const [name, value] of content) {
    const tensors = value instanceof Map ? tensorsIn(value, isTensor) : new Map<string, T>();
    if (tensors.size > 0) sets.set(String(name), tensors);
  }
  const chosen = chooseEntry(file, { sets, bare: tensorsIn(content, isTensor), all: content }, options);
  const { tensors, hasPrefix } = withoutPrefix(chosen.tensors);
  const rows = chosen.entry === null ? undefined : content.get("memory");
  const hasSeparateRows = isTensor(rows);
  if (isTensor(rows)) tensors.set(ROWS, rows);
  const others = [...content]
    .filter(([name, value]) => name !== chosen.entry && !isTensor(value) && typeof name === "string")
    .map(
      ([name, value]) =>
        [String(name), typeof value === "number" || typeof value === "string" ? value : null] as const,
    );
  return { tensors, hasPrefix, hasSeparateRows, others: new Map(others) };
}

function tensorsIn<T>(
  map: ReadonlyMap<unknown, unknown>,
  isTensor: (value: unknown) => value is T,
): Map<string, T> {
  const found = new Map<string, T>();
  for (const [name, value] of map) if (typeof name === "string" && isTensor(value)) found.set(name, value);
  return found;
}

interface Held<T> {
  /** Entries that hold tensors by name. */
  readonly sets: ReadonlyMap<string, Map<string, T>>;
  /** Tensors that lie in no entry. */
  readonly bare: Map<string, T>;
  readonly all: ReadonlyMap<unknown, unknown>;
}

/** Entries that are the weights wherever they are, as the authors, torchvision and most others write them. */
const usual = ["state_dict", "model"] as const;

function chooseEntry<T extends { readonly shape: readonly number[] }>(
  file: string,
  { sets, bare, all }: Held<T>,
  { entry, fits = () => true }: EntryOptions,
): { entry: string | null; tensors: Map<string, T> } {
  const names = [...sets.keys()];
  const list = names.map((name) => `'${name}'`).join(", ");
  if (entry !== undefined) {
    const tensors = sets.get(entry);
    if (tensors) return { entry, tensors };
    const instead = names.length > 0 ? `weights lie in ${list}` : "no entry holds weights";
    throw new WeightsError(file, `has no weights in an entry '${entry}'; ${instead}`);
  }
  for (const name of usual) {
    const tensors = sets.get(name);
    if (tensors) return { entry: name, tensors };
  }
  // The memory's rows alone are no network's.
  if (bare.size > 0 && (names.length === 0 || bare.size > 1)) return { entry: null, tensors: bare };
  const [only, ...more] = names.length === 1 ? names : names.filter((name) => fits(unprefixed(sets, name)));
  if (only !== undefined && more.length === 0)
    return { entry: only, tensors: sets.get(only) as Map<string, T> };
  if (names.length > 0) {
    const which = only === undefined ? "none of which fits" : "several of which fit";
    throw new WeightsError(file, `holds weights in ${list}, ${which}: choose one with 'entry'`);
  }
  const others = [...all.keys()].filter((name) => typeof name === "string").slice(0, 8);
  const there = others.length > 0 ? `; it holds ${others.join(", ")}` : "";
  throw new WeightsError(file, `holds no weights: none of its entries is a tensor${there}`);
}

const unprefixed = <T>(sets: ReadonlyMap<string, Map<string, T>>, name: string): Map<string, T> =>
  withoutPrefix(sets.get(name) as Map<string, T>).tensors;

/** Data-parallel training puts a prefix before every name. */
function withoutPrefix<T>(tensors: ReadonlyMap<string, T>): { tensors: Map<string, T>; hasPrefix: boolean } {
  const hasPrefix = tensors.size > 0 && [...tensors.keys()].every((name) => name.startsWith(PREFIX));
  const named = [...tensors].map(([name, tensor]): [string, T] => [
    hasPrefix ? name.slice(PREFIX.length) : name,
    tensor,
  ]);
  return { tensors: new Map(named), hasPrefix };
}
