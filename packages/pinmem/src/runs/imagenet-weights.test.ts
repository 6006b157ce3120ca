// Runs that start from published weights: what is in the cache is used, named and kept by its hash.

import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadSafetensors, manualSeed, saveSafetensors, scope } from "@pinmem/torch";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { miniRecipe, ownProcess } from "../../test/mini-recipe.js";
import { TINY } from "../../test/tiny-backbone.js";
import { sha256Of } from "../files/sha256.js";
import { createBackbone } from "../models/backbones/registry.js";
import { type PublishedWeights, publishedWeights } from "../pretrained/catalog.js";
import { readMetadata } from "./model-metadata.js";
import { train } from "./train.js";

let cache: string;
let published: PublishedWeights;
const catalog = publishedWeights as PublishedWeights[];

beforeAll(async () => {
  cache = mkdtempSync(join(tmpdir(), "pinmem-imagenet-"));
  vi.stubEnv("PINMEM_CACHE", cache);
  mkdirSync(join(cache, "weights"));
  const whole = join(cache, "tiny.safetensors");
  scope(() => {
    manualSeed(8);
    saveSafetensors(whole, createBackbone(TINY, { outputStride: 32 }).stateDict());
  });
  const file = `tiny-${(await sha256Of(whole)).slice(0, 8)}.safetensors`;
  published = { backbone: TINY as never, from: "torchvision", file, bytes: 1, download: 1, license: "none" };
  catalog.push(published);
});
afterAll(() => {
  catalog.splice(catalog.indexOf(published), 1);
  vi.unstubAllEnvs();
  rmSync(cache, { recursive: true });
});

const recipe = () =>
  miniRecipe({
    model: { backbone: TINY, backboneWeights: "imagenet" },
    method: { name: "erm" },
    length: { steps: 1 },
  });
const inCache = () => join(cache, "weights", published.file);

it("without them in the cache, names the command that brings them, and leaves no run behind", async () => {
  const folder = join(cache, "without");
  const mobile = miniRecipe({ model: { ...ownProcess.model, backboneWeights: "imagenet" } });
  await expect(train(mobile, { folder })).rejects.toThrow(
    /^model\.backboneWeights is "imagenet", and no weights of mobilenet_v2 are in .*weights\. Run: npx pinmem weights pull mobilenet_v2$/,
  );
  expect(existsSync(folder)).toBe(false);
});

it("with a file that its name belies, says so before the first step", async () => {
  writeFileSync(inCache(), "not it");
  const folder = join(cache, "damaged");
  await expect(train(recipe(), { folder })).rejects.toThrow(
    /tiny-\w{8}\.safetensors: is not the file that is published under this name.*pull the weights of tiny from torchvision again/,
  );
  expect(existsSync(join(folder, "recipe.json"))).toBe(false);
});

it("starts from them, and keeps in recipe and weights which they were", async () => {
  copyFileSync(join(cache, "tiny.safetensors"), inCache());
  const folder = join(cache, "run");
  await train(recipe(), { folder });
  const stored = JSON.parse(readFileSync(join(folder, "recipe.json"), "utf8"));
  expect(stored.model.backboneWeights).toBe(inCache());
  const last = join(folder, "last.safetensors");
  scope(() => {
    const { metadata } = loadSafetensors(last);
    expect(readMetadata(last, metadata).backboneWeights).toEqual({
      file: published.file,
      sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
  });
  expect(readFileSync(join(folder, "events.jsonl"), "utf8")).toContain(`${published.file}: `);
  await train(recipe(), { folder, resume: true });
});
