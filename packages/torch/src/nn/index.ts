// The parts of networks, under PyTorch's names.

export * from "./containers.js";
export * from "./conv.js";
export * as F from "./functional.js";
export * from "./fused.js";
export * as init from "./init.js";
export * from "./layers.js";
export {
  type AnyModule,
  buffer,
  functionalCall,
  Module,
  type ModuleObserver,
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
