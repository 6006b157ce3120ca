import type { Reliance } from "@pinmem/core/formats";
import { liveTensors, nn, noGrad, scope, type Tensor, tensor } from "@pinmem/torch";
import { describe, expect, it } from "vitest";
import type { EvaluationImage } from "../loading/evaluation-loader.js";
import { ClassMemory } from "../memory/class-memory.js";
import type { ReadOptions } from "../memory/read-options.js";
import type { Encoding, TrainableNetwork } from "../models/trainable-network.js";
import { changedPlaces } from "./alterations.js";
import type { InspectedDomain } from "./domains.js";
import { measureReliance } from "./reliance.js";

const CLASSES = 2;

/** Its feature says which of two colors a pixel has; its logits are what the memory gives. */
class TwoColors extends nn.Module<[Tensor], Tensor> implements TrainableNetwork {
  readonly memory: ClassMemory;

  /** @param query, readout how much of each the refined feature is made of */
  constructor({
    query,
    readout,
    read = {},
    vote = 0,
  }: { query: number; readout: number; read?: ReadOptions; vote?: number }) {
    super();
    this.memory = new ClassMemory({ classes: CLASSES, width: CLASSES, read, vote });
    scope(() =>
      noGrad(() => {
        const { weight } = this.memory.output.at(0) as nn.Conv2d;
        const [q, r] = [query, readout];
        weight.copy_(
          tensor([
            [q, 0, r, 0],
            [0, q, 0, r],
          ]).view([2, 4, 1, 1]),
        );
        this.memory.store(
          tensor([
            [1, 0],
            [0, 1],
          ]),
        );
      }),
    );
  }
  encode(image: Tensor): Encoding {
    const bright = image.narrow(1, 0, 1).gt(0).to("float32");
    const feature = nn.F.normalize(
      tensor([[1, 0.2]])
        .view([1, 2, 1, 1])
        .mul(bright)
        .add(
          tensor([[0.2, 1]])
            .view([1, 2, 1, 1])
            .mul(bright.neg().add(1)),
        ),
    );
    return { feature, lowLevel: null, auxiliary: feature, whitening: [] };
  }
  decode(feature: Tensor, _: Tensor | null, __: unknown, votes?: Tensor | null): Tensor {
    return votes ? feature.add(votes) : feature.clone();
  }
  auxiliaryLogits(): null {
    return null;
  }
  forward(image: Tensor): Tensor {
    return this.decode(this.memory.read(this.encode(image).feature).refined, null, null);
  }
}

/** Images in which so many of 16 pixels are bright: class 0; the others are class 1. */
function domain(name: string, brights: readonly number[]): InspectedDomain {
  const images = brights.map((bright, index): EvaluationImage => {
    const label = Uint8Array.from({ length: 16 }, (_, pixel) => (pixel < bright ? 0 : 1));
    const image = Uint8Array.from({ length: 48 }, (_, at) => (Math.floor(at / 3) < bright ? 255 : 0));
    return { index, name: `${index}`, width: 4, height: 4, image, label };
  });
  return {
    name,
    role: "target",
    count: images.length,
    images: async function* () {
      yield* images;
    },
  };
}

const changes = ({ domains }: Reliance, at = 0) =>
  Object.fromEntries(
    (domains[at]?.alterations ?? []).map(({ kind, temperature, changed }) => [
      temperature === undefined ? kind : `${kind} ${temperature}`,
      changed,
    ]),
  );

describe("measureReliance", () => {
  it("finds nothing where the read-out has no part in the refined feature", async () => {
    const network = new TwoColors({ query: 1, readout: 0 });
    const before = liveTensors();
    const reliance = await measureReliance(network, [domain("a", [12, 4])]);
    for (const { changed, meanIoUDifference } of reliance.domains[0]?.alterations ?? []) {
      expect([changed, meanIoUDifference]).toEqual([0, 0]);
    }
    expect(reliance.domains[0]).toMatchObject({ images: 2, pixels: 32, meanIoU: 1 });
    expect(reliance.domains[0]?.read.readoutSpread).toBe(0);
    expect(reliance.domains[0]?.read.querySpread).toBeGreaterThan(0.1);
    expect(liveTensors()).toBe(before);
  });

  it("finds everything where the read-out alone decides", async () => {
    const network = new TwoColors({ query: 0, readout: 1, read: { temperature: 0.1 } });
    const reliance = await measureReliance(network, [domain("a", [12, 10])], { temperatures: [0.1, 2] });
    // Constant: all pixels become class 0, so the 4 and 6 dark ones of 32 change. Exchanged rows: every pixel changes.
    expect(changes(reliance)).toEqual({
      constant: 10 / 32,
      "image-mean": 10 / 32,
      permuted: 1,
      random: expect.any(Number),
      "temperature 0.1": 0,
      "temperature 2": 0,
    });
    const permuted = reliance.domains[0]?.alterations.find(({ kind }) => kind === "permuted");
    expect(permuted).toMatchObject({ draws: 3, meanIoU: 0, meanIoUDifference: -1 });
    const constant = reliance.domains[0]?.alterations.find(({ kind }) => kind === "constant");
    expect(constant?.meanIoU).toBeCloseTo(22 / 32 / 2, 12);
    expect(reliance.domains[0]?.read.querySpread).toBe(0);
  });

  it("tells the mean of an image from that of its domain", async () => {
    const network = new TwoColors({ query: 0, readout: 1, read: { temperature: 0.1 } });
    const reliance = await measureReliance(network, [domain("a", [16, 0, 0])]);
    // Each image is of one color, which its own mean keeps; that of the domain is mostly dark.
    expect(changes(reliance)).toMatchObject({ constant: 1 / 3, "image-mean": 0 });
  });

  it("changes nothing by exchanging rows that are the same", async () => {
    const network = new TwoColors({ query: 1, readout: 1 });
    scope(() =>
      network.memory.store(
        tensor([
          [0.6, 0.8],
          [0.6, 0.8],
        ]),
      ),
    );
    const reliance = await measureReliance(network, [domain("a", [5])]);
    expect(changes(reliance)).toMatchObject({ permuted: 0, constant: 0 });
    expect(reliance.rowCosine).toBeCloseTo(1, 6);
  });

  it("measures how decided the read is, and what absent rows take", async () => {
    const network = new TwoColors({ query: 1, readout: 1 });
    const { domains } = await measureReliance(network, [domain("a", [5])]);
    const [near, far] = [1, 0.2].map((value) => Math.exp(value / Math.hypot(1, 0.2))) as [number, number];
    const largest = near / (near + far);
    expect(domains[0]?.read.largestWeight).toBeCloseTo(largest, 6);
    expect(domains[0]?.read.entropy).toBeCloseTo(
      -largest * Math.log(largest) - (1 - largest) * Math.log(1 - largest),
      6,
    );
    expect(domains[0]?.read.flatEntropy).toBe(Math.log(2));
    expect(domains[0]?.read.absentShare).toBe(0);
    // The deviation of two values a and b in shares p and 1 - p is |a - b| sqrt(p (1 - p)).
    const spread = Math.sqrt((5 / 16) * (11 / 16));
    expect(domains[0]?.read.querySpread).toBeCloseTo((0.8 / Math.hypot(1, 0.2)) * spread, 6);
    expect(domains[0]?.read.readoutSpread).toBeCloseTo((2 * largest - 1) * spread, 6);

    scope(() =>
      network.memory.store(
        tensor([
          [1, 0],
          [0, 0],
        ]),
      ),
    );
    const absent = await measureReliance(network, [domain("a", [16])]);
    const own = Math.exp(1 / Math.hypot(1, 0.2));
    expect(absent.presentRows).toEqual([0]);
    expect(absent.rowCosine).toBeNull();
    expect(absent.domains[0]?.read.absentShare).toBeCloseTo(1 / (own + 1), 6);
    expect(absent.domains[0]?.alterations.map(({ kind }) => kind)).not.toContain("permuted");
  });

  it("sharpens or flattens the read by temperature where both parts matter", async () => {
    // The query says its own color weakly, the read-out the other one: what decides is how sharp the read is.
    const network = new TwoColors({ query: 1, readout: -1 });
    const reliance = await measureReliance(network, [domain("a", [8])], { temperatures: [0.05, 1, 50] });
    expect(changes(reliance)).toMatchObject({
      "temperature 0.05": 1,
      "temperature 1": 0,
      "temperature 50": 0,
    });
  });

  it("tells what votes matter, and what they know alone, where the memory votes", async () => {
    const exchanged = tensor([
      [0, 1],
      [1, 0],
    ]);
    // The decoder is right and the rows are wrong: strong votes decide everything, weak ones nothing.
    const relianceAt = (vote: number) => {
      const network = new TwoColors({ query: 1, readout: 0, vote });
      network.memory.store(exchanged);
      return measureReliance(network, [domain("a", [12])], { temperatures: [] });
    };
    const strong = await relianceAt(100);
    expect(strong.domains[0]?.meanIoU).toBe(0);
    expect(changes(strong)).toMatchObject({ "votes-off": 1, "memory-off": 1, "votes-only": 0 });
    const weak = await relianceAt(0.01);
    expect(changes(weak)).toMatchObject({ "votes-off": 0, "votes-only": 1 });
    expect(weak.domains[0]?.alterations.at(-1)).toMatchObject({ kind: "votes-only", meanIoUDifference: -1 });
    expect(Object.keys(changes(await relianceAt(0)))).not.toContain("votes-off");
  });

  it("is the same again with the same seed, and adds its domains up", async () => {
    const network = new TwoColors({ query: 0.05, readout: 1, read: { gumbel: "always" } });
    const domains = [domain("a", [12, 3]), domain("b", [2])];
    const [first, again] = [await measureReliance(network, domains), await measureReliance(network, domains)];
    expect(first).toEqual(again);
    expect(first.all?.pixels).toBe(48);
    for (const [at, { changed }] of (first.all?.alterations ?? []).entries()) {
      const [a, b] = first.domains.map(({ alterations }) => alterations[at]?.changed ?? Number.NaN);
      expect(changed).toBeCloseTo(((a as number) * 32 + (b as number) * 16) / 48, 12);
    }
    // The same noise in every read: the memory's own temperature changes nothing.
    expect(changes(first)["temperature 1"]).toBe(0);
  });
});

describe("changedPlaces", () => {
  it("moves every given row, and no other", () => {
    const from = changedPlaces([0, 2, 3, 5], 7, { seed: 1, index: 0 });
    expect([...from].sort()).toEqual([0, 1, 2, 3, 4, 5, 6]);
    expect(from.flatMap((row, at) => (row === at ? [at] : []))).toEqual([1, 4, 6]);
    expect(changedPlaces([0, 2, 3, 5], 7, { seed: 1, index: 0 })).toEqual(from);
  });
});
