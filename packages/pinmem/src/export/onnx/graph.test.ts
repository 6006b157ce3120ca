import { expect, it } from "vitest";
import { ExportError } from "../export-error.js";
import { requireSmall } from "./graph.js";

it("refuses more weights than a file can hold, with the remedy, before any of it is written", () => {
  const bytes = new Uint8Array(2 ** 30); // Never touched, so that it takes no memory.
  expect(() => requireSmall([{ bytes }])).not.toThrow();
  const tooMuch = () => requireSmall([{ bytes }, { bytes }]);
  expect(tooMuch).toThrow(ExportError);
  expect(tooMuch).toThrow(/2\.1 GB of weights.*give `half`/);
});
