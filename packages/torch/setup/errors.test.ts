import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { asSetupError, SetupError } from "./errors.mjs";
import { withLock } from "./lock.mjs";

test("a checkout that cannot be written is explained in a line; our own mistakes keep their stack", async () => {
  const folder = mkdtempSync(join(tmpdir(), "pinmem-setup-"));
  writeFileSync(join(folder, "build"), "");
  const path = join(folder, "build/.lock");
  const thrown = await withLock(join(path, "lock"), async () => {}).catch((error: unknown) => error);
  rmSync(folder, { recursive: true });
  const explained = asSetupError(thrown) as Error;
  expect(explained).toBeInstanceOf(SetupError);
  expect(explained.message).toMatch(
    /^\/.*build.* cannot be written: a file stands where a folder has to be\. Set-up writes into the checkout: make it writable/,
  );
  const denied = Object.assign(new Error("EACCES"), { code: "EACCES", path: "/checkout/build" });
  expect((asSetupError(denied) as Error).message).toMatch(
    /^\/checkout\/build cannot be written: permission denied\./,
  );
  const mistake = new TypeError("x");
  expect(asSetupError(mistake)).toBe(mistake);
});
