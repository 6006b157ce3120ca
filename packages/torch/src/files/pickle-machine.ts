// The stack machine that a pickle is a program for: a stack, marks in it, and a memo of values to be used again.
// Everything that it holds is charged to the file's budget, and work that a pickle can ask for again and again
// (copying a remembered dictionary) is charged each time, which bounds the time as well.

import type { Cursor } from "./cursor.js";
import type { TensorFileError } from "./errors.js";
import { describe, isKey, type PickleValue, type PthKey } from "./pickle-values.js";

export const COST = { container: 64, item: 8, entry: 40 } as const;

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

  /** Pushes a new container of `items` values. */
  pushContainer(container: PickleValue, items = 0): void {
    this.charge(COST.container + items * COST.item);
    this.push(container);
  }

  pop(): PickleValue {
    const value = this.#stack.length > (this.#marks.at(-1) ?? 0) ? this.#stack.pop() : undefined;
    if (value === undefined) throw this.fail("the pickle takes a value from an empty stack");
    return value;
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
    this.charge(COST.container);
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
    this.charge(items.length * COST.item);
    for (const item of items) list.push(item);
  }

  addMembers(target: PickleValue, members: readonly PickleValue[]): void {
    if (!(target instanceof Set)) throw this.unexpected(target, "the target of the members", "a set");
    this.charge(members.length * COST.entry);
    for (const member of members) target.add(this.key(member, "a member of a set"));
  }
}
