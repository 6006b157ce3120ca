import { expect, it } from "vitest";
import { sharedStarts } from "./shared-start.js";

const startsOf = (group: string, names: readonly string[]) =>
  sharedStarts(names.map((name) => ({ name, group }))).get(group);

it("leaves what tells scenes apart to be seen, with the word before it", () => {
  const names = [2, 13, 17].map((scene) => `streets boulevard, seed 1, scene ${scene}`);
  expect(startsOf("validation", names)).toBe("streets boulevard, seed 1, ".length);
});

it("leaves numbers of files whole", () => {
  expect(startsOf("photos", ["frankfurt_000000_000294.png", "frankfurt_000000_000576.png"])).toBe(
    "frankfurt_000000_".length,
  );
});

it("cuts nothing of a single name, of names that share nothing, and of other groups", () => {
  expect(startsOf("one", ["street.png"])).toBe(0);
  expect(startsOf("two", ["night.png", "fog.png"])).toBe(0);
  const mixed = [
    { name: "a 1", group: "first" },
    { name: "b 2", group: "second" },
  ];
  expect([...sharedStarts(mixed).values()]).toEqual([0, 0]);
});
