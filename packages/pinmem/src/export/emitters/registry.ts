// How modules are written into graphs of ONNX: one emitter for each class. A class without one is an error that names it, and so
// is a subclass, whose `forward` may do something else.
//
// An emitter writes what its module computes in evaluation mode.

import type { nn } from "@pinmem/torch";
import { ExportError } from "../export-error.js";
import type { Graph, Value } from "../onnx/graph.js";
import type { PictureStatistics } from "./picture-statistics.js";

export interface EmitContext {
  readonly graph: Graph;
  /** A picture's own statistics in batch norm; null: the trained ones alone. */
  readonly statistics: PictureStatistics | null;
  /** Writes what another module makes of a value. @throws ExportError where its class has no emitter */
  emit(module: nn.AnyModule, input: Value): Value;
}

/** Writes what a module makes of its input; gives the name of its output. */
export type ModuleEmitter<M extends nn.AnyModule> = (module: M, input: Value, context: EmitContext) => Value;

type Class<T> = abstract new (...args: never[]) => T;

const emitters = new Map<unknown, ModuleEmitter<never>>();

/**
 * Says how modules of a class are exported: what is yours can be exported once each of its classes has an emitter.
 *
 * ```ts
 * class Scale extends nn.Module { ... }
 * registerEmitter(Scale, ({ factor }, input, { graph }) => graph.node("Mul", [input, graph.floats(factor)]));
 * ```
 *
 * @param kind of these modules exactly, not of its subclasses
 */
export function registerEmitter<M extends nn.AnyModule>(kind: Class<M>, emitter: ModuleEmitter<M>): void {
  emitters.set(kind, emitter);
}

/**
 * @param network names modules in errors and in the graph
 */
export function emitContext(
  graph: Graph,
  network: nn.AnyModule,
  statistics: PictureStatistics | null,
): EmitContext {
  const paths = new Map([...network.namedModules()].map(([path, module]) => [module, path]));
  const context: EmitContext = {
    graph,
    statistics,
    emit(module, input) {
      const kind = module.constructor;
      const emitter = emitters.get(kind);
      const path = paths.get(module) ?? "";
      if (!emitter) throw unknownModule(path, kind.name);
      return graph.within(path, () => emitter(module as never, input, context));
    },
  };
  return context;
}

const unknownModule = (path: string, kind: string): ExportError =>
  new ExportError(
    `the module ${path === "" ? "" : `'${path}' `}of the class ${kind} cannot be exported: say how with ` +
      `registerEmitter(${kind}, …), from pinmem/export`,
  );
