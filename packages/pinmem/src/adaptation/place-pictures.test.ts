import { join } from "node:path";
import { cityscapes19 } from "@pinmem/core";
import { expect, it } from "vitest";
import { folderOf } from "../../test/data-fixtures.js";
import { findPlacePictures } from "./place-pictures.js";

const folder = () =>
  folderOf({
    "photos/day/b.jpg": "photo.jpg",
    "photos/day/a.png": "photo.png",
    "photos/c.jpg": "photo.jpg",
    "photos/notes.txt": "train-ids.png",
    "photos/marks/day/a_mask.png": "train-ids.png",
    "labels/day/b.png": "train-ids.png",
    "labels/b.png": "train-ids.png",
  });

it("finds pictures in all folders below one, and labels by their names below theirs", async () => {
  const root = folder();
  const at = (...names: string[]) => names.map((name) => join(root, name));
  const [photos = "", labels = ""] = at("photos", "labels");
  const { images, labeled } = await findPlacePictures({ images: photos, labels }, cityscapes19);
  expect(images).toEqual(
    at("photos/c.jpg", "photos/day/a.png", "photos/day/b.jpg", "photos/marks/day/a_mask.png"),
  );
  expect(labeled.samples).toEqual([{ image: images[2], label: join(root, "labels/day/b.png") }]);
  expect(labeled).toMatchObject({ name: "photos", space: cityscapes19 });
});

it("takes labels below the pictures for labels alone, also as masks", async () => {
  const root = folder();
  const images = join(root, "photos");
  const { images: found, labeled } = await findPlacePictures(
    { images, labels: join(images, "marks") },
    cityscapes19,
  );
  expect(found).toHaveLength(3);
  expect(labeled.samples).toEqual([
    { image: join(images, "day/a.png"), label: join(images, "marks/day/a_mask.png") },
  ]);
});

it("takes files too, and refuses two pictures that would share a label", async () => {
  const root = folder();
  const images = [join(root, "photos/c.jpg"), join(root, "photos/day/b.jpg")];
  const { labeled } = await findPlacePictures({ images, labels: join(root, "labels") }, cityscapes19);
  expect(labeled.samples).toEqual([{ image: images[1], label: join(root, "labels/b.png") }]);
  const twice = folderOf({ "a.jpg": "photo.jpg", "a.png": "photo.png" });
  await expect(findPlacePictures({ images: twice }, cityscapes19)).rejects.toThrow(
    /differ in their endings alone/,
  );
});
