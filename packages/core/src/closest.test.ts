import { describe, expect, it } from "vitest";
import { closest, orWhat } from "./closest.js";

describe("closest", () => {
  it("finds the word that was meant", () => {
    expect(closest("lerningRate", ["learningRate", "seed", "steps"])).toBe("learningRate");
    expect(closest("camvit", ["camvid", "cityscapes"])).toBe("camvid");
    expect(closest("modle", ["method", "model", "seed"])).toBe("model");
    expect(closest("PIN-MEMORY", ["erm", "pin-memory"])).toBe("pin-memory");
  });

  it("suggests nothing where no word is near", () => {
    expect(closest("banana", ["learningRate", "seed"])).toBeUndefined();
    expect(closest("x", [])).toBeUndefined();
    expect(orWhat("vla", ["train", "val"])).toBe('did you mean "val"?');
    expect(orWhat("banana", ["train", "val"])).toBe("there are train, val");
  });
});
