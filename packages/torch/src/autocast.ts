// Mixed precision: operators that profit run in a lower precision, the others stay, as in torch.autocast. fp16 gradients
// underflow, so their loss is scaled (`GradScaler`); bf16 needs no scaling.

import { synchronous } from "./autograd.js";
import type { DType } from "./dtype.js";
import { TorchError } from "./errors.js";
import { native } from "./native.js";
import { readOptions } from "./options.js";

export interface AutocastOptions {
  /** Default "cpu". */
  device?: "cpu" | "cuda";
  /** Default "bfloat16". */
  dtype?: "bfloat16" | "float16";
  /** Default true; false switches a surrounding region off. */
  enabled?: boolean;
}

const defaults: Required<AutocastOptions> = { device: "cpu", dtype: "bfloat16", enabled: true };

const lowPrecision: readonly DType[] = ["bfloat16", "float16"];

/** Runs `body` with matrix products and convolutions in a lower precision. */
export function autocast<T>(options: AutocastOptions, body: () => T): T {
  const { device, dtype, enabled } = readOptions("autocast", [options], defaults);
  if (!lowPrecision.includes(dtype)) {
    throw new TorchError(`argument 'dtype' must be "bfloat16" or "float16", got "${dtype}"`, {
      operator: "autocast",
      argument: "dtype",
    });
  }
  if (device !== "cpu" && device !== "cuda") {
    throw new TorchError(`argument 'device' must be "cpu" or "cuda", got "${device}"`, {
      operator: "autocast",
      argument: "device",
    });
  }
  const [enabledBefore, dtypeBefore] = native.enterAutocast(device, enabled, dtype);
  try {
    return synchronous("autocast", body());
  } finally {
    native.leaveAutocast(device, enabledBefore, dtypeBefore);
  }
}
