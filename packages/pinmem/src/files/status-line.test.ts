import { expect, it } from "vitest";
import { clearStatusLine, StatusLine } from "./status-line.js";

function watch(isTTY: boolean, columns = 20) {
  const written: string[] = [];
  let now = 0;
  const output = { isTTY, columns, write: (text: string | Uint8Array) => written.push(String(text)) > 0 };
  const line = new StatusLine({ output, interval: 10, now: () => now });
  return { line, written, wait: (ms: number) => (now += ms) };
}

it("redraws one line on a terminal, no longer than it is wide and not all the time, with what stays above it", () => {
  const { line, written, wait } = watch(true);
  line.show("1 of 3, and much more to say");
  line.show("2 of 3");
  wait(150);
  line.show("3 of 3");
  line.say("a note");
  clearStatusLine();
  clearStatusLine();
  const clear = "\r\u001b[2K";
  expect(written).toEqual([
    `${clear}1 of 3, and much mo`,
    `${clear}3 of 3`,
    clear,
    "a note\n",
    `${clear}3 of 3`,
    clear,
  ]);
});

it("writes a plain line now and then elsewhere, the first not at once unless that is asked for", () => {
  const { line, written, wait } = watch(false);
  line.show("1", { plain: "one" });
  wait(10_000);
  line.show("2", { plain: "two" });
  line.show("3", { plain: "three", force: true });
  line.say("a note");
  line.clear();
  expect(written).toEqual(["two\n", "three\n", "a note\n"]);
});
