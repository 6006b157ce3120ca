import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { manualSeed, nn, optim, randn, scope, tensor } from "@pinmem/torch";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { TinyNetwork } from "../../../test/tiny-network.js";
import {
  type Checkpoint,
  CheckpointError,
  type CheckpointState,
  readCheckpoint,
  writeCheckpoint,
} from "./checkpoint.js";
import { CheckpointStore } from "./checkpoint-store.js";
import { restoreSnapshot, takeSnapshot, withRandomState } from "./snapshot.js";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "pinmem-checkpoints-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const state = (step: number, best: CheckpointState["best"] = null): CheckpointState => ({
  step,
  data: { epoch: 0, index: step },
  optimizer: { groups: [{ lr: 0.1, count: 1 }], numbers: {} },
  eventBytes: 10 * step,
  best,
  validationDue: false,
});

const checkpoint = (step: number, best: CheckpointState["best"] = null): Checkpoint => ({
  model: new Map([["weight", tensor([step, 2, 3])]]),
  training: new Map([["optimizer.0.momentumBuffer", tensor([4, 5, 6])]]),
  state: state(step, best),
});

describe("a checkpoint", () => {
  it("reads back as it was written", () => {
    const path = join(folder, "step-000007");
    writeCheckpoint(path, checkpoint(7));
    const read = readCheckpoint(path);
    expect(read.state).toEqual(state(7));
    expect(read.model.get("weight")?.toArray()).toEqual([7, 2, 3]);
    expect(read.training.get("optimizer.0.momentumBuffer")?.toArray()).toEqual([4, 5, 6]);
    expect(readdirSync(folder)).toEqual(["step-000007"]);
  });

  it("of an earlier version was written after the validation", () => {
    const path = join(folder, "step-000007");
    const { validationDue: _, ...before } = state(7);
    writeCheckpoint(path, { ...checkpoint(7), state: before as CheckpointState });
    expect(readFileSync(join(path, "state.json"), "utf8")).not.toContain("validationDue");
    expect(readCheckpoint(path).state.validationDue).toBe(false);
  });

  it("replaces one of the same name", () => {
    const path = join(folder, "step-000007");
    writeCheckpoint(path, checkpoint(7));
    writeCheckpoint(path, { ...checkpoint(7), model: new Map([["weight", tensor([9])]]) });
    expect(readCheckpoint(path).model.get("weight")?.toArray()).toEqual([9]);
    expect(readdirSync(folder)).toEqual(["step-000007"]);
  });

  it("leaves nothing behind where writing fails, and says what the system said", () => {
    const path = join(folder, "step-000007");
    const broken = { ...checkpoint(7), training: new Map([["", tensor([1])]]) };
    writeCheckpoint(path, checkpoint(7));
    expect(() =>
      writeCheckpoint(path, { ...broken, model: new Map([["__metadata__", tensor([1])]]) }),
    ).toThrow(CheckpointError);
    expect(readdirSync(folder)).toEqual(["step-000007"]);
    expect(readCheckpoint(path).model.get("weight")?.toArray()).toEqual([7, 2, 3]);
  });

  it.each([
    ["a state that is no JSON", "{", /state\.json: .*JSON/],
    ["another format", JSON.stringify({ ...state(1), format: 9 }), /state\.json: .*format/s],
    ["unknown fields", JSON.stringify({ ...state(1), format: 1, more: 1 }), /state\.json: .*more/s],
    ["a negative step", JSON.stringify({ ...state(1), format: 1, step: -1 }), /state\.json: .*step/s],
  ])("with %s is refused", (_, text, message) => {
    const path = join(folder, "step-000001");
    writeCheckpoint(path, checkpoint(1));
    writeFileSync(join(path, "state.json"), text);
    expect(() => readCheckpoint(path)).toThrow(message);
  });
});

describe("CheckpointStore", () => {
  it("keeps the newest few and the best", () => {
    const store = new CheckpointStore(folder, { keep: 2 });
    const best = { step: 20, score: 0.5 };
    for (const step of [10, 20, 30, 40, 50]) store.save(checkpoint(step, step >= 20 ? best : null));
    expect(store.steps()).toEqual([20, 40, 50]);
    expect(store.latest()?.checkpoint.state.step).toBe(50);
    expect(store.latestState()).toEqual(state(50, best));
  });

  it("goes back to the newest one that can be read, and says what was wrong with the others", () => {
    const store = new CheckpointStore(folder);
    for (const step of [10, 20, 30]) store.save(checkpoint(step));
    truncateSync(join(store.pathOf(30), "model.safetensors"), 40);
    rmSync(join(store.pathOf(20), "training.safetensors"));
    const found = store.latest();
    expect(found?.checkpoint.state.step).toBe(10);
    expect(found?.skipped).toHaveLength(2);
    expect(found?.skipped[0]).toContain("step-000030");
    rmSync(join(store.pathOf(10), "state.json"));
    expect(() => store.latest()).toThrow(/none of the checkpoints/);
  });

  it("has nothing where nothing was saved, and takes no other folder for a checkpoint", () => {
    mkdirSync(join(folder, "step-7"));
    mkdirSync(join(folder, "notes"));
    expect(new CheckpointStore(folder).latest()).toBeNull();
    expect(new CheckpointStore(join(folder, "absent")).steps()).toEqual([]);
  });

  it("clears away what a killed process left half-written, and nothing else", () => {
    mkdirSync(join(folder, ".step-000010.0123456789ab.tmp"));
    mkdirSync(join(folder, ".mine"));
    new CheckpointStore(folder).save(checkpoint(20));
    expect(readdirSync(folder).sort()).toEqual([".mine", "step-000020"]);
  });

  it("keeps what is there where the folder cannot be written", () => {
    const store = new CheckpointStore(folder);
    store.save(checkpoint(10));
    chmodSync(folder, 0o500);
    try {
      // Root may write everywhere; then the save succeeds and there is nothing to see.
      if (process.getuid?.() !== 0) expect(() => store.save(checkpoint(20))).toThrow(CheckpointError);
    } finally {
      chmodSync(folder, 0o700);
    }
    expect(store.steps()).toContain(10);
  });
});

describe("a snapshot", () => {
  const build = (seed: number) => {
    manualSeed(seed);
    const network = new TinyNetwork();
    const optimizer = new optim.SGD(network.parameters(), { lr: 0.1, momentum: 0.9 });
    return { network, optimizer, device: "cpu" as const };
  };
  const step = ({ network, optimizer }: ReturnType<typeof build>) =>
    scope(() => {
      optimizer.zeroGrad();
      network
        .call(randn([2, 3, 8, 8]))
        .square()
        .mean()
        .backward();
      optimizer.step();
    });
  const values = ({ network }: ReturnType<typeof build>) =>
    [...network.stateDict()].map(([name, value]) => [name, value.toArray()]);

  it("brings a run back: weights, buffers, momentum and random numbers", () => {
    const first = build(1);
    step(first);
    const path = join(folder, "step-000001");
    scope(() => {
      const { optimizer, ...tensors } = takeSnapshot(first);
      writeCheckpoint(path, { ...tensors, state: { ...state(1), optimizer } });
    });
    step(first);
    const expected = { values: values(first), next: scope(() => randn([2]).toArray()) };

    const second = build(99);
    scope(() => {
      const { model, training, state: saved } = readCheckpoint(path);
      restoreSnapshot(second, { model, training, optimizer: saved.optimizer });
    });
    step(second);
    expect({ values: values(second), next: scope(() => randn([2]).toArray()) }).toEqual(expected);
  });

  it("of another network is refused before anything changes", () => {
    const first = build(1);
    const other = build(2);
    const before = values(other);
    scope(() => {
      const snapshot = takeSnapshot(first);
      const model = new Map([...snapshot.model].slice(1));
      expect(() => restoreSnapshot(other, { ...snapshot, model })).toThrow(nn.StateDictError);
      expect(values(other)).toEqual(before);
      const { optimizer } = snapshot;
      const groups = [{ ...optimizer.groups[0], count: 3 }];
      expect(() => restoreSnapshot(other, { ...snapshot, optimizer: { ...optimizer, groups } })).toThrow(
        /groups/,
      );
    });
  });

  it("leaves random numbers as they were around a body that draws some", async () => {
    manualSeed(5);
    const expected = scope(() => randn([3]).toArray());
    manualSeed(5);
    await withRandomState("cpu", async () => {
      scope(() => randn([100]));
    });
    expect(scope(() => randn([3]).toArray())).toEqual(expected);
  });
});

it("state files are readable by people", () => {
  const path = join(folder, "step-000001");
  writeCheckpoint(path, checkpoint(1));
  expect(existsSync(join(path, "model.safetensors"))).toBe(true);
  expect(JSON.parse(readFileSync(join(path, "state.json"), "utf8"))).toMatchObject({ format: 1, step: 1 });
});
