import { liveTensors, manualSeed, nn, noGrad, randn, scope, type Tensor } from "@pinmem/torch";
import { describe, expect, it } from "vitest";
import { PlaceStatistics } from "./place-statistics.js";

/** Two layers with batch norms whose running statistics are those of no picture. */
function network(): nn.Sequential {
  manualSeed(3);
  const net = new nn.Sequential(
    new nn.Conv2d(3, 4, 3, { padding: 1, bias: false }),
    new nn.BatchNorm2d(4),
    new nn.ReLU({ inplace: true }),
    new nn.Conv2d(4, 5, 1, { bias: false }),
    new nn.BatchNorm2d(5),
  );
  return net.eval().requiresGrad_(false).to({ dtype: "float64" });
}

const pictures = (count: number): Tensor[] => {
  manualSeed(4);
  return Array.from({ length: count }, (_, at) =>
    randn([1, 3, 6 + at, 8], { dtype: "float64" })
      .mul(1 + at)
      .add(0.3 * at),
  );
};

const showing = (net: nn.Sequential, images: readonly Tensor[]) =>
  images.map((image) => () => void net.call(image));

const norms = (net: nn.Sequential) => net.modules().filter((module) => module instanceof nn.BatchNorm2d);

const numbers = (tensor: Tensor | null): number[] => [...((tensor as Tensor).toTypedArray() as Float64Array)];

const close = (a: readonly number[], b: readonly number[]) => {
  for (const [at, value] of a.entries()) expect(value).toBeCloseTo(b[at] as number, 10);
};

/** Mean and variance of each channel over all pixels of all pictures, in plain loops. */
function momentsOf(images: readonly Tensor[], channels: number): { mean: number[]; variance: number[] } {
  const values = Array.from({ length: channels }, (): number[] => []);
  for (const image of images) {
    const [, , height = 0, width = 0] = image.shape;
    for (const [at, value] of numbers(image).entries())
      values[Math.floor(at / (height * width))]?.push(value);
  }
  const mean = values.map((all) => all.reduce((sum, one) => sum + one, 0) / all.length);
  const variance = values.map(
    (all, c) => all.reduce((sum, one) => sum + (one - (mean[c] as number)) ** 2, 0) / all.length,
  );
  return { mean, variance };
}

describe("statistics of a place", () => {
  it("are those of all pixels of all its pictures, whatever the order", async () => {
    const [net, other] = [network(), network()];
    const images = pictures(3);
    const first = net.modules().find((module) => module instanceof nn.Conv2d) as nn.Conv2d;
    using found = await PlaceStatistics.of(net, showing(net, images));
    using turned = await PlaceStatistics.of(other, showing(other, [...images].reverse()));
    found.mixInto(1);
    turned.mixInto(1);
    const expected = scope(() =>
      momentsOf(
        noGrad(() => images.map((image) => first.call(image))),
        4,
      ),
    );
    close(numbers(norms(net)[0]?.runningMean as Tensor), expected.mean);
    close(numbers(norms(net)[0]?.runningVar as Tensor), expected.variance);
    for (const [at, norm] of norms(net).entries()) {
      close(numbers(norm.runningMean), numbers(norms(other)[at]?.runningMean as Tensor));
      close(numbers(norm.runningVar), numbers(norms(other)[at]?.runningVar as Tensor));
    }
    expect(found.pictures).toBe(3);
  });

  it("with weight 1 make of one picture what batch norm in training mode makes of it", async () => {
    const [net, training] = [network(), network()];
    const [image] = pictures(1) as [Tensor];
    using found = await PlaceStatistics.of(net, showing(net, [image]));
    found.mixInto(1);
    training.train();
    const difference = scope(() =>
      noGrad(() => net.call(image).sub(training.call(image)).abs().max().toNumber()),
    );
    expect(difference).toBeLessThan(1e-9);
  });

  it("are mixed into the trained ones by their weight, which 0 puts back bit for bit", async () => {
    const net = network();
    const image = pictures(1);
    const before = norms(net).map((norm) => numbers(norm.runningMean));
    using found = await PlaceStatistics.of(net, showing(net, image));
    found.mixInto(1);
    const place = norms(net).map((norm) => numbers(norm.runningMean));
    found.mixInto(0.3);
    norms(net).forEach((norm, at) => {
      const mixed = (before[at] as number[]).map((value, c) => 0.7 * value + 0.3 * (place[at]?.[c] ?? 0));
      close(numbers(norm.runningMean), mixed);
    });
    found.mixInto(0);
    expect(norms(net).map((norm) => numbers(norm.runningMean))).toEqual(before);
  });

  it("leave the network and no tensor behind", async () => {
    const net = network();
    const kinds = net.modules().map((module) => module.constructor.name);
    const images = pictures(2);
    const live = liveTensors();
    (await PlaceStatistics.of(net, showing(net, images)))[Symbol.dispose]();
    const broken = [...showing(net, images), () => expect.fail("cannot be decoded")];
    await expect(PlaceStatistics.of(net, broken)).rejects.toThrow("cannot be decoded");
    expect(liveTensors()).toBe(live);
    expect(net.modules().map((module) => module.constructor.name)).toEqual(kinds);
  });

  it("of no picture are refused, and so are weights that are none", async () => {
    const net = network();
    await expect(PlaceStatistics.of(net, [])).rejects.toThrow("there is no picture");
    using found = await PlaceStatistics.of(net, showing(net, pictures(1)));
    expect(() => found.mixInto(1.5)).toThrow("weight is 1.5, but must be a number from 0 to 1");
    await expect(PlaceStatistics.of(new nn.Sequential(new nn.ReLU()), [() => {}])).rejects.toThrow(
      "no batch norm",
    );
  });
});
