// One suite, every device: tests that do not depend on the device run on each that is there.

import { type Device, isCudaAvailable } from "../src/index.js";

export const devices: readonly Device[] = isCudaAvailable() ? ["cpu", "cuda"] : ["cpu"];
