import { afterEach, describe, expect, it, vi } from "vitest";
import { dispose, empty, keep, scope, type Tensor, zeros } from "./index.js";
import { UnscopedWatch } from "./unscoped.js";

const SIXTEENTH_OF_2_GIB = [2 ** 25];

afterEach(() => {
  vi.restoreAllMocks();
});

describe("tensors that no scope owns", () => {
  it("are warned of once above 1 GiB, with scope and the operator that made most of them", () => {
    const warnings = vi.spyOn(process, "emitWarning").mockImplementation(() => {});
    const held: Tensor[] = [];
    scope(() => {
      for (let i = 0; i < 32; i++) empty(SIXTEENTH_OF_2_GIB);
    });
    for (let i = 0; i < 32; i++) held.push(keep(empty(SIXTEENTH_OF_2_GIB)));
    for (let i = 0; i < 32; i++) empty(SIXTEENTH_OF_2_GIB).dispose();
    expect(warnings).not.toHaveBeenCalled();
    held.push(zeros([1]));
    for (let i = 0; i < 64; i++) held.push(empty(SIXTEENTH_OF_2_GIB));
    expect(warnings).toHaveBeenCalledOnce();
    expect(warnings.mock.calls[0]?.[0]).toMatch(
      /^\d+ tensors of \d\.\d GiB that no scope owns are alive, most of them made by 'empty'.*put the body of the loop into scope/,
    );
    dispose(held);
  });

  it("are warned of by their number, and not counted once freed", () => {
    const said: string[] = [];
    const watch = new UnscopedWatch({ tensors: 20, bytes: 2 ** 50 }, (message) => said.push(message));
    for (let handle = 0; handle < 200; handle++) {
      watch.add(handle, "add");
      watch.delete(handle);
    }
    for (let handle = 0; handle < 200; handle++) watch.add(handle, "");
    expect(said).toEqual([]);
    for (let handle = 0; handle < 200; handle++) watch.add(handle, handle % 3 ? "mul" : "add");
    expect(said.length).toBe(1);
    expect(said[0]).toContain("made by 'mul'");
  });
});
