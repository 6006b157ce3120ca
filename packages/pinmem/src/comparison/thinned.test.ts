import { expect, it } from "vitest";
import { Thinned } from "./thinned.js";

it("keeps all while there are few, and of many those that lie evenly", () => {
  const kept = new Thinned<number>(8);
  for (let item = 0; item < 7; item++) kept.push(item);
  expect(kept.items).toEqual([0, 1, 2, 3, 4, 5, 6]);
  for (let item = 7; item < 1000; item++) {
    kept.push(item);
    expect(kept.items.length).toBeLessThan(8);
  }
  const steps = kept.items.slice(1).map((item, at) => item - (kept.items[at] ?? 0));
  expect(new Set(steps).size).toBe(1);
  expect(kept.items[0]).toBe(0);
  expect(kept.items.at(-1)).toBeGreaterThan(700);
});
