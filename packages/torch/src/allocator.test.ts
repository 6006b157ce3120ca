import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { full, scope } from "./index.js";
import { native } from "./native.js";

const MIB = 2 ** 20;
const pageFaults = () => process.resourceUsage().minorPageFault;
const resident = () =>
  Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync("/proc/self/status", "utf8"))?.[1]) * 1024;
/** Makes a tensor of so many MiB and frees it. */
const use = (mebibytes: number) => full([(mebibytes * MIB) / 4], 0.5).dispose();

describe.skipIf(process.platform !== "linux")("large blocks", () => {
  it("are used again without asking the system, also for a smaller tensor", () => {
    use(64);
    const before = pageFaults();
    for (let turn = 0; turn < 10; turn++) use(64);
    use(33);
    expect(pageFaults() - before).toBeLessThan(500);
  });

  it("go back when asked for", () => {
    use(128);
    const before = resident();
    native.trimMemory();
    expect(before - resident()).toBeGreaterThan(100 * MIB);
  });

  it("do not pile up when sizes change: no more is kept than an eighth over what was in use", () => {
    native.trimMemory();
    const before = resident();
    // Each size fits no block that is kept; together they have 2 GiB.
    for (let size = 8; size <= 64; size++) use(size);
    expect(resident() - before).toBeLessThan((128 * 9 * MIB) / 8 + 16 * MIB);
  });

  it("keep what is written into them while others come and go", () => {
    const random = (at: number) => (at * 7919 + 104729) % 97;
    const held = new Map<number, ReturnType<typeof full>>();
    for (let turn = 0; turn < 400; turn++) {
      const slot = random(turn) % 12;
      held.get(slot)?.dispose();
      held.set(slot, full([MIB / 8 + random(turn + 1) * 5003], (turn % 251) + 0.5));
      for (const [, tensor] of held) {
        const value = tensor.narrow(0, 0, 1);
        const expected = value.toNumber();
        value.dispose();
        if (turn % 40 === 0) {
          expect(scope(() => [tensor.min().toNumber(), tensor.max().toNumber()])).toEqual([
            expected,
            expected,
          ]);
        }
      }
    }
    for (const tensor of held.values()) tensor.dispose();
  });
});
