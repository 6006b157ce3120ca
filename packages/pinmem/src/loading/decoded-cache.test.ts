import { cityscapes19 } from "@pinmem/core";
import { expect, it } from "vitest";
import type { Dataset } from "../datasets/dataset.js";
import { trainIdDecoding } from "../datasets/label-decoding.js";
import { DecodedCache, shareCache } from "./decoded-cache.js";

const datasetOf = (names: readonly string[]): Dataset => ({
  name: "folder",
  split: "all",
  root: "",
  layout: "no split",
  space: cityscapes19,
  decoding: trainIdDecoding,
  samples: names.map((name) => ({ image: `${name}.png`, label: `${name}-label.png` })),
});

const decoded = (pixels: number, value: number) => ({
  image: { width: pixels, height: 1, pixels: new Uint8Array(pixels * 3).fill(value) },
  trainIds: new Uint8Array(pixels).fill(value),
});

it("keeps what came first, within its budget", () => {
  const datasets = [datasetOf(["a", "b", "c", "d"])];
  const share = shareCache(datasets, 10 * 1024); // room for two images of 1,024 pixels, 4 KiB each
  const cache = new DecodedCache(datasets, share);
  for (const sample of [0, 1, 2, 3]) {
    if (cache.claim(0, sample, 1024)) cache.keep(0, sample, decoded(1024, sample));
  }
  expect([0, 1, 2, 3].map((sample) => cache.get(0, sample)?.trainIds[0])).toEqual([
    0,
    1,
    undefined,
    undefined,
  ]);
  expect(cache.claim(0, 2, 1024)).toBe(false);
  expect(cache.claim(0, 3, 512)).toBe(true); // a smaller one still fits
  cache.close();
});

it("tells other threads, lets one of them decode each image, and shares the pixels", async () => {
  const datasets = [datasetOf(["a", "b"])];
  const share = shareCache(datasets, 1e6);
  const [mine, other] = [new DecodedCache(datasets, share), new DecodedCache(datasets, share)];
  expect(mine.claim(0, 1, 100)).toBe(true);
  expect(other.claim(0, 1, 100)).toBe(false);
  mine.keep(0, 1, decoded(100, 7));
  while (!other.get(0, 1)) await new Promise((resolve) => setTimeout(resolve, 5));
  const pixels = other.get(0, 1)?.image.pixels;
  expect(pixels?.buffer).toBeInstanceOf(SharedArrayBuffer);
  pixels?.fill(9);
  expect(mine.get(0, 1)?.image.pixels[0]).toBe(9);
  mine.close();
  other.close();
});

it("keeps a data set used as two domains once", () => {
  const dataset = datasetOf(["a", "b"]);
  const datasets = [dataset, { ...dataset, name: "second look" }, datasetOf(["b"])];
  const cache = new DecodedCache(datasets, shareCache(datasets, 1e6));
  expect(cache.claim(0, 1, 100)).toBe(true);
  cache.keep(0, 1, decoded(100, 5));
  expect(cache.get(1, 1)?.trainIds[0]).toBe(5);
  expect(cache.get(2, 0)?.trainIds[0]).toBe(5);
  expect(cache.claim(1, 1, 100)).toBe(false);
  cache.close();
});
