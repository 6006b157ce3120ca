import { describe, expect, it } from "vitest";
import { getNumThreads, manualSeed, nn, randn, scope, setNumThreads, type Tensor } from "../index.js";

const shapes = [
  [1, 3, 7, 5],
  [2, 19, 24, 40],
  [3, 1, 1, 9],
  [1, 1300, 3, 2],
] as const;
const layouts = ["contiguous", "channelsLast", "strided"] as const;

function image(shape: readonly number[], layout: (typeof layouts)[number]): Tensor {
  manualSeed(1);
  const values = randn(shape).mul(3).add(50);
  if (layout === "channelsLast") return values.to({ memoryFormat: "channelsLast" });
  return layout === "strided" ? values.transpose(2, 3).contiguous().transpose(2, 3) : values;
}

const largest = (difference: Tensor): number => difference.abs().max().toNumber();

describe.each(layouts)("a picture that lies in memory %s", (layout) => {
  it.each(shapes)("has the statistics of a double-precision computation: %i x %i x %i x %i", (...shape) => {
    scope(() => {
      const x = image(shape, layout);
      const { mean, variance } = nn.imageStatistics(x);
      const [expectedVariance, expectedMean] = x.to("float64").varMean({ dim: [2, 3], correction: 0 }) as [
        Tensor,
        Tensor,
      ];
      expect(mean.shape).toEqual(shape.slice(0, 2));
      expect(largest(mean.sub(expectedMean))).toBeLessThan(4e-6);
      expect(largest(variance.sub(expectedVariance).div(expectedVariance.add(1e-3)))).toBeLessThan(1e-6);
    });
  });

  it.each(shapes)("is scaled, shifted and bounded in place: %i x %i x %i x %i", (...shape) => {
    scope(() => {
      const x = image(shape, layout).sub(50);
      const scale = randn([shape[0], shape[1]]);
      const shift = randn([1, shape[1]]);
      const wide = (values: Tensor) => values.unsqueeze(2).unsqueeze(3);
      const expected = x.mul(wide(scale)).add(wide(shift)).clamp({ min: -1, max: 2 });
      nn.scaleShift_(x, scale, shift, { low: -1, high: 2 });
      expect(largest(x.sub(expected))).toBeLessThan(2e-6);
    });
  });
});

describe("statistics of pictures", () => {
  it.each(layouts)(
    "are the same bits for any number of threads, and so are pictures scaled: %s",
    (layout) => {
      const before = getNumThreads();
      const [one, ...others] = [1, 2, 3].map((threads) => {
        setNumThreads(threads);
        return scope(() => {
          const x = image([2, 19, 24, 90], layout);
          const { mean, variance } = nn.imageStatistics(x);
          nn.scaleShift_(x, variance, mean, { low: 0 });
          return [mean, variance, x].map((values) => values.toArray());
        });
      });
      setNumThreads(before);
      for (const other of others) expect(other).toEqual(one);
    },
  );

  it("keep NaN to the channel that holds it, through bounds too", () => {
    scope(() => {
      const x = image([1, 2, 4, 4], "channelsLast");
      x.select(1, 1).select(1, 2).fill_(Number.NaN);
      const { mean } = nn.imageStatistics(x);
      expect(Number.isFinite(mean.select(1, 0).toNumber())).toBe(true);
      expect(mean.select(1, 1).toNumber()).toBeNaN();
      const one = nn.scaleShift_(x, mean.mul(0).add(1), mean.mul(0), { low: 0, high: 6 });
      expect(one.select(1, 1).sum().toNumber()).toBeNaN();
    });
  });

  it("of a constant picture have no variance", () => {
    scope(() => {
      const x = image([1, 3, 5, 5], "channelsLast").mul(0).add(0.1);
      const { mean, variance } = nn.imageStatistics(x);
      expect(largest(variance)).toBe(0);
      expect(largest(mean.sub(Math.fround(0.1)))).toBe(0);
    });
  });

  it("refuse what is no image, and scales for another number of channels", () => {
    scope(() => {
      expect(() => nn.imageStatistics(randn([3, 4]))).toThrow("[B, C, H, W]");
      const x = randn([1, 3, 2, 2]);
      expect(() => nn.scaleShift_(x, randn([1, 2]), randn([1, 3]))).toThrow("[B, C] or [1, C]");
    });
  });
});
