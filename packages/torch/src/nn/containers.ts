// Containers: modules in a row, and plain lists of modules.

import { OwnedTensor } from "../ownership.js";
import type { Tensor } from "../tensor.js";
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
