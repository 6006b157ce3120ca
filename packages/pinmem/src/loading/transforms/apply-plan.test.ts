import { BicubicResizer, pickSamples } from "@pinmem/core";
import { describe, expect, it } from "vitest";
import { readJson, unpack } from "../../../test/data-fixtures.js";
import { applyToImage, applyToLabel, labelGrid } from "./apply-plan.js";
import { planAt } from "./geometric.js";

interface Crop {
  scale: number;
  size: [number, number];
  start: [number, number];
  mirrored: boolean;
  rotation: number;
  image: string;
  label: string;
}
const { from, crops } = readJson<{ from: [number, number]; crops: Crop[] }>("geometric.json");
const source = { width: from[0], height: from[1] };

function noise(length: number): Uint8Array {
  let state = 12345;
  return Uint8Array.from({ length }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state >>> 24;
  });
}

describe.each(crops)("crop at scale $scale, mirrored: $mirrored, rotated by $rotation", (crop) => {
  const size = { width: crop.size[0], height: crop.size[1] };
  const scaled = {
    width: Math.trunc(source.width * crop.scale),
    height: Math.trunc(source.height * crop.scale),
  };
  const plan = {
    ...planAt(size, scaled, ...crop.start),
    mirrored: crop.mirrored,
    rotation: crop.rotation,
  };

  it("shows the image as Pillow does", () => {
    const image = { ...source, pixels: noise(source.width * source.height * 3) };
    const target = new Uint8Array(size.width * size.height * 3).fill(99);
    applyToImage(plan, source, image, { left: 0, top: 0 }, new BicubicResizer(), target);
    expect(target).toEqual(unpack(crop.image));
  });

  it("shows the label as Pillow does", () => {
    const label = { ...source, channels: 1 as const, samples: noise(source.width * source.height) };
    const target = new Uint8Array(size.width * size.height).fill(99);
    applyToLabel(plan, pickSamples(label, labelGrid(plan, label)).samples as Uint8Array, target);
    expect(target).toEqual(unpack(crop.label));
  });
});
