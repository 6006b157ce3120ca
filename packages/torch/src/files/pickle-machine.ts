// The stack machine that a pickle is a program for: a stack, marks in it, and a memo of values to be used again.
// Everything that it holds is charged to the file's budget, and work that a pickle can ask for again and again
// (copying a remembered dictionary) is charged each time, which bounds the time as well.

import type { Cursor } from "./cursor.js";
import type { TensorFileError } from "./errors.js";
import { describe, isKey, type PickleValue, type PthKey } from "./pickle-values.js";

/** Bytes that V8 takes, measured with Node 20, for arrays still growing and maps still doubling. */
export const COST = { array: 64, map: 200, bytes: 240, item: 12, entry: 48, number: 16 } as const;
/** The places that an array gets with its first item. */
const FIRST_GROWTH = 17;

export type PersistentLoad = (id: PickleValue[], machine: PickleMachine) => PickleValue;

export class PickleMachine {
  readonly cursor: Cursor;
  readonly persistentLoad: PersistentLoad;
  readonly #stack: PickleValue[] = [];
  readonly #marks: number[] = [];
  readonly #memo = new Map<number, PickleValue>();
  #deepest = 0;

  constructor(cursor: Cursor, persistentLoad: PersistentLoad) {
    this.cursor = cursor;
    this.persistentLoad = persistentLoad;
  }

  push(value: PickleValue): void {
    this.#stack.push(value);
    if (this.#stack.length > this.#deepest) {
      this.#deepest = this.#stack.length;
      this.charge(COST.item);
    }
  }

  /** Pushes a list or tuple. */
  pushList(items: PickleValue[]): void {
    this.charge(COST.array + items.length * COST.item);
    this.push(items);
  }

  /** Pushes a new, empty dictionary or set. */
  pushTable(table: Map<PthKey, PickleValue> | Set<PthKey>): void {
    this.charge(COST.map);
    this.push(table);
  }

  pop(): PickleValue {
    const value = this.#stack.length > (this.#marks.at(-1) ?? 0) ? this.#stack.pop() : undefined;
    if (value === undefined) throw this.fail("the pickle takes a value from an empty stack");
    return value;
  }

  /** The last `count` values, in order. */
  popMany(count: number): PickleValue[] {
    const start = this.#stack.length - count;
    if (start < (this.#marks.at(-1) ?? 0)) throw this.fail("the pickle takes a value from an empty stack");
    return this.#stack.splice(start);
  }

  top(): PickleValue {
    const value = this.pop();
    this.#stack.push(value);
    return value;
  }

  mark(): void {
    this.charge(COST.item);
    this.#marks.push(this.#stack.length);
  }

  /** Everything above the last mark, which goes. */
  popToMark(): PickleValue[] {
    const mark = this.#marks.pop();
    if (mark === undefined) throw this.fail("the pickle looks for a mark that it never set");
    return this.#stack.splice(mark);
  }

  remember(index: number): void {
    this.charge(COST.entry);
    this.#memo.set(index, this.top());
  }

  /** Remembers under the next free number. */
  memoize(): void {
    this.remember(this.#memo.size);
  }

  recall(index: number): void {
    const value = this.#memo.get(index);
    if (value === undefined) throw this.fail(`the pickle recalls value ${index}, which it never remembered`);
    this.push(value);
  }

  charge(bytes: number): void {
    this.cursor.charge(bytes);
  }

  /** A new buffer for the value of bytes. */
  buffer(length: number): Uint8Array {
    this.charge(COST.bytes);
    return this.cursor.input.budget.allocate(length, this.cursor.where);
  }

  fail(problem: string, remedy?: string): TensorFileError {
    return this.cursor.fail(problem, remedy);
  }

  list(value: PickleValue | undefined, what: string): PickleValue[] {
    if (Array.isArray(value)) return value;
    throw this.unexpected(value, what, "a list or tuple");
  }

  map(value: PickleValue | undefined, what: string): Map<PthKey, PickleValue> {
    if (value instanceof Map) return value;
    throw this.unexpected(value, what, "a dictionary");
  }

  key(value: PickleValue | undefined, what: string): PthKey {
    if (value !== undefined && isKey(value)) return value;
    throw this.unexpected(value, what, "None, a number or a string");
  }

  integer(value: PickleValue | undefined, what: string): number {
    if (typeof value === "number" && Number.isSafeInteger(value)) return value;
    throw this.unexpected(value, what, "an integer");
  }

  text(value: PickleValue | undefined, what: string): string {
    if (typeof value === "string") return value;
    throw this.unexpected(value, what, "a string");
  }

  unexpected(value: PickleValue | undefined, what: string, wanted: string): TensorFileError {
    return this.fail(`${what} is ${value === undefined ? "missing" : describe(value)} and not ${wanted}`);
  }

  /** Sets entries of a dictionary from keys and values in turn. */
  setItems(target: PickleValue, items: readonly PickleValue[]): void {
    const map = this.map(target, "the target of the items");
    if (items.length % 2 !== 0) throw this.fail("a dictionary's last key has no value");
    this.charge((items.length / 2) * COST.entry);
    for (let at = 0; at < items.length; at += 2) {
      map.set(this.key(items[at], "a dictionary's key"), items[at + 1] ?? null);
    }
  }

  append(target: PickleValue, items: readonly PickleValue[]): void {
    const list = this.list(target, "the target of the items");
    this.charge(Math.max(items.length, list.length === 0 ? FIRST_GROWTH : 0) * COST.item);
    for (const item of items) list.push(item);
  }

  addMembers(target: PickleValue, members: readonly PickleValue[]): void {
    if (!(target instanceof Set)) throw this.unexpected(target, "the target of the members", "a set");
    this.charge(members.length * COST.entry);
    for (const member of members) target.add(this.key(member, "a member of a set"));
  }
}
