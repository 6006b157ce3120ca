// Parts that recipes call by name: those of this package, and those that a program adds before it resolves a recipe or opens a
// run. One table for each kind; backbones/registry.ts, heads/registry.ts and network-registry.ts hold them, and training/methods/index.ts
// and recipes/open-data.ts those of a program's own methods and data sets.

import { closest } from "@pinmem/core";

/** Entries of one kind by their names. */
export class Registry<T> {
  readonly #entries: Map<string, T>;
  readonly #kind: string;
  readonly #register: string;
  readonly #ours: ReadonlySet<string>;
  readonly #from: string;

  /**
   * @param kind what messages call an entry, such as "backbone"
   * @param register name of the function that adds one
   * @param ours the entries that are there from the start
   * @param from the module that has that function
   */
  constructor(
    kind: string,
    register: string,
    ours: Readonly<Record<string, T>> = {},
    from = "pinmem/models",
  ) {
    this.#kind = kind;
    this.#register = register;
    this.#entries = new Map(Object.entries(ours));
    this.#ours = new Set(this.#entries.keys());
    this.#from = from;
  }

  get names(): readonly string[] {
    return [...this.#entries.keys()];
  }

  has(name: string): boolean {
    return this.#entries.has(name);
  }

  /** Whether a program added it. */
  isAdded(name: string): boolean {
    return this.has(name) && !this.#ours.has(name);
  }

  /** Undefined where there is none of that name. */
  find(name: string): T | undefined {
    return this.#entries.get(name);
  }

  /** @throws RangeError where there is none of that name */
  get(name: string): T {
    const found = this.#entries.get(name);
    if (found === undefined)
      throw new RangeError(`there is no ${this.#kind} "${name}": ${this.remedy(name)}`);
    return found;
  }

  /** @throws RangeError where the name is taken, or is none that a recipe could hold */
  add(name: string, entry: T): void {
    const fail = (problem: string) => new RangeError(`${this.#register}: argument 'name' ${problem}`);
    if (!/^[\w.+-]+$/.test(name)) {
      throw fail(`must be letters, digits, '.', '_', '+' and '-', got ${JSON.stringify(name)}`);
    }
    if (this.has(name)) throw fail(`is "${name}", which is taken; choose another`);
    this.#entries.set(name, entry);
  }

  /** The end of a sentence about a name that is not here. */
  remedy(name: string): string {
    const { names } = this;
    const meant = closest(name, names);
    const known = names.length > 0 ? `it may be ${names.map((one) => `"${one}"`).join(", ")}` : "";
    const added = `one of your own has to be added first: ${this.#register}("${name}", …) of ${this.#from}`;
    return [known + (meant ? ` (did you mean "${meant}"?)` : ""), added]
      .filter((part) => part !== "")
      .join("; ");
  }
}
