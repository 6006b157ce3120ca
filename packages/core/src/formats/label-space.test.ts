import { expect, it } from "vitest";
import { cityscapes19 } from "../labels/label-space.js";
import { labelSpaceFromJson, labelSpaceToJson } from "./label-space.js";

it("is Cityscapes' own where nothing differs", () => {
  expect(labelSpaceFromJson(labelSpaceToJson(cityscapes19))).toBe(cityscapes19);
});

it("keeps how label files of one's own are read, and their ids, where classes are called as Cityscapes'", () => {
  const files = {
    kind: "values",
    classes: cityscapes19.classes.map(({ id }) => [id]),
    ignored: [0],
  } as const;
  const described = { ...cityscapes19, files };
  expect(labelSpaceFromJson(labelSpaceToJson(described))).toEqual(described);
  const [road, ...others] = cityscapes19.classes;
  if (!road) throw new Error("Cityscapes has roads");
  const numbered = { ...cityscapes19, classes: [{ ...road, id: 101 }, ...others] };
  expect(labelSpaceFromJson(labelSpaceToJson(numbered)).classes[0]?.id).toBe(101);
});
