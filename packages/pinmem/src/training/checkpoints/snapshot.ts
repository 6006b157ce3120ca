// Between what trains and what is stored: the state of network, optimizer and random numbers as named tensors and JSON, and
// back.

import {
  type Device,
  dispose,
  type nn,
  noGrad,
  type optim,
  randomState,
  setRandomState,
  type Tensor,
  TorchError,
} from "@pinmem/torch";
import { ownState, withBase } from "../../models/adapters/adapter.js";
import type { CheckpointState } from "./checkpoint.js";

type AnyOptimizer = Pick<optim.Optimizer<{ lr: number }>, "stateDict" | "loadStateDict">;
type OptimizerJson = CheckpointState["optimizer"];

const RANDOM = "random.";
const OPTIMIZER = "optimizer.";

export interface Trained {
  readonly network: nn.AnyModule;
  readonly optimizer: AnyOptimizer;
  readonly device: Device;
}

const generators = (device: Device): Device[] => (device === "cpu" ? ["cpu"] : ["cpu", device]);

/** The tensors themselves, not copies, but for the random states, which the caller frees with the scope around. */
export function takeSnapshot({ network, optimizer, device }: Trained): {
  model: Map<string, Tensor>;
  training: Map<string, Tensor>;
  optimizer: OptimizerJson;
} {
  const { state, groups } = optimizer.stateDict();
  const training = new Map<string, Tensor>();
  const numbers: Record<string, Record<string, number>> = {};
  for (const [index, entry] of state) {
    for (const [name, value] of Object.entries(entry)) {
      if (typeof value === "number") numbers[index] = { ...numbers[index], [name]: value };
      else training.set(`${OPTIMIZER}${index}.${name}`, value);
    }
  }
  for (const generator of generators(device)) training.set(`${RANDOM}${generator}`, randomState(generator));
  return {
    model: ownState(network),
    training,
    optimizer: { groups: groups.map((group) => JSON.parse(JSON.stringify(group))), numbers },
  };
}

/** @throws TorchError or StateDictError where the stored state belongs to another network, optimizer or device */
export function restoreSnapshot(
  { network, optimizer, device }: Trained,
  stored: {
    model: ReadonlyMap<string, Tensor>;
    training: ReadonlyMap<string, Tensor>;
    optimizer: OptimizerJson;
  },
): void {
  const random = generators(device).map((generator) => {
    const state = stored.training.get(`${RANDOM}${generator}`);
    if (state) return [generator, state] as const;
    throw new TorchError(
      `the checkpoint holds no random state for ${generator}: it was written on another device. Continue there`,
      { operator: "restoreSnapshot", argument: "stored" },
    );
  });
  const state = new Map<number, Record<string, Tensor | number>>();
  const entryOf = (index: string) => {
    const entry = state.get(Number(index)) ?? {};
    state.set(Number(index), entry);
    return entry;
  };
  for (const [name, tensor] of stored.training) {
    const match = /^optimizer\.(\d+)\.(.+)$/.exec(name);
    if (match) entryOf(match[1] as string)[match[2] as string] = tensor;
  }
  for (const [index, values] of Object.entries(stored.optimizer.numbers))
    Object.assign(entryOf(index), values);
  // Network and optimizer each compare all names and shapes before they change anything.
  network.loadStateDict(withBase(network, stored.model));
  optimizer.loadStateDict({ state, groups: stored.optimizer.groups as never });
  for (const [generator, bytes] of random) setRandomState(bytes, generator);
}

/** Runs `body` and puts the random numbers back where they were: what it draws does not shift what training draws. */
export async function withRandomState<T>(device: Device, body: () => Promise<T>): Promise<T> {
  const before = generators(device).map((generator) => [generator, randomState(generator)] as const);
  try {
    return await body();
  } finally {
    noGrad(() => {
      for (const [generator, state] of before) setRandomState(state, generator);
    });
    dispose(before);
  }
}
