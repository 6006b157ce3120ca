import { liveTensors, scope, type Tensor } from "@pinmem/torch";
import { describe, expect, it } from "vitest";
import { MadeUpData } from "../../test/tiny-run.js";
import { type PrepareOptions, prepareEpisode, prepareWhole } from "./prepare-episode.js";

const data = new MadeUpData(["a", "b", "c"]);
const batch = data.batch({ epoch: 0, index: 0 });
const options: PrepareOptions = {
  seed: 1,
  device: "cpu",
  perDomain: 2,
  normal: {},
  strong: { saturation: 0.9, brightness: 0.9, contrast: 0.9, hue: 0.5, blur: [1, 2] },
  strongFor: "meta-test",
};
const split = { metaTrain: [2], metaTest: [0, 1] };
const values = (tensor: Tensor) => tensor.toArray() as number[][][][];

describe("prepareEpisode", () => {
  it("puts each domain's images into its role, in the order of the split", () => {
    scope(() => {
      const plain = prepareWhole(batch, options);
      const { metaTrain, metaTest } = prepareEpisode(batch, split, options);
      expect(metaTrain.label.toArray()).toEqual((plain.label.toArray() as number[][][]).slice(4));
      expect(metaTest?.label.toArray()).toEqual((plain.label.toArray() as number[][][]).slice(0, 4));
      expect(metaTrain.label.dtype).toBe("int64");
    });
  });

  it.each([
    ["meta-test", [true, true, false]],
    ["first-source", [true, false, false]],
    ["all", [true, true, true]],
    ["none", [false, false, false]],
  ] as const)("gives the strong augmentation to %s", (strongFor, expected) => {
    scope(() => {
      const plain = values(prepareWhole(batch, options).image);
      const { metaTrain, metaTest } = prepareEpisode(batch, split, { ...options, strongFor });
      const byDomain = [...values((metaTest as { image: Tensor }).image), ...values(metaTrain.image)];
      const changed = [0, 1, 2].map((domain) =>
        [0, 1].some(
          (at) => JSON.stringify(byDomain[2 * domain + at]) !== JSON.stringify(plain[2 * domain + at]),
        ),
      );
      expect(changed).toEqual(expected);
    });
  });

  it("takes all domains as meta-train without a split", () => {
    scope(() => {
      const { metaTrain, metaTest } = prepareEpisode(batch, null, { ...options, strongFor: "first-source" });
      expect(metaTest).toBeNull();
      expect(metaTrain.image.shape).toEqual([6, 3, 8, 8]);
      expect(values(metaTrain.image)).toEqual(values(prepareWhole(batch, options).image));
    });
  });

  it("lays images out channels last where asked, and keeps nothing else", () => {
    scope(() => {
      const before = liveTensors();
      const { metaTrain } = prepareEpisode(batch, split, { ...options, channelsLast: true });
      expect(metaTrain.image.isContiguous("channelsLast")).toBe(true);
      expect(liveTensors()).toBe(before + 4);
    });
  });
});
