import { describe, expect, it } from "vitest";
import { addressSpaceLeft, requireAddressSpace } from "./address-space.js";

describe("the address space that is left", () => {
  it("is refused with both figures where libtorch would hang in it", () => {
    expect(() => requireAddressSpace(600 * 2 ** 20)).toThrow(
      "600 MiB of address space are left and 1536 MiB needed",
    );
    expect(() => requireAddressSpace(2 ** 31)).not.toThrow();
  });

  it.skipIf(process.platform !== "linux")(
    "has no bound where the system sets none, or is what the bound leaves",
    () => {
      expect(addressSpaceLeft()).toBeGreaterThan(0);
    },
  );
});
