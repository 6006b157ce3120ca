// Containers: modules in a row, and plain lists and dictionaries of modules.

import { TorchError } from "../errors.js";
import { OwnedTensor } from "../ownership.js";
import type { Tensor } from "../tensor.js";
import { describeValue } from "../values.js";
import { type AnyModule, Module } from "./module.js";

/** Modules one after the other; an intermediate result that nobody keeps is freed once the next module has used it. */
export class Sequential extends Module {
  readonly #modules: Module[];

  constructor(...modules: Module[]) {
    super();
    this.#modules = modules;
  }

  get length(): number {
    return this.#modules.length;
  }

  at(index: number): Module | undefined {
    return this.#modules.at(index);
  }

  /** Puts another module in the place of the one at `index`. */
  replace(index: number, module: Module): void {
    if (!(index in this.#modules))
      throw new RangeError(`Sequential.replace: there is no module ${index} of ${this.length}`);
    this.#modules[index] = module;
  }

  [Symbol.iterator](): IterableIterator<Module> {
    return this.#modules[Symbol.iterator]();
  }

  override *namedChildren(): IterableIterator<[string, AnyModule]> {
    for (const [index, module] of this.#modules.entries()) yield [String(index), module];
  }

  forward(input: Tensor): Tensor {
    let value = input;
    for (const module of this.#modules) {
      const next = module.call(value);
      if (value !== input && next !== value) OwnedTensor.discard(value);
      value = next;
    }
    return value;
  }
}

/** A list of modules that its holder calls as it likes. */
export class ModuleList<M extends AnyModule = AnyModule> extends Module<[], never> {
  readonly #modules: M[];

  constructor(modules: Iterable<M> = []) {
    super();
    this.#modules = [...modules];
  }

  get length(): number {
    return this.#modules.length;
  }

  at(index: number): M | undefined {
    return this.#modules.at(index);
  }

  push(module: M): void {
    this.#modules.push(module);
  }

  [Symbol.iterator](): IterableIterator<M> {
    return this.#modules[Symbol.iterator]();
  }

  override *namedChildren(): IterableIterator<[string, AnyModule]> {
    for (const [index, module] of this.#modules.entries()) yield [String(index), module];
  }

  forward(): never {
    throw new Error("ModuleList.forward: a list has no computation of its own; call its modules");
  }
}

/** Modules by name, in the order in which they were set, that their holder calls as it likes. */
export class ModuleDict<M extends AnyModule = AnyModule> extends Module<[], never> {
  readonly #modules = new Map<string, M>();

  constructor(modules: Readonly<Record<string, M>> | Iterable<readonly [string, M]> = {}) {
    super();
    const entries =
      typeof (modules as Iterable<unknown>)[Symbol.iterator] === "function"
        ? (modules as Iterable<readonly [string, M]>)
        : Object.entries(modules as Readonly<Record<string, M>>);
    for (const [name, module] of entries) this.set(name, module);
  }

  get size(): number {
    return this.#modules.size;
  }

  get(name: string): M | undefined {
    return this.#modules.get(name);
  }

  has(name: string): boolean {
    return this.#modules.has(name);
  }

  /** @param name part of names in state dicts, so neither empty nor with a dot */
  set(name: string, module: M): this {
    if (typeof name !== "string" || name === "" || name.includes(".")) {
      throw new TorchError(`argument 'name' must be a word without dots, got ${describeValue(name)}`, {
        operator: "ModuleDict.set",
        argument: "name",
      });
    }
    if (!(module instanceof Module)) {
      throw new TorchError(`argument 'module' must be a module, got ${describeValue(module)}`, {
        operator: "ModuleDict.set",
        argument: "module",
      });
    }
    this.#modules.set(name, module);
    return this;
  }

  delete(name: string): boolean {
    return this.#modules.delete(name);
  }

  keys(): IterableIterator<string> {
    return this.#modules.keys();
  }

  values(): IterableIterator<M> {
    return this.#modules.values();
  }

  [Symbol.iterator](): IterableIterator<[string, M]> {
    return this.#modules[Symbol.iterator]();
  }

  override *namedChildren(): IterableIterator<[string, AnyModule]> {
    yield* this.#modules;
  }

  forward(): never {
    throw new Error("ModuleDict.forward: a dictionary has no computation of its own; call its modules");
  }
}
