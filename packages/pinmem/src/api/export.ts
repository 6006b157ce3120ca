// What exports models: a run as a folder that runs without libtorch, and how modules of one's own are written into its graphs.

export {
  EXPORT_FILE,
  EXPORT_FORMAT,
  type ExportedGraph,
  type ExportedMemory,
  type ExportedModel,
  ExportedModelError,
  type ExportedValue,
  type ExportVerification,
  parseExportedModel,
} from "@pinmem/core/formats";
export type { SingleOutput } from "../export/build-graphs.js";
export {
  type DecodeValues,
  type EncodedValues,
  emitBackbone,
  type HeadEmitter,
  type NetworkEmitter,
  registerHeadEmitter,
  registerNetworkEmitter,
} from "../export/emitters/networks.js";
export { type EmitContext, type ModuleEmitter, registerEmitter } from "../export/emitters/registry.js";
export { ExportError } from "../export/export-error.js";
export { type ExportOptions, type ExportProgress, exportRun } from "../export/export-run.js";
export { Graph, type GraphOptions, type Value } from "../export/onnx/graph.js";
export type { Attribute, ElementType, FloatAttribute } from "../export/onnx/message.js";
export {
  castTo,
  flattenPixels,
  resize,
  sizesOf,
  unflattenPixels,
  unitLength,
} from "../export/onnx/operations.js";
