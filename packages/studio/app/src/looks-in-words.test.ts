import { describe, expect, it } from "vitest";
import { looksInWords } from "./looks-in-words.js";

describe("how a picture was looked at", () => {
  it("is told in a sentence", () => {
    expect(looksInWords(["trained"])).toMatch(/looks like those of training/);
    expect(looksInWords([0.6, 1])).toBe(
      "This picture looks unlike those of training. It is the mean of what is seen with its own statistics, brighter (gamma 0.6) and with its own statistics.",
    );
    expect(looksInWords([1.7, "trained"])).toMatch(/darker \(gamma 1\.7\) and as in training\.$/);
  });

  it("is not told before the picture has decided", () => {
    expect(looksInWords([])).toBe("");
  });
});
