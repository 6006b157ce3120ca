// Notices tensors that pile up outside every scope. Only finalizers free those, and Node runs finalizers between tasks: a
// synchronous loop holds all it ever made. Above 1 GiB or 100,000 tensors one warning says so, and which operator made most.
//
// What is disposed, finalized or kept on purpose does not count. The bookkeeping is one entry of a map for each tensor that no
// scope owns; sizes are asked for only where this thread's tensors hold that much in all. It ends with the warning.

import { dtypeFromCode, dtypes } from "./dtype.js";
import { native } from "./native.js";
import { FIELD, scratch } from "./scratch.js";

const GIB = 2 ** 30;
const FIRST_CHECK = 16;

interface Limits {
  readonly tensors: number;
  readonly bytes: number;
}

/** @internal Counts the tensors that no scope owns, by the operator that made them, until there are too many. */
export class UnscopedWatch {
  #makers: Map<number, string> | null = new Map();
  #untilCheck = FIRST_CHECK;
  readonly #limits: Limits;
  readonly #warn: (message: string) => void;

  constructor(limits: Limits, warn: (message: string) => void) {
    this.#limits = limits;
    this.#warn = warn;
  }

  /** A tensor that no scope owns; without a maker it is held on purpose. */
  add(handle: number, maker: string): void {
    if (!this.#makers || maker === "") return;
    this.#makers.set(handle, maker);
    if (--this.#untilCheck <= 0) this.#check(this.#makers);
  }

  /** A tensor that was freed, or that somebody keeps. */
  delete(handle: number): void {
    this.#makers?.delete(handle);
  }

  #check(makers: ReadonlyMap<number, string>): void {
    this.#untilCheck = Math.max(FIRST_CHECK, makers.size);
    const { tensors, bytes } = this.#limits;
    const held = native.liveBytes() < bytes ? 0 : Math.min(native.liveBytes(), bytesOf(makers.keys()));
    if (makers.size < tensors && held < bytes) return;
    const size = held ? ` of ${(held / GIB).toFixed(1)} GiB` : "";
    this.#warn(
      `${makers.size} tensors${size} that no scope owns are alive, most of them made by '${mostFrequent(makers.values())}'. Only ` +
        "the garbage collector frees them, and not before a synchronous loop has ended: put the body of the loop into " +
        "scope(() => …), or keep() what is held on purpose. This is said once.",
    );
    this.#makers = null;
  }
}

/** Views count like their bases. */
function bytesOf(handles: Iterable<number>): number {
  let total = 0;
  for (const handle of handles) {
    native.describe(handle);
    const dtype = dtypeFromCode(scratch[FIELD.dtype] as number);
    total += (scratch[FIELD.elements] as number) * (dtype ? dtypes[dtype].itemSize : 8);
  }
  return total;
}

function mostFrequent(names: Iterable<string>): string {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  const [first] = [...counts].sort(([, a], [, b]) => b - a);
  return first?.[0] ?? "";
}

/** @internal The watch of this thread. */
export const unscoped = new UnscopedWatch({ tensors: 100_000, bytes: GIB }, (message) =>
  process.emitWarning(message, { type: "TorchWarning", code: "PINMEM_UNSCOPED_TENSORS" }),
);

let currentMaker = "";

/** @internal Says which operator makes the tensors that follow; "" for those that are held on purpose. */
export const madeBy = (operator: string): void => {
  currentMaker = operator;
};

/** @internal The operator that makes tensors now. */
export const maker = (): string => currentMaker;
