import { join } from "node:path";
import { expect, it } from "vitest";
import { temporaryFolder } from "../../test/data-fixtures.js";
import { openNamedDataset } from "../datasets/sets/index.js";
import { writeLabelPng, writeRgbPng } from "../images/write-png.js";
import { findClassPlaces } from "./class-places.js";

it("finds the middle of every class in every tile", async () => {
  const root = temporaryFolder();
  const [width, height] = [40, 20];
  const labels = new Uint8Array(width * height).fill(255);
  const paint = (left: number, top: number, size: number, id: number) => {
    for (let y = top; y < top + size; y++) labels.fill(id, y * width + left, y * width + left + size);
  };
  paint(2, 4, 5, 13); // in the left tile, around (4, 6)
  paint(30, 10, 3, 13); // in the right tile, around (31, 11)
  paint(18, 0, 4, 7); // in both, around (18, 1) and (20, 1)
  await writeLabelPng(join(root, "labels/a.png"), { width, height, labels });
  await writeRgbPng(join(root, "images/a.png"), {
    width,
    height,
    pixels: new Uint8Array(width * height * 3),
  });
  const places = await findClassPlaces(await openNamedDataset("folder", { root }), { tile: 20 });
  expect(places[13]).toEqual([
    [0, 4, 6],
    [0, 31, 11],
  ]);
  expect(places[7]).toEqual([
    [0, 18, 1],
    [0, 20, 1],
  ]);
  expect(places.filter((list) => list.length > 0)).toHaveLength(2);
});
