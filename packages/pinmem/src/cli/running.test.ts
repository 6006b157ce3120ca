import { expect, it } from "vitest";
import { progress } from "./running.js";

it("says how far it is in a line now and then where no terminal shows it", () => {
  const lines: string[] = [];
  let seconds = 0;
  const output = { write: (line: string | Uint8Array) => lines.push(String(line)) > 0 };
  const show = progress("decoded", { output, now: () => 1000 * seconds });
  for (let done = 1; done <= 20_000; done++) {
    seconds += 0.001;
    show(done, 20_000);
  }
  expect(lines).toHaveLength(1);
  expect(lines[0]).toMatch(/^decoded (9999|1000\d) of 20000\n$/);
});
