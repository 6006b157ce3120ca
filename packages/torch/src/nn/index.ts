// The parts of networks, under PyTorch's names.

export * from "./attention.js";
export * from "./containers.js";
export * from "./conv.js";
export * from "./conv-transpose.js";
export * as F from "./functional/index.js";
export * from "./fused.js";
export * as init from "./init.js";
export * from "./layer-norm.js";
export * from "./layers.js";
export * from "./linear.js";
export * from "./losses.js";
export {
  type AnyModule,
  buffer,
  functionalCall,
  Module,
  type ModuleObserver,
  type ModuleTarget,
  observeModules,
} from "./module.js";
export * from "./normalization.js";
export * from "./parameter.js";
export {
  type LoadOptions,
  type LoadReport,
  type Mismatch,
  type StateDict,
  StateDictError,
} from "./state-dict.js";
export * as utils from "./utils.js";
