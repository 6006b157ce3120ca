import { expect, it } from "vitest";
import { snapped, superpixels } from "./superpixels.js";

const [width, height] = [64, 48];
/** Dark above a slanted line, bright below, with some noise. */
const isBright = (at: number) => Math.floor(at / width) > 14 + (at % width) / 4;
const rgba = Uint8ClampedArray.from({ length: width * height * 4 }, (_, byte) => {
  const at = Math.floor(byte / 4);
  return byte % 4 === 3 ? 255 : (isBright(at) ? 180 : 60) + ((at * 7919) % 13);
});
const cut = superpixels(rgba, { width, height }, 8);

it("cuts a picture into areas of about a cell that hang together and end where colors do", () => {
  expect(cut.count).toBeGreaterThan(30);
  expect(cut.count).toBeLessThan(70);
  const pixels = Array.from({ length: cut.count }, (): number[] => []);
  for (const [at, area] of cut.areas.entries()) pixels[area]?.push(at);
  let mixed = 0;
  for (const area of pixels) {
    expect(area.length).toBeGreaterThanOrEqual(16);
    const bright = area.filter(isBright).length;
    mixed += Math.min(bright, area.length - bright);
    const reached = new Set(area.slice(0, 1));
    for (const at of reached)
      for (const other of [
        at - width,
        at + width,
        ...(at % width > 0 ? [at - 1] : []),
        ...(at % width < width - 1 ? [at + 1] : []),
      ])
        if (cut.areas[other] === cut.areas[at]) reached.add(other);
    expect(reached.size).toBe(area.length);
  }
  // Squares of that size would mix about a tenth.
  expect(mixed / (width * height)).toBeLessThan(0.01);
});

it("is the same for the same picture, also for one smaller than a cell", () => {
  expect(superpixels(rgba, { width, height }, 8).areas).toEqual(cut.areas);
  expect(superpixels(rgba.slice(0, 4 * 6), { width: 3, height: 2 }, 16)).toMatchObject({
    count: 1,
    width: 3,
  });
});

it("snaps to areas that are covered by half, or to the one that is covered most", () => {
  const pixelsOf = (runs: readonly number[]) => {
    const all = new Set<number>();
    for (let at = 0; at < runs.length; at += 3)
      for (let x = runs[at + 1] as number; x < (runs[at + 2] as number); x++)
        all.add((runs[at] as number) * width + x);
    return all;
  };
  const brushed = pixelsOf(
    snapped(cut, (at) => at % width > 10 && at % width < 50 && isBright(at) && Math.floor(at / width) < 40),
  );
  expect(brushed.size).toBeGreaterThan(300);
  for (const area of new Set([...brushed].map((at) => cut.areas[at])))
    expect([...cut.areas.entries()].every(([at, one]) => one !== area || brushed.has(at))).toBe(true);
  expect([...brushed].filter((at) => !isBright(at)).length).toBeLessThan(0.02 * brushed.size);
  const point = 40 * width + 30;
  const small = pixelsOf(snapped(cut, (at) => at === point));
  expect(new Set([...small].map((at) => cut.areas[at]))).toEqual(new Set([cut.areas[point]]));
  expect(snapped(cut, () => false)).toEqual([]);
});
