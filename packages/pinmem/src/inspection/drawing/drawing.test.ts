import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { colorBar, swatches } from "./legends.js";
import { placeNames } from "./place-names.js";
import { raster } from "./raster.js";
import { savePicture } from "./save-picture.js";
import { at, svgFile, text, textWidth } from "./svg.js";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "pinmem-drawing-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Colors of pixels of a PNG file. */
async function pixels(file: string, points: readonly (readonly [number, number])[]) {
  const { data, info } = await sharp(file).removeAlpha().raw().toBuffer({ resolveWithObject: true });
  return points.map(([x, y]) => [...data.subarray((y * info.width + x) * 3, (y * info.width + x) * 3 + 3)]);
}

describe("savePicture", () => {
  it("writes SVG, and PNG of twice the size, with the pixels of images where they were put", async () => {
    const image = { width: 2, height: 1, pixels: Uint8Array.from([255, 0, 0, 0, 0, 255]) };
    const drawing = await raster(image, { width: 20, smooth: false });
    expect(drawing).toMatchObject({ width: 20, height: 10 });
    const files = await savePicture(folder, "two", { width: 40, height: 30, body: at(10, 5, drawing) });
    expect(files).toEqual({ svg: "two.svg", png: "two.png" });
    const png = join(folder, files.png);
    expect(await sharp(png).metadata()).toMatchObject({ width: 80, height: 60, format: "png" });
    const colors = await pixels(png, [
      [2, 2],
      [24, 14],
      [56, 26],
    ]);
    expect(colors).toEqual([
      [255, 255, 255],
      [255, 0, 0],
      [0, 0, 255],
    ]);
    expect(readFileSync(join(folder, files.svg), "utf8")).toMatch(/^<svg [\s\S]*<\/svg>\n$/);
  });

  it("leaves no files behind when the drawing is no SVG", async () => {
    await expect(savePicture(folder, "bad", { width: 4, height: 4, body: "<g>" })).rejects.toThrow();
    expect(existsSync(join(folder, "bad.svg"))).toBe(false);
  });
});

describe("texts", () => {
  it("cannot become markup", async () => {
    const body = text(2, 10, '<script>"&\u0007</script>');
    expect(body).not.toContain("<script");
    expect(body).not.toContain("\u0007");
    await expect(
      sharp(Buffer.from(svgFile({ width: 9, height: 9, body }))).toBuffer(),
    ).resolves.toBeDefined();
  });
});

describe("placeNames", () => {
  it("covers no mark and no other name, and stays inside", () => {
    const marks = [
      { name: "vegetation", x: 370, y: 200 },
      { name: "building", x: 380, y: 206 },
      { name: "pole", x: 390, y: 212 },
      { name: "sky", x: 12, y: 12 },
    ];
    const boxes = placeNames(marks, 400).map((svg, at) => {
      const [, x = 0, y = 0] = (/x="([\d.]+)" y="([\d.]+)"/.exec(svg) ?? []).map(Number);
      return { left: x, right: x + textWidth(marks[at]?.name ?? "", 11), top: y - 8, bottom: y };
    });
    for (const [at, { left, right, top, bottom }] of boxes.entries()) {
      expect(left >= 0 && right <= 400 && top >= 0).toBe(true);
      for (const mark of marks)
        expect(mark.x > left - 4 && mark.x < right + 4 && mark.y > top && mark.y < bottom).toBe(false);
      for (const other of boxes.slice(0, at))
        expect(left < other.right && other.left < right && top < other.bottom && other.top < bottom).toBe(
          false,
        );
    }
  });
});

describe("legends", () => {
  it("put the color map's ends at the ends of the bar, bright on top", async () => {
    const bar = colorBar({ height: 256, title: "weight", ticks: [{ position: 0.5, label: "1/19" }] });
    await savePicture(folder, "bar", bar);
    const [top, bottom] = await pixels(join(folder, "bar.png"), [
      [14, 2],
      [14, 509],
    ]);
    expect(top).toEqual([253, 231, 37]);
    expect(bottom).toEqual([68, 1, 84]);
    expect(bar.body).toContain("1/19");
  });

  it("wrap class names to the width there is", () => {
    const classes = ["road", "traffic light", "sky"].map((name) => ({ name, color: [1, 2, 3] as const }));
    expect(swatches(classes, 1000).height).toBe(20);
    const narrow = swatches(classes, 10);
    expect(narrow.height).toBe(60);
    expect(narrow.body.match(/<rect/g)).toHaveLength(3);
  });
});
