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
  const twice = folderOf({
    "photos/a.jpg": "photo.jpg",
    "photos/a.png": "photo.png",
    "photos/b.png": "photo.png",
    "labels/a.png": "train-ids.png",
    "others/b.png": "train-ids.png",
  });
  const photos = join(twice, "photos");
  await expect(
    findPlacePictures({ images: photos, labels: join(twice, "labels") }, cityscapes19),
  ).rejects.toThrow(
    /a\.jpg: and .*a\.png are called alike, so that the label .*labels\/a\.png could belong to either/,
  );
  // Where no label could belong to either, nothing is ambiguous.
  const { images: all } = await findPlacePictures(
    { images: photos, labels: join(twice, "others") },
    cityscapes19,
  );
  expect(all).toHaveLength(3);
});

it("takes pictures that are called alike where there are no labels, and several folders", async () => {
  const root = folderOf({
    "a/img.png": "photo.png",
    "b/img.png": "photo.png",
    "b/below/img.jpg": "photo.jpg",
    "labels/below/img.png": "train-ids.png",
  });
  const at = (...names: string[]) => names.map((name) => join(root, name));
  const files = at("a/img.png", "b/img.png");
  expect((await findPlacePictures({ images: files }, cityscapes19)).images).toEqual(files);
  const folders = at("a", "b", "a/img.png");
  const { images, labeled } = await findPlacePictures(
    { images: folders, labels: join(root, "labels") },
    cityscapes19,
  );
  expect(images).toEqual(at("a/img.png", "b/below/img.jpg", "b/img.png"));
  expect(labeled.samples).toEqual([{ image: images[1], label: join(root, "labels/below/img.png") }]);
  await expect(findPlacePictures({ images: at("a", "none") }, cityscapes19)).rejects.toThrow(
    /none: does not exist/,
  );
});
