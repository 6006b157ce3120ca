// Many processes that compute together (torch.distributed).

export { DisagreementError, DistributedError } from "./errors.js";
export { initProcessGroup, type ProcessGroupOptions } from "./init.js";
export { isAvailable } from "./native-groups.js";
export type { ProcessGroup, Reduction } from "./process-group.js";
