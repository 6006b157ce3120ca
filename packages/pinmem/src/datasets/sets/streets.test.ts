import { createHash } from "node:crypto";
import { defineLabelSpace } from "@pinmem/core";
import { renderStreet, streetDomains } from "@pinmem/streets";
import { describe, expect, it } from "vitest";
import { evaluationImages } from "../../loading/evaluation-loader.js";
import { Loader } from "../../loading/loader.js";
import { domainSampler } from "../../loading/sampling.js";
import { streetsDataset } from "./streets.js";

const [first, second] = streetDomains.map(({ name }) => name) as [string, string];

describe("streetsDataset", () => {
  it("shows scenes as they are rendered", async () => {
    const dataset = streetsDataset({ domain: first, count: 2, seed: 3, width: 64, height: 32 });
    const images = [];
    for await (const scene of evaluationImages(dataset)) images.push(scene);
    const expected = renderStreet({ domain: first, seed: 3, index: 1, width: 64, height: 32 });
    expect(images).toHaveLength(2);
    expect(images[1]).toMatchObject({ width: 64, height: 32, image: expected.image, label: expected.label });
    expect(images[1]?.name).toBe(`streets ${first}, seed 3, scene 1`);
  });

  it("reaches a user's own label space", async () => {
    const space = defineLabelSpace({
      name: "two",
      classes: [
        { name: "ground", color: [9, 9, 9], cityscapes: ["road", "sidewalk", "terrain"] },
        { name: "sky", color: [8, 8, 8] },
      ],
    });
    for await (const { label } of evaluationImages(streetsDataset({ domain: first, count: 1, space }))) {
      expect([...new Set(label)].sort((a, b) => a - b)).toEqual([0, 1, 255]);
    }
  });

  it("loads with threads and a cache as without", async () => {
    const datasets = [first, second].map((domain) =>
      streetsDataset({ domain, count: 2, width: 64, height: 32 }),
    );
    const digests = async (workers: number, cacheBytes: number) => {
      const sampler = domainSampler({ lengths: [2, 2], perDomain: 1, seed: 1, epoch: 4 });
      const crop = { size: { width: 32, height: 32 } };
      await using loader = new Loader({ datasets, sampler, crop, seed: 1, workers, cacheBytes });
      const found: string[] = [];
      for await (const { image, label } of loader.batches({ epoch: 0 })) {
        found.push(createHash("sha256").update(image).update(label).digest("hex"));
      }
      return found;
    };
    const expected = await digests(0, 0);
    expect(new Set(expected).size).toBe(4);
    expect(await digests(2, 0)).toEqual(expected);
    expect(await digests(2, 10e6)).toEqual(expected);
  });

  it("names the domains when there is none of that name", () => {
    expect(() => streetsDataset({ domain: "moon", count: 1 })).toThrow(/no domain "moon"; there are/);
    expect(() => streetsDataset({ domain: first, count: 0 })).toThrow(/count is 0/);
  });
});
