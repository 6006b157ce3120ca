import { expect, it } from "vitest";
import { countPixels, markedPixels, type OverlayStyle, overlayPixels, thinnedOut } from "./overlay.js";

const style: OverlayStyle = {
  opacity: 0.5,
  outline: false,
  colors: [
    [10, 20, 30],
    [200, 100, 0],
  ],
  hidden: new Set(),
  threshold: 0,
};
const shown = {
  width: 3,
  height: 1,
  labels: Uint8Array.of(0, 1, 1),
  confidence: Uint8Array.of(255, 255, 20),
};
const pixels = (more: Partial<OverlayStyle>) => {
  const bytes = overlayPixels(shown, { ...style, ...more });
  return [0, 4, 8].map((at) => [...bytes.subarray(at, at + 4)]);
};

it("lays colors over a picture, but for hidden classes", () => {
  expect(pixels({})).toEqual([
    [10, 20, 30, 128],
    [200, 100, 0, 128],
    [200, 100, 0, 128],
  ]);
  expect(pixels({ hidden: new Set([1]) })).toEqual([
    [10, 20, 30, 128],
    [0, 0, 0, 0],
    [0, 0, 0, 0],
  ]);
});

it("draws whole lines where classes meet, and hatches what is not sure enough", () => {
  expect(pixels({ outline: true })).toEqual([
    [10, 20, 30, 255],
    [0, 0, 0, 0],
    [0, 0, 0, 0],
  ]);
  expect(pixels({ threshold: 0.5 })[2]).toEqual([128, 128, 128, 160]);
  expect(pixels({ threshold: 0.5, hidden: new Set([1]) })[2]).toEqual([0, 0, 0, 0]);
});

it("marks pixels and veils the others", () => {
  const bytes = markedPixels({ width: 2, height: 1 }, (at) => at === 1);
  expect(bytes[3]).toBeLessThan(128);
  expect([...bytes.subarray(4)]).toEqual([255, 0, 170, 220]);
});

it("takes every so many pixels, those at the edges too", () => {
  const labels = Uint8Array.from({ length: 15 }, (_, at) => at);
  const { width, height, labels: taken, confidence } = thinnedOut({ width: 5, height: 3, labels }, 2);
  expect([width, height, [...taken], confidence]).toEqual([3, 2, [0, 2, 4, 10, 12, 14], undefined]);
});

it("counts the pixels of classes, not of what is none", () => {
  expect([...countPixels(Uint8Array.of(0, 2, 2, 255), 3)]).toEqual([1, 0, 2]);
});
