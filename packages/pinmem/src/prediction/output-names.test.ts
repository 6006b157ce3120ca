import { describe, expect, it } from "vitest";
import { outputNames } from "./output-names.js";

const names = (...paths: string[]) =>
  outputNames(paths.map((path) => ({ path, isVideo: path.endsWith(".mp4") })));

describe("outputNames", () => {
  it("drops endings and keeps folders", () => {
    expect(names("a/x.jpg", "a/b/y.v2.png", "z")).toEqual(["a/x", "a/b/y.v2", "z"]);
  });

  it("keeps endings where names would meet, whatever the capitals", () => {
    expect(names("a/x.jpg", "a/X.png", "b/x.jpg")).toEqual(["a/x.jpg", "a/X.png", "b/x"]);
  });

  it("keeps them where a whole name is another's short one", () => {
    expect(names("x.jpg", "x.png", "x.jpg.tif")).toEqual(["x.jpg", "x.png", "x.jpg.tif"]);
  });

  it("keeps frames of a video out of the folder of that name", () => {
    expect(names("x.mp4", "x/000001.jpg")).toEqual(["x.mp4", "x/000001"]);
    expect(names("y.jpg", "y.png/1.jpg")).toEqual(["y.jpg", "y.png/1"]);
  });
});
