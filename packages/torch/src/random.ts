// Random numbers come from one default generator per device, as in PyTorch: the same seed gives the same numbers as
// Python's torch. The generator belongs to the process: worker threads draw from the same one.

import { withContext } from "./errors.js";
import { native } from "./native.js";
import { OwnedTensor } from "./ownership.js";
import type { Tensor } from "./tensor.js";
import type { Device } from "./values.js";
import { wrap } from "./wrap.js";

/** Seeds the default generators of all devices. */
export const manualSeed = (seed: number | bigint): void =>
  withContext("manualSeed", () => native.manualSeed(seed));

/** The state of a device's generator as a uint8 tensor, to be saved and restored. */
export const randomState = (device: Device = "cpu"): Tensor =>
  wrap<Tensor>(withContext("randomState", () => native.randomState(device)));

/** Continues from a state that `randomState` gave. */
export const setRandomState = (state: Tensor, device: Device = "cpu"): void =>
  withContext("setRandomState", () =>
    native.setRandomState(device, OwnedTensor.handleOf(state, "setRandomState", "state")),
  );
