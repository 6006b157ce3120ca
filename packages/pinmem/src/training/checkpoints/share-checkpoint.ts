// Rank 0's checkpoint on all ranks: the others need not see its disk.

import { type Device, type DType, dispose, keep, type Tensor, zeros } from "@pinmem/torch";
import type { World } from "../../processes/world.js";
import type { CheckpointState } from "./checkpoint.js";
import type { Found } from "./checkpoint-store.js";

type Sketch = readonly [name: string, dtype: DType, shape: readonly number[]];

interface Announced {
  readonly path: string;
  readonly state: CheckpointState;
  readonly model: readonly Sketch[];
  readonly training: readonly Sketch[];
}

const sketchOf = (tensors: ReadonlyMap<string, Tensor>): Sketch[] =>
  [...tensors].map(([name, { dtype, shape }]) => [name, dtype, shape]);

/**
 * @param found by rank 0; null where there is none
 * @param device of this process: its random numbers go on as those of rank 0's device
 * @returns what rank 0 found, kept for the caller to free; null where there is none
 */
export async function shareCheckpoint(
  world: World,
  found: Found | null,
  device: Device,
): Promise<Found | null> {
  const announced = found && {
    path: found.path,
    state: found.checkpoint.state,
    model: sketchOf(found.checkpoint.model),
    training: sketchOf(found.checkpoint.training),
  };
  const told = JSON.parse(await world.share("checkpoint", JSON.stringify(announced))) as Announced | null;
  if (!told) return null;
  const made = (sketches: readonly Sketch[]) =>
    new Map(sketches.map(([name, dtype, shape]) => [name, keep(zeros(shape, { dtype }))]));
  const { model, training } =
    world.rank === 0 && found ? found.checkpoint : { model: made(told.model), training: made(told.training) };
  try {
    await world.copyFirst([...model.values(), ...training.values()]);
  } catch (error) {
    dispose([[...model.values()], [...training.values()]]);
    throw error;
  }
  const named = new Map([...training].map(([name, tensor]) => [nameHere(name, device), tensor]));
  return {
    path: told.path,
    checkpoint: { model, training: named, state: told.state },
    skipped: found?.skipped ?? [],
  };
}

/** The state of a GPU's random numbers belongs to whichever GPU a process has. */
const nameHere = (name: string, device: Device): string =>
  name.startsWith("random.cuda") ? `random.${device}` : name;
