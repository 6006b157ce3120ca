// What optimizers share: groups of parameters with their own settings, state per parameter, saving and restoring both.
//
// Steps are multi-tensor: one call of a `_foreach_` operator updates all parameters of a group.

import { noGrad } from "../autograd.js";
import { TorchError } from "../errors.js";
import { missingOption, readOptions } from "../options.js";
import { dispose, keep, scope } from "../ownership.js";
import { Tensor } from "../tensor.js";
import { describeValue } from "../values.js";

/** Parameters with settings that differ from the optimizer's, beside them as in PyTorch or under `settings`. */
export type ParameterGroup<Settings> = Readonly<Partial<Settings>> & {
  readonly params: Iterable<Tensor>;
  /** The same settings as an object of their own. */
  readonly settings?: Partial<Settings>;
};

/** What an optimizer updates: parameters, or groups of them with settings of their own. */
export type Optimized<Settings> = Iterable<Tensor> | Iterable<ParameterGroup<Settings>>;

/** State of one parameter: tensors such as a momentum, numbers such as a step count. */
export type ParameterState = Record<string, Tensor | number>;

export interface OptimizerState<Settings> {
  /** By the parameter's position over all groups. */
  readonly state: ReadonlyMap<number, ParameterState>;
  readonly groups: readonly (Settings & { readonly count: number })[];
}

/** Base of the optimizers: groups of parameters with settings each, and state that can be saved. */
export abstract class Optimizer<Settings extends { lr: number }> {
  /** Settings may be changed between steps, such as `groups[0].settings.lr`. */
  readonly groups: readonly { readonly params: readonly Tensor[]; readonly settings: Settings }[];
  readonly #state = new Map<Tensor, ParameterState>();

  /**
   * @param rest what stands behind the parameters: the options
   * @param defaults every setting; a learning rate that must be given is undefined
   */
  constructor(params: Optimized<Settings>, rest: readonly unknown[], defaults: Settings) {
    const operator = this.constructor.name;
    const options = readOptions(operator, rest, defaults);
    const given = this.#listed<Tensor | ParameterGroup<Settings>>(params);
    const groups: readonly ParameterGroup<Settings>[] = given.every(isGroup)
      ? given
      : [{ params: given as Tensor[] } as unknown as ParameterGroup<Settings>];
    this.groups = groups.map(({ params: own, settings: overrides, ...beside }) => {
      const settings = readOptions(operator, [beside], readOptions(operator, [overrides], options));
      if (settings.lr === undefined) throw missingOption(operator, "lr", "0.01");
      this.check(settings);
      return { params: this.#listed<Tensor>(own), settings: { ...settings } };
    });
    const all = this.#parameters();
    const other = all.find((parameter) => !(parameter instanceof Tensor));
    if (other !== undefined) throw this.#noParameters(other);
    if (all.length === 0) throw this.error("params", "there is no parameter to optimize");
    if (new Set(all).size !== all.length) throw this.error("params", "a parameter is listed twice");
    for (const parameter of all) {
      if (!parameter.isLeaf)
        throw this.error("params", `only leaves can be optimized, got ${parameter} from an operator`);
    }
  }

  /** Refuses settings that cannot work, before training starts. */
  protected abstract check(settings: Settings): void;

  /** Updates parameters with gradients; runs inside `noGrad` and a scope. */
  protected abstract update(
    params: readonly Tensor[],
    gradients: readonly Tensor[],
    settings: Settings,
  ): void;

  /** One step with the gradients that are stored; parameters without one stay as they are. */
  step(): void {
    for (const { params, settings } of this.groups) {
      scope(() =>
        noGrad(() => {
          const withGradient: Tensor[] = [];
          const gradients: Tensor[] = [];
          for (const parameter of params) {
            const gradient = parameter.grad;
            if (!gradient) continue;
            withGradient.push(parameter);
            gradients.push(gradient);
          }
          if (gradients.length) this.update(withGradient, gradients, settings);
        }),
      );
    }
  }

  /** Drops the stored gradients. */
  zeroGrad(): void {
    for (const parameter of this.#parameters()) parameter.grad = null;
  }

  /** Sets the learning rate of every group: one for all, or one for each in their order. */
  setLearningRate(lr: number | readonly number[]): void {
    const rates = typeof lr === "number" ? this.groups.map(() => lr) : lr;
    if (rates.length !== this.groups.length)
      throw this.error("lr", `must be one number or ${this.groups.length}, got ${rates.length}`);
    const wrong = rates.find((rate) => !(rate >= 0));
    if (wrong !== undefined) throw this.error("lr", `must not be negative, got ${wrong}`);
    for (const [at, { settings }] of this.groups.entries()) settings.lr = rates[at] as number;
  }

  /** Settings and state (the tensors themselves, not copies), to be saved. */
  stateDict(): OptimizerState<Settings> {
    const entries = this.#parameters().map(
      (parameter, index) => [index, this.#state.get(parameter)] as const,
    );
    return {
      state: new Map(entries.filter((entry): entry is [number, ParameterState] => entry[1] !== undefined)),
      groups: this.groups.map(({ params, settings }) => ({ ...settings, count: params.length })),
    };
  }

  /**
   * Continues from what `stateDict` gave: tensors are checked against the parameters and copied, to the device and in the type of these, as
   * PyTorch does.
   */
  loadStateDict({ state, groups }: OptimizerState<Settings>): void {
    const counts = groups.map(({ count }) => count);
    const own = this.groups.map(({ params }) => params.length);
    if (counts.join() !== own.join()) {
      throw this.error(
        "state",
        `has groups of ${counts.join(", ")} parameters, the optimizer has ${own.join(", ")}`,
      );
    }
    const parameters = this.#parameters();
    for (const [index, entry] of state) {
      const parameter = parameters[index];
      if (!parameter)
        throw this.error("state", `has an entry for parameter ${index} of ${parameters.length}`);
      for (const [name, value] of Object.entries(entry)) {
        if (typeof value === "number" || value.shape.join() === parameter.shape.join()) continue;
        throw this.error("state", `'${name}' of parameter ${index} is ${value}, the parameter ${parameter}`);
      }
    }
    for (const entry of this.#state.values()) dispose(entry);
    this.#state.clear();
    for (const [index, entry] of state) {
      const parameter = parameters[index] as Tensor;
      const copy = Object.entries(entry).map(([name, value]) => [
        name,
        typeof value === "number" ? value : keep(scope(() => noGrad(() => likeParameter(value, parameter)))),
      ]);
      this.#state.set(parameter, Object.fromEntries(copy));
    }
    this.groups.forEach(({ settings }, index) => {
      const { count: _, ...saved } = groups[index] as Settings & { count: number };
      Object.assign(settings, saved);
    });
  }

  /** The state of one parameter, made on first use. */
  protected stateOf(parameter: Tensor): ParameterState {
    let state = this.#state.get(parameter);
    if (!state) {
      state = {};
      this.#state.set(parameter, state);
    }
    return state;
  }

  /** One tensor of the state of each parameter: made on first use, zeros like the parameter unless `make` says otherwise. */
  protected statesOf(
    params: readonly Tensor[],
    name: string,
    make: (parameter: Tensor) => Tensor = (parameter) => parameter.zerosLike(),
  ): Tensor[] {
    return params.map((parameter) => {
      const state = this.stateOf(parameter);
      state[name] ??= keep(make(parameter));
      return state[name] as Tensor;
    });
  }

  /** Counts one more step of a parameter. */
  protected nextStep(parameter: Tensor): number {
    const state = this.stateOf(parameter);
    const step = ((state.step as number | undefined) ?? 0) + 1;
    state.step = step;
    return step;
  }

  protected error(argument: string, message: string): TorchError {
    return new TorchError(`argument '${argument}': ${message}`, {
      operator: this.constructor.name,
      argument,
    });
  }

  #listed<T>(values: Iterable<T>): T[] {
    if (typeof values?.[Symbol.iterator] !== "function") throw this.#noParameters(values);
    return [...values];
  }

  #noParameters(value: unknown): TorchError {
    return this.error(
      "params",
      `must be tensors or groups such as { params, lr }, got ${describeValue(value)}`,
    );
  }

  #parameters(): Tensor[] {
    return this.groups.flatMap(({ params }) => params);
  }
}

const isGroup = <Settings>(value: Tensor | ParameterGroup<Settings>): value is ParameterGroup<Settings> =>
  typeof value === "object" && value !== null && "params" in value;

const likeParameter = (value: Tensor, { device, dtype }: Tensor): Tensor =>
  value.detach().to({ device, dtype }).clone();
