import { createHash } from "node:crypto";
import { expect, it } from "vitest";
import { sha256 } from "./sha256.js";

it("hashes as Node does, whatever the length, and parts of larger buffers", async () => {
  const bytes = Uint8Array.from({ length: 1000 }, (_, at) => (at * 37) ^ (at >> 3));
  for (const length of [0, 1, 3, 55, 56, 63, 64, 65, 119, 120, 999]) {
    const part = bytes.subarray(1, 1 + length);
    expect(await sha256(part)).toBe(createHash("sha256").update(part).digest("hex"));
  }
});
