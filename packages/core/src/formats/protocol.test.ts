import { describe, expect, it } from "vitest";
import { describeProtocol, protocol, protocolNames, protocolSchema, sameProtocol } from "./protocol.js";

describe("protocol", () => {
  it("shows every field of a preset", () => {
    expect(protocol("official-sliding")).toEqual({
      name: "official-sliding",
      logitAdjustment: 0,
      kind: "sliding",
      crop: 768,
      overlap: 1 / 3,
      resize: "none",
      scales: [1],
      flip: true,
      combine: "logits",
      normalize: { kind: "trained" },
      vote: null,
    });
    for (const name of protocolNames) {
      expect(protocolSchema.parse(JSON.parse(JSON.stringify(protocol(name))))).toEqual(protocol(name));
    }
  });

  it("tells statistics of batch norm apart, of which a weight of 0 leaves the trained ones", () => {
    const withWeight = (weight: number) => protocol("whole", { normalize: { kind: "image", weight } });
    expect(sameProtocol(withWeight(0.3), protocol("whole"))).toBe(false);
    expect(sameProtocol(withWeight(0.3), withWeight(0.1))).toBe(false);
    expect(sameProtocol(withWeight(0), protocol("whole"))).toBe(true);
    expect(describeProtocol(withWeight(0.3))).toBe("whole image, image statistics 0.3");
    expect(() => withWeight(1.5)).toThrow();
  });

  it("reads results of before, which had the trained statistics", () => {
    const { normalize: _, vote: __, ...before } = protocol("whole");
    expect(protocolSchema.parse(before)).toEqual(protocol("whole"));
  });

  it("tells weights of a memory's votes apart, and names them", () => {
    const withVote = (vote: number | null) => protocol("whole", { vote });
    expect(sameProtocol(withVote(10), withVote(5))).toBe(false);
    expect(sameProtocol(withVote(0), withVote(null))).toBe(false);
    expect(sameProtocol(withVote(null), protocol("whole"))).toBe(true);
    expect(describeProtocol(withVote(10))).toBe("whole image, votes x 10");
    expect(describeProtocol(withVote(0))).toBe("whole image, no votes");
    expect(() => withVote(-1)).toThrow();
  });

  it("says in its name that it was changed, and only then", () => {
    expect(protocol("whole", { flip: true }).name).toBe("whole, changed");
    expect(protocol("whole", { flip: false }).name).toBe("whole");
  });

  it("tells protocols apart by what they do, not by their names", () => {
    expect(sameProtocol(protocol("official-whole"), protocol("whole-flip"))).toBe(true);
    expect(sameProtocol(protocol("whole"), protocol("whole", { combine: "logits" }))).toBe(true);
    expect(sameProtocol(protocol("whole"), protocol("whole-flip"))).toBe(false);
    expect(sameProtocol(protocol("whole-flip"), protocol("whole-flip", { combine: "logits" }))).toBe(false);
    expect(sameProtocol(protocol("mapillary"), protocol("mapillary-official"))).toBe(false);
  });

  it("describes itself in words", () => {
    expect(describeProtocol(protocol("whole"))).toBe("whole image");
    expect(describeProtocol(protocol("official-sliding", { scales: [0.5, 1] }))).toBe(
      "sliding 768, overlap 0.333, scales 0.5 1, flip, mean of logits",
    );
    expect(describeProtocol(protocol("whole", { resize: { height: 512 } }))).toBe("whole image, height 512");
  });

  it("suggests the nearest preset, and refuses what does not go together", () => {
    expect(() => protocol("ofical-whole")).toThrow(/did you mean "official-whole"/);
    expect(() => protocol("constructor")).toThrow(/there is no protocol "constructor"; there are whole/);
    expect(() => protocol("whole", { kind: "sliding" })).toThrow(/a sliding window needs crop and overlap/);
    expect(() => protocol("whole", { crop: 64 })).toThrow(/only a sliding window has crop and overlap/);
    expect(() => protocol("whole", { scales: [] })).toThrow();
  });
});
