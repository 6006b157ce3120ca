// The last step of unpickling: what came out is a tree of plain values that anybody may walk recursively.
// Left-over stand-ins (a class, a storage), cycles, and nests that are too deep or repeat one another too often
// are refused: 30 lists, each holding the one before twice, are 200 bytes of pickle and a billion steps of a walk.

import type { TensorFileError } from "./errors.js";
import type { Input } from "./input.js";
import { describe, Inert, Namespace, type PickleValue, type PthKey, type PthValue } from "./pickle-values.js";
import { StoredTensor } from "./raw-tensor.js";

const DEEPEST = 200;
const VISIT_ALLOWANCE = 2 ** 16;
const EXTENT_COST = 100;

/** How many values a walk from here passes, and how many containers lie inside one another. */
interface Extent {
  readonly visits: number;
  readonly height: number;
}

const LEAF: Extent = { visits: 1, height: 0 };
const OPEN: Extent = { visits: 0, height: 0 };

/** `value` itself, now known to be plain. */
export function plainValue(value: PickleValue, input: Input): PthValue<StoredTensor> {
  const mostVisits = 2 * input.size + VISIT_ALLOWANCE;
  const extents = new Map<object, Extent>();

  const measure = (node: PickleValue, depth: number): Extent => {
    if (node instanceof Inert) throw fail(input, `there is ${describe(node)} where a value should be`);
    if (!Array.isArray(node) && !(node instanceof Map)) return LEAF;
    const known = extents.get(node);
    if (known === OPEN) throw fail(input, "a container contains itself");
    const extent = known ?? measureInside(node, depth);
    if (depth + extent.height > DEEPEST) throw fail(input, `containers lie more than ${DEEPEST} deep`);
    return extent;
  };

  const measureInside = (node: PickleValue[] | Map<unknown, PickleValue>, depth: number): Extent => {
    if (depth >= DEEPEST) throw fail(input, `containers lie more than ${DEEPEST} deep`);
    input.budget.charge(EXTENT_COST, "content");
    extents.set(node, OPEN);
    let visits = 1;
    let height = 0;
    for (const child of node.values()) {
      const inside = measure(child, depth + 1);
      visits += inside.visits;
      height = Math.max(height, inside.height);
    }
    if (visits > mostVisits) throw fail(input, "containers repeat one another without end");
    const extent = { visits, height: height + 1 };
    extents.set(node, extent);
    return extent;
  };

  measure(value, 0);
  return value as PthValue<StoredTensor>;
}

const fail = (input: Input, problem: string): TensorFileError =>
  input.fail(
    "content",
    problem,
    "If you trust the file, load it in Python and save only data: torch.save(model.state_dict(), path).",
  );

/** The same tree with every tensor converted, each once: what was shared stays shared. */
export function mapTensors<T>(
  value: PthValue<StoredTensor>,
  convert: (tensor: StoredTensor) => T,
): PthValue<T> {
  const done = new Map<object, PthValue<T>>();
  const map = (node: PthValue<StoredTensor>): PthValue<T> => {
    if (node === null || typeof node !== "object" || node instanceof Uint8Array || node instanceof Set) {
      return node;
    }
    const converted = done.get(node) ?? mapObject(node);
    done.set(node, converted);
    return converted;
  };
  const mapObject = (
    node: StoredTensor | PthValue<StoredTensor>[] | Map<PthKey, PthValue<StoredTensor>>,
  ): PthValue<T> => {
    if (node instanceof StoredTensor) return convert(node);
    if (Array.isArray(node)) return node.map(map);
    const result = node instanceof Namespace ? new Namespace<PthValue<T>>() : new Map<PthKey, PthValue<T>>();
    for (const [key, child] of node) result.set(key, map(child));
    return result;
  };
  return map(value);
}
