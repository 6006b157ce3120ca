import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { folderOf, readFixture, readJson, unpack } from "../../../test/data-fixtures.js";
import { readPng } from "../../images/png.js";
import { prepareIdd, rasterizeIdd } from "./idd-polygons.js";
import { openNamedDataset } from "./index.js";
import { fillPolygon, type Point } from "./polygon.js";

describe("fillPolygon", () => {
  it("fills the pixels that Pillow fills, corners of unusual shapes apart", () => {
    const { width, height, polygons } = readJson<{
      width: number;
      height: number;
      polygons: { points: Point[]; filled: string }[];
    }>("polygons.json");
    let different = 0;
    let filled = 0;
    for (const { points, filled: packed } of polygons) {
      const expected = unpack(packed);
      const labels = new Uint8Array(width * height);
      fillPolygon({ width, height, labels }, points, 1);
      labels.forEach((label, at) => {
        if (label !== expected[at]) different++;
        filled += label;
      });
    }
    expect(filled).toBeGreaterThan(9_000);
    expect(different / filled).toBeLessThan(0.005);
  });
});

describe("rasterizeIdd", () => {
  const json = new TextDecoder().decode(readFixture("polygons.json"));

  it("draws the objects in order, as Cityscapes train ids", () => {
    const { width, height, labels } = rasterizeIdd(json, "a.json");
    expect([width, height]).toEqual([24, 12]);
    const at = (x: number, y: number) => labels[y * 24 + x];
    expect([at(0, 0), at(23, 5), at(0, 6)]).toEqual([10, 10, 0]);
    expect([at(4, 4), at(9, 8), at(3, 4), at(10, 8), at(9, 9)]).toEqual([13, 13, 10, 0, 0]); // "cargroup" is car
    expect([at(12, 5), at(15, 8)]).toEqual([255, 255]); // autorickshaw is ignored
    expect([at(18, 8), at(23, 11), at(17, 8)]).toEqual([9, 9, 0]); // cut at the border
  });

  it.each([
    ["{", /a\.json: is no JSON/],
    ['{"imgWidth": 1e9, "imgHeight": 1e9, "objects": []}', /gives the size 1000000000 x 1000000000/],
    ['{"imgWidth": 4, "imgHeight": 4}', /holds no list of objects/],
    [
      '{"imgWidth": 4, "imgHeight": 4, "objects": [{"label": "car", "polygon": [[1]]}]}',
      /object 0 \(car\) has no polygon/,
    ],
    ['{"imgWidth": 4, "imgHeight": 4, "objects": [null]}', /object 0 has the label undefined/],
    ['{"imgWidth": 4, "imgHeight": 4, "objects": [{"label": 7, "polygon": []}]}', /object 0 has the label 7/],
  ])("refuses %s and names the file", (text, message) => {
    expect(() => rasterizeIdd(text, "a.json")).toThrow(message);
  });
});

describe("rasterizeIdd, of a stranger's file", () => {
  const [width, height] = [1920, 1080];
  const draw = (polygon: readonly Point[], times = 1, imgWidth = width) => {
    const objects = Array.from({ length: times }, () => ({ label: "road", polygon }));
    const json = JSON.stringify({ imgWidth, imgHeight: height, objects });
    return () => rasterizeIdd(json, "a.json");
  };
  const all: Point[] = [
    [-9, -9],
    [width + 9, -9],
    [width + 9, height + 9],
    [-9, height + 9],
  ];
  const teeth = (count: number) =>
    Array.from({ length: count }, (_, at): Point => [at % width, at % 2 === 0 ? 0 : height]);
  const level = (count: number) =>
    Array.from({ length: count }, (_, at): Point => [at % 2 === 0 ? 0 : 60_000, 5.5]);

  it("draws what takes a second, and at once refuses what would take minutes", () => {
    expect(draw(all, 2000)().labels).not.toContain(255);
    expect(draw(teeth(2000))().labels).toContain(0);
    const problem =
      /^a\.json: has polygons of so many points .* minutes \(they are \d+; object 0 \(road\) takes most, with \d+ points\); draw/;
    const attacks = [draw(teeth(200_000)), draw(level(200_000), 1, 60_000), draw(all, 10_000)];
    const start = performance.now();
    for (const attack of attacks) expect(attack).toThrow(problem);
    expect(performance.now() - start).toBeLessThan(5000);
  });

  it("refuses a picture that no label image can be read of again", () => {
    const json = '{"imgWidth": 90000000, "imgHeight": 1, "objects": []}';
    expect(() => rasterizeIdd(json, "a.json")).toThrow(/gives the size 90000000 x 1/);
  });
});

describe("rasterizeIdd, as IDD's own code does it", () => {
  const draw = (objects: readonly object[], unknown: string[] = []) => {
    const json = JSON.stringify({ imgWidth: 4, imgHeight: 2, objects });
    return [...rasterizeIdd(json, "a.json", (label) => unknown.push(label)).labels];
  };
  const square = [
    [0, 0],
    [3, 0],
    [3, 1],
    [0, 1],
  ];

  it("leaves out polygons of fewer than three points", () => {
    const lines = [1, 2].map((points) => ({ label: "car", polygon: square.slice(0, points) }));
    expect(draw([{ label: "road", polygon: square }, ...lines, { label: "car", polygon: [] }])).toEqual(
      Array(8).fill(0),
    );
    expect(draw([{ label: "car", polygon: square.slice(0, 3) }])).toContain(13);
  });

  it("leaves out objects with an unknown label, and tells of them", () => {
    const unknown: string[] = [];
    const tank = { label: "tank", polygon: square };
    expect(draw([{ label: "road", polygon: square }, tank, tank], unknown)).toEqual(Array(8).fill(0));
    expect(unknown).toEqual(["tank", "tank"]);
  });
});

describe("prepareIdd", () => {
  it("writes the labels that the data set then finds, and keeps what is there", async () => {
    const root = folderOf({
      "leftImg8bit/train/0/1_leftImg8bit.png": "photo.png",
      "gtFine/train/0/1_gtFine_polygons.json": "polygons.json",
    });
    expect(await prepareIdd({ root })).toEqual({ written: 1, kept: 0, unknown: [] });
    const label = join(root, "gtFine/train/0/1_gtFine_labelcsTrainIds.png");
    const png = readPng(readFileSync(label), label);
    const polygons = join(root, "gtFine/train/0/1_gtFine_polygons.json");
    const { labels } = rasterizeIdd(readFileSync(polygons, "utf8"), polygons);
    expect([png.channels, png.samples]).toEqual([1, labels]);
    const { samples } = await openNamedDataset("idd", { root });
    expect(samples).toMatchObject([{ label }]);

    writeFileSync(label, "mine");
    expect(await prepareIdd({ root })).toEqual({ written: 0, kept: 1, unknown: [] });
    expect(readFileSync(label, "utf8")).toBe("mine");
    expect(await prepareIdd({ root, overwrite: true })).toEqual({ written: 1, kept: 0, unknown: [] });
  });

  it("leaves no half-written file behind, and says where polygons are expected", async () => {
    const root = folderOf({ "gtFine/train/0/1_gtFine_polygons.json": "train-ids.png" });
    await expect(prepareIdd({ root })).rejects.toThrow(/1_gtFine_polygons\.json: is no JSON/);
    expect(existsSync(join(root, "gtFine/train/0/1_gtFine_labelcsTrainIds.png"))).toBe(false);
    await expect(prepareIdd({ root: folderOf({ "x.png": "photo.png" }) })).rejects.toThrow(
      /holds no polygon files .* in gtFine\/\{split\}.*; it holds "x\.png"/,
    );
  });
});
