import { cityscapes19 } from "@pinmem/core";
import { describe, expect, it } from "vitest";
import { overlay } from "./overlay.js";
import { withLegend } from "./with-legend.js";

const photo = { width: 2, height: 1, pixels: Uint8Array.from([0, 100, 200, 255, 255, 255]) };
const [road, sidewalk] = cityscapes19.classes.map(({ color }) => color);

describe("overlay", () => {
  it("mixes the photograph with the colors of its classes", () => {
    const { pixels } = overlay(photo, Uint8Array.of(0, 1), cityscapes19, { opacity: 0.25 });
    const expected = [...photo.pixels].map((value, at) => {
      const color = (at < 3 ? road : sidewalk)?.[at % 3] as number;
      return Math.round(value * 0.75 + color * 0.25);
    });
    expect([...pixels]).toEqual(expected);
  });

  it("is the photograph at opacity 0, and the colors at 1", () => {
    const ids = Uint8Array.of(0, 1);
    expect(overlay(photo, ids, cityscapes19, { opacity: 0 }).pixels).toEqual(photo.pixels);
    expect([...overlay(photo, ids, cityscapes19, { opacity: 1 }).pixels]).toEqual([
      ...(road ?? []),
      ...(sidewalk ?? []),
    ]);
  });

  it("keeps the picture above its legend", async () => {
    const wide = { width: 320, height: 2, pixels: new Uint8Array(320 * 2 * 3).fill(9) };
    const { width, height, pixels } = await withLegend(wide, cityscapes19.classes.slice(0, 3));
    expect([width, height]).toEqual([320, 2 + 2 * 24 + 6]);
    expect(pixels.subarray(0, wide.pixels.length)).toEqual(wide.pixels);
    expect(pixels.length).toBe(width * height * 3);
  });
});
