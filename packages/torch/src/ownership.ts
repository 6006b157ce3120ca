// Who frees a tensor. V8 sees a few bytes where libtorch holds megabytes, so its collector cannot be trusted with them:
// Node runs finalizers from the event loop only, and a synchronous training loop would never get there.
//
// The mechanism is `scope`: it frees what was made inside, except what it returns. `using` frees at the end of a block,
// `keep` hands a tensor to its holder for good. A finalizer is the net below tensors that no scope owns; where many fall into
// it, a warning says so (unscoped.ts).

import { DisposedTensorError, TorchError } from "./errors.js";
import { native } from "./native.js";
import { maker, unscoped } from "./unscoped.js";

const DISPOSED = -1;

/** A tensor's native handle and its owner; `Tensor` adds everything one can do with it. */
export abstract class OwnedTensor implements Disposable {
  #handle: number;
  #scope: Scope | null;

  /** @internal Takes ownership of a native handle. */
  constructor(handle: number) {
    this.#handle = handle;
    this.#scope = current;
    if (current) current.tensors.push(this);
    else {
      net.register(this, handle, this);
      unscoped.add(handle, maker());
    }
  }

  /** True once the tensor was freed, by its scope or by hand. */
  get isDisposed(): boolean {
    return this.#handle === DISPOSED;
  }

  /** Frees the tensor now. Disposing twice is allowed. The memory goes with the last tensor, view or graph that needs it. */
  dispose(): void {
    if (this.#handle === DISPOSED) return;
    native.release(OwnedTensor.#forget(this));
  }

  [Symbol.dispose](): void {
    this.dispose();
  }

  /** @internal The native handle, or an error that says who wanted it. */
  static handleOf(tensor: OwnedTensor, operator: string, argument?: string): number {
    if (!isObject(tensor) || !(#handle in tensor)) {
      const name = argument ? `argument '${argument}'` : "this";
      throw new TorchError(`${name} must be a tensor, got ${nameOf(tensor)}`, { operator, argument });
    }
    if (tensor.#handle === DISPOSED) throw new DisposedTensorError(operator, argument);
    return tensor.#handle;
  }

  /** @internal Frees a tensor that `current` owns; one that somebody keeps stays. */
  static discard(tensor: OwnedTensor): void {
    if (current && tensor.#scope === current) tensor.dispose();
  }

  /** @internal Passes a tensor on when `scope` owns it; one that belongs elsewhere stays there. */
  static escape(tensor: OwnedTensor, scope: Scope): void {
    if (tensor.#scope !== scope) return;
    OwnedTensor.#assign(tensor, scope.parent);
    if (!scope.parent && tensor.#handle !== DISPOSED) unscoped.add(tensor.#handle, maker());
  }

  /** @internal Takes a tensor out of every scope. */
  static keep(tensor: OwnedTensor): void {
    if (tensor.#scope) OwnedTensor.#assign(tensor, null);
    else unscoped.delete(tensor.#handle);
  }

  static #assign(tensor: OwnedTensor, scope: Scope | null): void {
    if (tensor.#handle === DISPOSED) return;
    tensor.#scope = scope;
    if (scope) scope.tensors.push(tensor);
    else net.register(tensor, tensor.#handle, tensor);
  }

  /** @internal Frees all tensors that `scope` still owns, many in one call. */
  static releaseScope(scope: Scope): void {
    let count = 0;
    for (const tensor of scope.tensors) {
      if (tensor.#scope !== scope || tensor.#handle === DISPOSED) continue;
      releaseList[count++] = tensor.#handle;
      tensor.#handle = DISPOSED;
      if (count === releaseList.length) {
        native.releaseMany(count);
        count = 0;
      }
    }
    if (count) native.releaseMany(count);
    scope.tensors.length = 0;
  }

  static #forget(tensor: OwnedTensor): number {
    const handle = tensor.#handle;
    tensor.#handle = DISPOSED;
    if (!tensor.#scope) {
      net.unregister(tensor);
      unscoped.delete(handle);
    }
    return handle;
  }
}

class Scope {
  readonly tensors: OwnedTensor[] = [];
  constructor(readonly parent: Scope | null) {}
}

const isObject = (value: unknown): value is object => typeof value === "object" && value !== null;
const nameOf = (value: unknown): string =>
  isObject(value) ? `a ${value.constructor?.name ?? "plain"} object` : String(value);

let current: Scope | null = null;
const net = new FinalizationRegistry<number>((handle) => {
  unscoped.delete(handle);
  native.release(handle);
});
const releaseList = new Uint32Array(native.releaseList());

function* tensorsIn(value: unknown, seen = new Set<object>()): Generator<OwnedTensor> {
  if (!isObject(value)) return;
  if (value instanceof OwnedTensor) {
    yield value;
    return;
  }
  if (ArrayBuffer.isView(value) || seen.has(value)) return;
  seen.add(value);
  if (value instanceof Map) {
    for (const [key, element] of value) {
      yield* tensorsIn(key, seen);
      yield* tensorsIn(element, seen);
    }
  } else if (Array.isArray(value) || value instanceof Set) {
    for (const element of value) yield* tensorsIn(element, seen);
  } else {
    for (const element of Object.values(value)) yield* tensorsIn(element, seen);
  }
}

/**
 * Runs `body` and frees every tensor made inside, except those in what it returns (a tensor, or tensors in arrays, maps,
 * sets and objects), which pass to the surrounding scope. Also frees them when `body` throws. `body` must be synchronous.
 */
export function scope<T>(body: () => T): T {
  const own = new Scope(current);
  current = own;
  try {
    const result = body();
    if (result instanceof Promise) {
      result.catch(() => {}); // its own failure is secondary to the misuse reported below
      throw new TorchError("the body must be synchronous: await outside and put scopes inside", {
        operator: "scope",
      });
    }
    if (result instanceof OwnedTensor) {
      OwnedTensor.escape(result, own);
    } else {
      for (const tensor of tensorsIn(result)) OwnedTensor.escape(tensor, own);
    }
    return result;
  } finally {
    current = own.parent;
    OwnedTensor.releaseScope(own);
  }
}

/** Takes tensors out of every scope: their holder frees them (`dispose`), or the finalizer when they are unreachable. */
export function keep<T>(value: T): T {
  for (const tensor of tensorsIn(value)) OwnedTensor.keep(tensor);
  return value;
}

/** Frees every tensor found in `value`. */
export function dispose(value: unknown): void {
  for (const tensor of tensorsIn(value)) tensor.dispose();
}

/** Tensors alive in this thread. Constant over training steps, or something leaks. */
export const liveTensors = (): number => native.liveTensors();

/** Bytes of the storages that live tensors of this thread own. */
export const liveTensorBytes = (): number => native.liveBytes();
