import { expect, it, vi } from "vitest";
import { progress } from "./running.js";

it("says how far it is in a line now and then where no terminal shows it", () => {
  const lines: string[] = [];
  const spy = vi.spyOn(console, "error").mockImplementation((line: string) => void lines.push(line));
  try {
    let seconds = 0;
    const show = progress("decoded", () => 1000 * seconds);
    for (let done = 1; done <= 20_000; done++) {
      seconds += 0.001;
      show(done, 20_000);
    }
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(/^decoded (9999|1000\d) of 20000$/);
  } finally {
    spy.mockRestore();
  }
});
