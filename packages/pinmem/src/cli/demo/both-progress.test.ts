import type { TrainingEvent } from "@pinmem/core/formats";
import { describe, expect, it } from "vitest";
import { BothProgress } from "./both-progress.js";

const start = (steps: number) => ({ event: "start", steps, step: 0 }) as TrainingEvent;
const step = (step: number, total: number) =>
  ({ event: "step", step, losses: { train: { total } } }) as unknown as TrainingEvent;
const end = (step: number) => ({ event: "end", reason: "finished", step }) as TrainingEvent;

function told({ isTTY = false } = {}) {
  const written: string[] = [];
  let now = 0;
  const output = { isTTY, columns: 200, write: (text: string) => written.push(text) > 0 };
  const progress = new BothProgress({ output, interval: 10, now: () => now });
  return {
    progress,
    at: (seconds: number) => {
      now = 1000 * seconds;
      return progress;
    },
    lines: () => written.splice(0).join(""),
  };
}

describe("BothProgress", () => {
  it("tells of both trainings in one line, and the time of the one that takes longer", () => {
    const { progress, at, lines } = told();
    progress.write("erm", start(100));
    progress.write("pin-memory", start(50));
    at(1).write("erm", step(1, 3));
    expect(lines()).toBe("erm 1/100 loss 3.000, 1 min 39 s left\n");
    at(4).write("pin-memory", step(1, 2));
    expect(lines()).toBe("erm 1/100 loss 3.000, pin-memory 1/50 loss 2.000, 6 min 36 s left\n");
    at(10).write("erm", step(10, 2.5)); // Nobody wants a line for each step.
    expect(lines()).toBe("");
    at(20).write("erm", step(20, 2));
    expect(lines()).toBe("erm 20/100 loss 2.000, pin-memory 1/50 loss 2.000, 16 min 20 s left\n");
  });

  it("leaves out a training that has ended, and lets lines stay", () => {
    const { progress, at, lines } = told();
    progress.write("erm", start(2));
    progress.write("pin-memory", start(2));
    at(1).write("erm", step(1, 3));
    at(2).write("erm", step(2, 3));
    at(3).write("erm", end(2));
    progress.say("erm: scored as trained");
    lines();
    at(12).write("pin-memory", step(1, 2));
    expect(lines()).toBe("pin-memory 1/2 loss 2.000, 12 s left\n");
    at(24).write("pin-memory", end(2));
    expect(lines()).toBe("pin-memory: finished at step 2 of 2\n");
  });

  it("draws a bar of the one that is behind on a terminal, and removes it at the end", () => {
    const { progress, at, lines } = told({ isTTY: true });
    progress.write("erm", start(2));
    progress.write("pin-memory", start(4));
    at(1).write("erm", step(1, 3));
    at(2).write("pin-memory", step(1, 2));
    expect(lines()).toContain(
      "[#####...............] erm 1/2 loss 3.000  pin-memory 1/4 loss 2.000  6 s left",
    );
    progress.write("erm", end(1));
    progress.write("pin-memory", end(1));
    expect(lines().endsWith("\r\u001b[2K")).toBe(true);
    progress.say("a line");
    expect(lines()).toBe("a line\n");
  });
});
