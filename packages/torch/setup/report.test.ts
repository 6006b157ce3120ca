import { describe, expect, test } from "vitest";
import { createReporter, duration } from "./report.mjs";

function record({ isTTY }: { isTTY: boolean }) {
  const written: string[] = [];
  return { written, report: createReporter({ isTTY, columns: 60, write: (text) => written.push(text) }) };
}

describe("a reporter", () => {
  test("writes whole lines into a log: the start, then the time", async () => {
    const { written, report } = record({ isTTY: false });
    await report.step("addon", "compiling 2 files", async (progress) => progress("1 of 2"));
    expect(written.join("")).toMatch(/^addon {7}compiling 2 files …\naddon {7}done in 0\.\d\d s\n$/);
  });

  test("says when a step failed, and lets the error through", async () => {
    const { written, report } = record({ isTTY: false });
    await expect(report.step("addon", "linking", () => Promise.reject(new Error("no")))).rejects.toThrow(
      "no",
    );
    expect(written.join("")).toMatch(/addon {7}failed after 0\.\d\d s\n$/);
  });

  test("leaves one line on a terminal", async () => {
    const { written, report } = record({ isTTY: true });
    await report.step("addon", "linking", async () => {});
    const screen = written.join("").split("\x1b[K").at(-1);
    expect(screen).toMatch(/^addon {7}linking \(0\.\d\d s\)\n$/);
  });
});

test("durations are short to read", () => {
  expect([80, 999, 12_340, 59_990, 125_400].map(duration)).toEqual([
    "0.08 s",
    "1.00 s",
    "12.3 s",
    "60.0 s",
    "2 min 5 s",
  ]);
});
