import { describe, expect, it } from "vitest";
import { cityscapes19, defineLabelSpace, type LabelSpaceDescription, trainId } from "./label-space.js";

const farm: LabelSpaceDescription = {
  name: "farm",
  classes: [
    { name: "track", color: [200, 180, 120], values: [1, 2], cityscapes: ["road", "sidewalk"] },
    { name: "machine", color: [255, 0, 0], values: [7], cityscapes: ["car", "truck", "bus"] },
    { name: "sky", color: [0, 0, 255], values: [9] },
  ],
  ignored: [0],
};

describe("cityscapes19", () => {
  it("has the 19 classes, all names and colors distinct", () => {
    expect(cityscapes19.classes).toHaveLength(19);
    expect(new Set(cityscapes19.classes.map((entry) => entry.name)).size).toBe(19);
    expect(new Set(cityscapes19.classes.map((entry) => entry.color.join())).size).toBe(19);
    expect(trainId(cityscapes19, "bicycle")).toBe(18);
  });

  it("maps onto itself, with everything else ignored", () => {
    expect([...cityscapes19.fromCityscapes.slice(0, 20)]).toEqual([...Array(19).keys(), 255]);
    expect(cityscapes19.fromCityscapes[255]).toBe(255);
  });
});

describe("defineLabelSpace", () => {
  it("builds a user's own classes and gathers Cityscapes classes into them", () => {
    const space = defineLabelSpace(JSON.parse(JSON.stringify(farm)) as LabelSpaceDescription);
    expect(space.classes.map((entry) => entry.name)).toEqual(["track", "machine", "sky"]);
    const from = (name: string) => space.fromCityscapes[trainId(cityscapes19, name)];
    expect([from("sidewalk"), from("bus"), from("sky"), from("person")]).toEqual([0, 1, 2, 255]);
    expect(space.files).toEqual({ kind: "values", classes: [[1, 2], [7], [9]], ignored: [0] });
  });

  it("reads colors when the classes list colors", () => {
    const space = defineLabelSpace({
      name: "painted",
      classes: [
        { name: "a", color: [1, 2, 3], colors: [[9, 9, 9]] },
        { name: "b", color: [4, 5, 6] },
      ],
    });
    expect(space.files).toEqual({ kind: "colors", classes: [[[9, 9, 9]], [[4, 5, 6]]], ignored: [] });
  });

  const [track, machine, sky] = farm.classes;
  const bad: [string, unknown, RegExp][] = [
    ["no name", { ...farm, name: "" }, /name must be a name, not ""/],
    [
      "a list for a name, and shows its beginning",
      { ...farm, name: Array(1000).fill(1) },
      /, not \[1(,1){27},\.\.\.$/,
    ],
    ["no classes", { name: "x" }, /classes must be a list of 2 to 255 classes, not undefined/],
    ["one class", { name: "x", classes: [track] }, /2 to 255 classes, not 1/],
    ["a repeated name", { ...farm, classes: [track, machine, { ...sky, name: "track" }] }, /repeats track/],
    [
      "a repeated color",
      { ...farm, classes: [track, { ...machine, color: track?.color }] },
      /repeats 200,180,120/,
    ],
    ["a bad color", { ...farm, classes: [track, { ...machine, color: [1, 2, 256] }] }, /classes\[1\]\.color/],
    [
      "a shared value",
      { ...farm, classes: [track, { ...machine, values: [2] }] },
      /classes\[1\]\.values repeats 2/,
    ],
    ["an ignored class value", { ...farm, ignored: [7] }, /ignored\[0\] repeats 7/],
    ["an unknown source", { ...farm, classes: [track, { ...machine, cityscapes: ["tram"] }] }, /"tram"/],
    [
      "a source taken twice",
      { ...farm, classes: [track, { ...machine, cityscapes: ["road"] }] },
      /already has/,
    ],
  ];
  it.each(bad)("refuses %s and names the field", (_, description, message) => {
    expect(() => defineLabelSpace(description as LabelSpaceDescription)).toThrow(message);
  });
});
