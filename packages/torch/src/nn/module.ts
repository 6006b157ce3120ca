// Module: a tree of parameters, buffers and submodules with a forward computation, as torch.nn.Module.
//
// Fields are the registry: a Parameter field is a parameter, any other Tensor field a buffer, a Module field a submodule.
// Their names in state dicts are the field names in snake case (`runningMean` is "running_mean"), so that PyTorch's
// checkpoints fit. Tensors in private (#) fields are the module's own business.

import { synchronous } from "../autograd.js";
import type { DType } from "../dtype.js";
import { TorchError } from "../errors.js";
import { snakeCase } from "../names.js";
import { native } from "../native.js";
import { readOptions } from "../options.js";
import { keep, OwnedTensor, scope } from "../ownership.js";
import { Tensor } from "../tensor.js";
import type { Device } from "../values.js";
import { Parameter } from "./parameter.js";
import {
  copyState,
  type LoadOptions,
  type LoadReport,
  loadDefaults,
  namedTensors,
  type StateDict,
} from "./state-dict.js";

// biome-ignore lint/suspicious/noExplicitAny: the one place where modules of any input and output meet
export type AnyModule = Module<any, any>;

/** Sees every module's inputs and output while `observeModules` runs. */
export type ModuleObserver = (module: AnyModule, inputs: readonly unknown[], output: unknown) => void;

let observer: ModuleObserver | null = null;

/**
 * Calls `observe` after every module call inside `body`: to find NaN, count operations or look at activations. Outputs that
 * are wanted later must be kept (`keep`). `body` must be synchronous.
 */
export function observeModules<T>(observe: ModuleObserver, body: () => T): T {
  const before = observer;
  observer = observe;
  try {
    return synchronous("observeModules", body());
  } finally {
    observer = before;
  }
}

/** Where a tensor of a module tree lives. */
export interface TensorSlot {
  readonly name: string;
  readonly owner: AnyModule;
  readonly field: string;
  readonly tensor: Tensor;
  readonly kind: "parameter" | "buffer";
}

/** What `Module.to` changes; what is not given stays. */
export interface ModuleTarget {
  device?: Device;
  dtype?: DType;
  /** Of tensors with four dimensions. */
  memoryFormat?: "contiguous" | "channelsLast";
}

const targetDefaults: { [Name in keyof ModuleTarget]-?: ModuleTarget[Name] | undefined } = {
  device: undefined,
  dtype: undefined,
  memoryFormat: undefined,
};

/**
 * Base of all layers and networks. Fields that are parameters, tensors or modules are found by their names, which state dicts
 * spell in snake case as PyTorch does. Subclasses write `forward`; callers use `call`.
 */
export abstract class Module<Inputs extends unknown[] = [Tensor], Output = Tensor> {
  /** Batch statistics, dropout and noise are on; see `train` and `eval`. */
  training = true;

  /** The computation. Called through `call`, which frees its intermediates. */
  abstract forward(...inputs: Inputs): Output;

  /** Runs `forward`; every tensor it made and did not return is freed, as when a Python function returns. */
  call(...inputs: Inputs): Output {
    const output = scope(() => this.forward(...inputs));
    if (observer) observer(this, inputs, output);
    return output;
  }

  /** Submodules by field name; containers override it. */
  *namedChildren(): IterableIterator<[string, AnyModule]> {
    for (const [field, value] of Object.entries(this))
      if (value instanceof Module) yield [snakeCase(field), value];
  }

  /** This module and all below, depth first, each once; the root's name is empty. */
  *namedModules(prefix = "", seen = new Set<AnyModule>()): IterableIterator<[string, AnyModule]> {
    if (seen.has(this)) return;
    seen.add(this);
    yield [prefix, this];
    for (const [name, child] of this.namedChildren())
      yield* child.namedModules(prefix ? `${prefix}.${name}` : name, seen);
  }

  modules(): AnyModule[] {
    return [...this.namedModules()].map(([, module]) => module);
  }

  /** @internal Parameters and buffers of this module alone, parameters first. */
  *ownSlots(prefix: string): IterableIterator<TensorSlot> {
    const entries = Object.entries(this).filter(
      (entry): entry is [string, Tensor] => entry[1] instanceof Tensor,
    );
    const slot = ([field, tensor]: [string, Tensor], kind: TensorSlot["kind"]): TensorSlot => {
      const name = snakeCase(field);
      return { name: prefix ? `${prefix}.${name}` : name, owner: this, field, tensor, kind };
    };
    for (const entry of entries) if (isParameter(this, entry)) yield slot(entry, "parameter");
    for (const entry of entries) if (!isParameter(this, entry)) yield slot(entry, "buffer");
  }

  /** @internal All tensors of the tree, in the order of PyTorch's state dicts. */
  *slots(): IterableIterator<TensorSlot> {
    for (const [name, module] of this.namedModules()) yield* module.ownSlots(name);
  }

  /** Parameters with their names; one that occurs twice is given once. */
  *namedParameters(): IterableIterator<[string, Parameter]> {
    const seen = new Set<Tensor>();
    for (const { name, tensor, kind } of this.slots()) {
      if (kind !== "parameter" || seen.has(tensor)) continue;
      seen.add(tensor);
      yield [name, tensor as Parameter];
    }
  }

  parameters(): Parameter[] {
    return [...this.namedParameters()].map(([, parameter]) => parameter);
  }

  *namedBuffers(): IterableIterator<[string, Tensor]> {
    for (const { name, tensor, kind } of this.slots()) if (kind === "buffer") yield [name, tensor];
  }

  /** Training mode for this module and all below. */
  train(on = true): this {
    for (const module of this.modules()) module.training = on;
    return this;
  }

  eval(): this {
    return this.train(false);
  }

  /** Switches gradients of all parameters on or off. */
  requiresGrad_(wanted = true): this {
    for (const parameter of this.parameters()) parameter.requiresGrad_(wanted);
    return this;
  }

  /** Drops the stored gradients of all parameters. */
  zeroGrad(): void {
    for (const parameter of this.parameters()) parameter.grad = null;
  }

  /** Moves floating-point parameters and buffers to a dtype, and all of them to a device; their identity stays. */
  to(target: ModuleTarget): this;
  to(...rest: unknown[]): this {
    const { device, dtype, memoryFormat } = readOptions("Module.to", rest, targetDefaults);
    for (const { tensor } of this.slots()) {
      const floating = tensor.dtype.includes("float");
      scope(() => {
        const moved = tensor.detach().to({
          device,
          dtype: floating ? dtype : undefined,
          memoryFormat: tensor.dim === 4 ? memoryFormat : undefined,
        });
        native.setData(OwnedTensor.handleOf(tensor, "Module.to"), OwnedTensor.handleOf(moved, "Module.to"));
        const gradient = tensor.grad;
        if (gradient) tensor.grad = gradient.to({ device, dtype });
      });
    }
    return this;
  }

  /** The module's own parameters and buffers by name (not copies), in PyTorch's order. */
  stateDict(): Map<string, Tensor> {
    return new Map([...this.slots()].map(({ name, tensor }) => [name, tensor]));
  }

  /**
   * Copies values into parameters and buffers. Everything is compared first: on an error nothing has changed.
   * @throws StateDictError with the missing, unexpected and mis-shaped names, as far as the options do not allow them
   */
  loadStateDict(state: StateDict, options?: LoadOptions): LoadReport;
  loadStateDict(state: StateDict, ...rest: unknown[]): LoadReport {
    const options = readOptions("loadStateDict", rest, loadDefaults);
    return copyState(this.constructor.name, this.stateDict(), state, options);
  }
}

// While functionalCall runs, plain tensors stand in for parameters; they still count as parameters.
const substituted = new WeakMap<AnyModule, Map<string, number>>();

const isParameter = (module: AnyModule, [field, value]: [string, Tensor]): boolean =>
  value instanceof Parameter || (substituted.get(module)?.has(field) ?? false);

/** Registers a tensor as a buffer: freed with its module, not with the scope it was made in. */
export const buffer = (tensor: Tensor): Tensor => keep(tensor);

/**
 * Runs `body` while the given tensors take the place of parameters and buffers of `module`, as torch.func.functional_call:
 * gradients flow to the given tensors. Names that are not given keep the module's own, except that a tensor which the module
 * holds under several names is replaced under all of them. The module is restored afterwards, also when `body` throws; `body`
 * must be synchronous.
 *
 * @throws TorchError where a name is unknown or a value no tensor
 */
export function functionalCall<T>(module: AnyModule, tensors: StateDict, body: () => T): T {
  const slots = [...module.slots()];
  const replacements = replacementsIn(
    slots,
    namedTensors(tensors, "functionalCall", "tensors"),
    module.constructor.name,
  );
  for (const [slot, tensor] of replacements) substitute(slot, tensor, 1);
  try {
    return synchronous("functionalCall", body());
  } finally {
    for (const slot of replacements.keys()) substitute(slot, slot.tensor, -1);
  }
}

function replacementsIn(
  slots: readonly TensorSlot[],
  given: ReadonlyMap<string, Tensor>,
  module: string,
): Map<TensorSlot, Tensor> {
  const byName = new Map(slots.map((slot) => [slot.name, slot]));
  const byTensor = new Map<Tensor, Tensor>();
  for (const [name, tensor] of given) {
    const slot = byName.get(name);
    if (!slot) {
      throw new TorchError(`${module} has no parameter or buffer '${name}'`, {
        operator: "functionalCall",
        argument: "tensors",
      });
    }
    byTensor.set(slot.tensor, tensor);
  }
  const replacements = new Map<TensorSlot, Tensor>();
  for (const slot of slots) {
    const tensor = given.get(slot.name) ?? byTensor.get(slot.tensor);
    if (tensor) replacements.set(slot, tensor);
  }
  return replacements;
}

function substitute({ owner, field, kind }: TensorSlot, tensor: Tensor, depth: 1 | -1): void {
  (owner as unknown as Record<string, Tensor>)[field] = tensor;
  if (kind !== "parameter") return;
  const fields = substituted.get(owner) ?? new Map<string, number>();
  const count = (fields.get(field) ?? 0) + depth;
  if (count > 0) fields.set(field, count);
  else fields.delete(field);
  substituted.set(owner, fields);
}
