import { createHash } from "node:crypto";
import { beforeAll, describe, expect, it } from "vitest";
import { renderStreet, type StreetImage, streetDomains } from "./index.js";
import { trainIds } from "./surface.js";

const SCENES = 60;
const CLASSES = 19;
const IGNORE_INDEX = 255;

/** What is known of one domain over many scenes. */
interface Statistics {
  /** Pixels of each class, and their mean height in the picture from 0 (top) to 1. */
  readonly pixels: Float64Array;
  readonly height: Float64Array;
  /** Mean red, green and blue of each class: 3 numbers a class. */
  readonly color: Float64Array;
  /** Mean brightness of the pictures, its standard deviation, and mean red less mean blue. */
  readonly brightness: number;
  readonly contrast: number;
  readonly warmth: number;
}

const names = streetDomains.map(({ name }) => name);
const statistics = new Map<string, Statistics>();

function gather(domain: string): Statistics {
  const pixels = new Float64Array(256);
  const height = new Float64Array(256);
  const color = new Float64Array(3 * 256);
  let sum = 0;
  let squares = 0;
  for (let index = 0; index < SCENES; index++) {
    const { image, label, width } = renderStreet({ domain, seed: 1, index, width: 128, height: 64 });
    for (let at = 0; at < label.length; at++) {
      const trainId = label[at] as number;
      pixels[trainId] = (pixels[trainId] as number) + 1;
      height[trainId] = (height[trainId] as number) + Math.floor(at / width) / (label.length / width);
      let mean = 0;
      for (let channel = 0; channel < 3; channel++) {
        const value = image[3 * at + channel] as number;
        color[3 * trainId + channel] = (color[3 * trainId + channel] as number) + value;
        mean += value / 3;
      }
      sum += mean;
      squares += mean * mean;
    }
  }
  const total = pixels.reduce((all, count) => all + count, 0);
  const all = (channel: number) =>
    color.reduce((all, value, at) => (at % 3 === channel ? all + value : all), 0) / total;
  return {
    pixels,
    height: height.map((heights, trainId) => heights / Math.max(1, pixels[trainId] as number)),
    color: color.map((value, at) => value / Math.max(1, pixels[Math.floor(at / 3)] as number)),
    brightness: sum / total,
    contrast: Math.sqrt(squares / total - (sum / total) ** 2),
    warmth: all(0) - all(2),
  };
}

const of = (domain: string): Statistics => statistics.get(domain) as Statistics;

/** Shares of the 19 classes. */
function shares(domain: string): number[] {
  const counts = of(domain).pixels.subarray(0, CLASSES);
  const total = counts.reduce((all, count) => all + count, 0);
  return Array.from(counts, (count) => count / total);
}

/** How much one distribution tells that the other does not expect, in nats (Kullback and Leibler). */
const divergence = (p: readonly number[], q: readonly number[]): number =>
  p.reduce((sum, share, k) => sum + share * Math.log(share / (q[k] as number)), 0);

const pairsOf = <T>(items: readonly T[]): [T, T][] =>
  items.flatMap((first, at) => items.slice(at + 1).map((second): [T, T] => [first, second]));

const digest = ({ image, label }: StreetImage): string =>
  createHash("sha256").update(image).update(label).digest("hex").slice(0, 16);

// Figures over 600 scenes, whose first ones' bits the digests below hold still.
describe.runIf(process.env.PINMEM_TESTS === "full")("the domains", () => {
  beforeAll(() => {
    for (const name of names) statistics.set(name, gather(name));
  }, 300_000);

  it("are two sources and eight unseen ones, with names of their own", () => {
    expect(streetDomains.filter(({ role }) => role === "source")).toHaveLength(2);
    expect(streetDomains.filter(({ role }) => role === "unseen")).toHaveLength(8);
    expect(new Set(names).size).toBe(10);
  });

  it("keep night, rain, snow, fog, dirt on the camera and driving on the left out of the sources", () => {
    for (const { role, road, light, weather, sensor } of streetDomains) {
      if (role === "unseen") continue;
      expect(road.drivesOn).toBe("right");
      expect([light.streetLamps, light.headlights, ...light.litWindows]).toEqual([0, 0, 0, 0]);
      expect(light.visibility[0]).toBeGreaterThan(500);
      expect(
        Object.values(weather)
          .flat()
          .every((value) => value === 0),
      ).toBe(true);
      expect(sensor.noise[1]).toBeLessThan(1);
      expect(sensor.compression).toEqual([0, 0]);
    }
  });

  it.each(names)("%s shows all 19 classes, and no value that is none", (name) => {
    const { pixels } = of(name);
    const missing = Object.entries(trainIds).filter(([, id]) => id !== IGNORE_INDEX && pixels[id] === 0);
    expect(missing).toEqual([]);
    for (let value = CLASSES; value < IGNORE_INDEX; value++) expect(pixels[value]).toBe(0);
  });

  it.each(names)("%s has the sky above, the road below and things between", (name) => {
    const { height } = of(name);
    const at = (kind: keyof typeof trainIds) => height[trainIds[kind]] as number;
    for (const thing of ["building", "vegetation", "pole", "trafficSign", "trafficLight"] as const) {
      expect(at("sky"), thing).toBeLessThan(at(thing));
      expect(at(thing), thing).toBeLessThan(at("road"));
    }
    for (const thing of [
      "car",
      "truck",
      "bus",
      "train",
      "person",
      "rider",
      "motorcycle",
      "bicycle",
    ] as const) {
      expect(at("building"), thing).toBeLessThan(at(thing));
      expect(at(thing), thing).toBeLessThan(at("road"));
    }
    expect(at("trafficLight")).toBeLessThan(at("car"));
    expect(at("rider")).toBeLessThan(at("bicycle"));
    expect(at("sidewalk")).toBeGreaterThan(at("building"));
  });

  it.each(names)("%s has the proportions of a street", (name) => {
    const share = shares(name);
    const of = (kind: keyof typeof trainIds) => share[trainIds[kind]] as number;
    expect(of("road") > 0.15 && of("road") < 0.5).toBe(true);
    expect(of("building") + of("vegetation") + of("sky")).toBeGreaterThan(0.25);
    expect(of("car") > 0.02 && of("car") < 0.25).toBe(true);
    for (const rare of ["trafficLight", "rider", "motorcycle", "bicycle", "train"] as const) {
      expect(of(rare), rare).toBeLessThan(0.03);
    }
  });

  it("differ in how often the classes occur", () => {
    for (const [first, second] of pairsOf(names)) {
      const both = divergence(shares(first), shares(second)) + divergence(shares(second), shares(first));
      expect(both, `${first}, ${second}`).toBeGreaterThan(0.02);
    }
  });

  it("differ in how the same classes look", () => {
    const large = [trainIds.road, trainIds.sidewalk, trainIds.building, trainIds.vegetation, trainIds.sky];
    for (const [first, second] of pairsOf(names)) {
      const squares = large.flatMap((trainId) =>
        [0, 1, 2].map((channel) => {
          const at = 3 * trainId + channel;
          return ((of(first).color[at] as number) - (of(second).color[at] as number)) ** 2;
        }),
      );
      const apart = Math.sqrt(squares.reduce((all, square) => all + square, 0) / squares.length);
      expect(apart, `${first}, ${second}`).toBeGreaterThan(8);
    }
  });

  it("differ as their names promise", () => {
    const darkest = [...names].sort((a, b) => of(a).brightness - of(b).brightness);
    expect(new Set(darkest.slice(0, 2))).toEqual(new Set(["night", "dusk"]));
    expect([...names].sort((a, b) => of(a).contrast - of(b).contrast)[0]).toBe("fog");
    expect([...names].sort((a, b) => of(b).warmth - of(a).warmth)[0]).toBe("bazaar");
  });
});

describe("renderStreet", () => {
  it("renders the same bits as when the digests were written", async () => {
    const lines = names.flatMap((domain) =>
      [0, 1].map((index) => `${domain} ${index} ${digest(renderStreet({ domain, seed: 1, index }))}`),
    );
    await expect(`${lines.join("\n")}\n`).toMatchFileSnapshot("fixtures/digests.txt");
  });

  it("gives the same scene whatever was rendered before, and another for another index, seed or domain", () => {
    const request = { domain: "boulevard", seed: 3, index: 7 };
    const first = digest(renderStreet(request));
    const others = [
      { ...request, index: 8 },
      { ...request, seed: 4 },
      { ...request, domain: "dashcam" },
      { ...request, width: 128, height: 64 },
    ].map((other) => digest(renderStreet(other)));
    expect(new Set([first, ...others]).size).toBe(5);
    expect(digest(renderStreet(request))).toBe(first);
  });

  it("hands out pictures that later calls leave alone", () => {
    const scene = renderStreet({ domain: "fog", seed: 1, index: 0 });
    const before = digest(scene);
    renderStreet({ domain: "snow", seed: 1, index: 1 });
    expect(digest(scene)).toBe(before);
  });

  it("shows the same scene at every resolution", () => {
    for (const domain of names) {
      const small = renderStreet({ domain, seed: 2, index: 5 });
      const large = renderStreet({ domain, seed: 2, index: 5, width: 512, height: 256 });
      let same = 0;
      small.label.forEach((trainId, at) => {
        const [x, y] = [at % 256, Math.floor(at / 256)];
        const block = [0, 1, 512, 513].map((offset) => large.label[2 * y * 512 + 2 * x + offset]);
        if (block.includes(trainId)) same++;
      });
      expect(same / small.label.length, domain).toBeGreaterThan(0.97);
    }
  });

  it("says which request it cannot serve", () => {
    expect(() => renderStreet({ domain: "moon", seed: 1, index: 0 })).toThrow(
      /streetDomain: there is no domain "moon"; there are boulevard, /,
    );
    expect(() => renderStreet({ domain: "fog", seed: 1, index: 0, width: 15 })).toThrow(/width is 15/);
    expect(() => renderStreet({ domain: "fog", seed: 1, index: 0, height: 32.5 })).toThrow(/height is 32.5/);
    expect(() => renderStreet({ domain: "fog", seed: -1, index: 0 })).toThrow(/seed is -1/);
  });

  it("renders sizes that are odd or hardly wide", () => {
    for (const [width, height] of [
      [16, 16],
      [33, 17],
      [16, 200],
    ] as const) {
      const { image, label } = renderStreet({ domain: "dashcam", seed: 1, index: 2, width, height });
      expect([image.length, label.length]).toEqual([3 * width * height, width * height]);
    }
  });
});
