import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { temporaryFolder } from "../../test/data-fixtures.js";
import { findInputs, runName } from "./inputs.js";
import { pathMatcher } from "./patterns.js";

function folderWith(...files: string[]): string {
  const root = temporaryFolder();
  for (const file of files) {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), "");
  }
  return root;
}

const namesOf = async (...paths: string[]) => (await findInputs(paths)).map(({ name }) => name);

describe("findInputs", () => {
  it("finds images and videos in a folder and below it, and nothing hidden", async () => {
    const root = folderWith("b/2.JPG", "a.png", "notes.txt", ".thumbs/x.jpg", "b/c/clip.mp4", "._a.png");
    const inputs = await findInputs([root]);
    expect(inputs.map(({ name, kind }) => `${name} ${kind}`)).toEqual([
      "a image",
      "b/2 image",
      "b/c/clip video",
    ]);
  });

  it("names files of several folders after the folder that they share", async () => {
    const root = folderWith("day/x.jpg", "night/x.jpg");
    expect(await namesOf(join(root, "day"), join(root, "night"))).toEqual(["day/x", "night/x"]);
    expect(await namesOf(join(root, "day/x.jpg"), join(root, "night/x.jpg"))).toEqual(["day/x", "night/x"]);
    expect(await namesOf(join(root, "night/x.jpg"))).toEqual(["x"]);
  });

  it("takes a file once that is named twice", async () => {
    const root = folderWith("day/x.jpg", "day/y.jpg");
    expect(await namesOf(join(root, "day"), join(root, "day/x.jpg"))).toEqual(["x", "y"]);
  });

  it("expands patterns, with names from where they begin", async () => {
    const root = folderWith("a/1.jpg", "a/b/2.jpg", "a/b/3.png", "c/4.jpg");
    expect(await namesOf(`${root}/a/**/*.jpg`)).toEqual(["1", "b/2"]);
    expect(await namesOf(`${root}/*/{1,4}.jpg`)).toEqual(["a/1", "c/4"]);
    await expect(namesOf(`${root}/*.tif`)).rejects.toThrow(
      /is a pattern that no image and no video matches: looked in .*; there lie "a\/1\.jpg", "a\/b\/2\.jpg", .* and 1 more/,
    );
    await expect(namesOf(`${root}/gone/*.jpg`)).rejects.toThrow(/looked in .*gone; there is no such folder/);
  });

  it("takes a file whose name looks like a pattern", async () => {
    const root = folderWith("[1].jpg");
    expect(await namesOf(join(root, "[1].jpg"))).toEqual(["[1]"]);
  });

  it("leaves out the folder of the outputs, and does not follow links in circles", async () => {
    const root = folderWith("a/x.jpg", "predictions/overlay/x.jpg");
    symlinkSync(root, join(root, "a/loop"));
    const inputs = await findInputs([root], { except: join(root, "predictions") });
    expect(inputs.map(({ name }) => name)).toEqual(["a/x"]);
  });

  it("finds pictures beside which the outputs go, without the outputs", async () => {
    const root = folderWith("x.jpg", "a/y.jpg", "overlay/x.jpg", "train-ids/a/y.png");
    const inputs = await findInputs([root], { except: root });
    expect(inputs.map(({ name }) => name).sort()).toEqual(["a/y", "x"]);
  });

  it("says which input there is not, and which folder holds nothing", async () => {
    const root = folderWith("readme.txt");
    await expect(namesOf(join(root, "gone"))).rejects.toThrow(/gone: does not exist/);
    await expect(namesOf(root)).rejects.toThrow(
      /holds no image \(\.jpg, .*\) and no video \(.*\); there lie "readme\.txt"/,
    );
  });
});

describe("pathMatcher", () => {
  it.each([
    ["a/*.jpg", "a/x.jpg", "a/b/x.jpg"],
    ["a/**/x.jpg", "a/x.jpg", "b/x.jpg"],
    ["a/**", "a/b/x.jpg", "b/a/x.jpg"],
    ["x?.jpg", "x1.jpg", "x12.jpg"],
    ["x[0-9].jpg", "x1.jpg", "xa.jpg"],
    ["x[!0-9].jpg", "xa.jpg", "x1.jpg"],
    ["./x+(1)*.jpg", "x+(1)a.jpg", "xx1.jpg"],
    ["x[.jpg*", "x[.jpg", "x.jpg"],
    ["x{a*.jpg", "x{ab.jpg", "xab.jpg"],
    ["{x,y}{1,2}.jpg", "y1.jpg", "z1.jpg"],
    ["[^a]x.jpg", "bx.jpg", "ax.jpg"],
    ["view (*).jpg", "view (1).jpg", "view 1.jpg"],
    ["a|b*.jpg", "a|b1.jpg", "b1.jpg"],
    ["!x$^@(y)*.jpg", "!x$^@(y)1.jpg", "y.jpg"],
    ["a/**/*.jpg", "a/.cache/x.jpg", "a/x.png"],
  ])("%s matches %s and not %s", (pattern, match, other) => {
    expect(pathMatcher(pattern)(match)).toBe(true);
    expect(pathMatcher(pattern)(other)).toBe(false);
  });
});

describe("runName", () => {
  it("is the folder's, or folder and file", () => {
    expect(runName("runs/camvid/")).toBe("camvid");
    expect(runName("runs/camvid/last.safetensors")).toBe("camvid-last");
  });
});
