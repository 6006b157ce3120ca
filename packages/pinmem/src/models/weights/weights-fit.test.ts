import { readFileSync } from "node:fs";
import { nn, scope } from "@pinmem/torch";
import { describe, expect, it } from "vitest";
import { full } from "../../../test/scope.js";
import { createNetwork, type NetworkOptions } from "../network.js";
import { fromOfficialWhitening } from "../normalization/placement.js";
import { findFit, isExact } from "./weights-fit.js";

type Shapes = Map<string, { shape: readonly number[] }>;

/** Names and shapes of torchvision's state dicts. */
const torchvision = JSON.parse(
  readFileSync(new URL("../fixtures/torchvision-names.json", import.meta.url), "utf8"),
) as Record<string, [string, number[]][]>;

const shapesOf = (entries: Iterable<readonly [string, readonly number[]]>): Shapes =>
  new Map([...entries].map(([name, shape]) => [name, { shape }]));

const ofNetwork = (options: NetworkOptions): Shapes =>
  scope(() => {
    const network = nn.init.skipInit(() => createNetwork(options));
    return shapesOf([...network.stateDict()].map(([name, { shape }]) => [name, [...shape]] as const));
  });

describe("findFit", () => {
  it.each(Object.entries(torchvision).filter(([name]) => full || !/0|34/.test(name.replace("_x1_0", ""))))(
    "knows torchvision's %s, its classifier or not",
    (name, entries) => {
      const classifier = name.startsWith("mobilenet") ? "classifier.1.weight" : "fc.weight";
      for (const shapes of [shapesOf(entries), shapesOf([...entries, [classifier, [1000, 8]]])]) {
        const fit = findFit(shapes);
        expect(fit).toMatchObject({ kind: "backbone", options: { backbone: name } });
        expect(fit && isExact(fit)).toBe(true);
      }
    },
  );

  it.each<[string, NetworkOptions]>([
    ["a memory", { backbone: "mobilenet_v2", memory: {} }],
    ["other classes, and no memory", { backbone: "shufflenet_v2_x1_0", classes: 7 }],
    ["the other head", { backbone: "resnet18", head: "deeplab-v2", memory: {} }],
    ["a learned temperature", { backbone: "resnet18", memory: { read: { temperature: { learned: 1 } } } }],
    ["instance norms", { backbone: "resnet18", normalization: fromOfficialWhitening([0, 0, 4, 4, 4, 0, 0]) }],
    ["whitening", { backbone: "resnet18", normalization: fromOfficialWhitening([0, 0, 2, 2, 2, 0, 0]) }],
  ])("knows a network with %s", (_, options) => {
    const fit = findFit(ofNetwork(options));
    expect(fit?.kind).toBe("network");
    expect(fit?.options).toMatchObject({ head: "deeplab-v3+", classes: 19, normalization: {}, ...options });
    expect(fit && isExact(fit)).toBe(true);
  });

  it("says what the nearest network has and lacks", () => {
    const shapes = ofNetwork({ backbone: "resnet18", memory: {} });
    shapes.delete("final1.0.weight");
    shapes.set("extra", { shape: [1] });
    shapes.set("dsn.0.weight", { shape: [1, 2, 3, 3] });
    const fit = findFit(shapes);
    expect(fit).toMatchObject({
      options: { backbone: "resnet18" },
      missing: ["final1.0.weight"],
      unexpected: ["extra"],
      otherShape: ["dsn.0.weight"],
    });
  });

  it("finds nothing for names of no network here", () => {
    expect(findFit(shapesOf([["encoder.weight", [3, 3]]]))).toBeNull();
    expect(findFit(shapesOf([["layer0.0.weight", [64, 3, 7, 7]]]))).toBeNull();
  });
});
