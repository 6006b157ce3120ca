import { readFileSync } from "node:fs";
import { nn, noGrad, ones, scope, type Tensor } from "@pinmem/torch";
import { describe, expect, it } from "vitest";
import { formulaImages, formulaState } from "../../../../../golden/formula.js";
import { full } from "../../../test/scope.js";
import { loadBackboneWeights } from "../weights/load-weights.js";
import type { OutputStride } from "./backbone.js";
import { type BackboneName, backboneNames } from "./names.js";
import { createBackbone } from "./registry.js";

interface Summary {
  shape: number[];
  mean: number;
  std: number;
  samples: number[];
}

const read = (name: string) =>
  JSON.parse(readFileSync(new URL(`../fixtures/${name}`, import.meta.url), "utf8"));

const fixture = read("backbones.json") as {
  size: [number, number];
  cases: { backbone: BackboneName; outputStride: OutputStride; features: Summary[] }[];
};
const torchvision = read("torchvision-names.json") as Record<string, [name: string, shape: number[]][]>;

/** For tests that load all its values. */
const withoutValues: typeof createBackbone = (...asked) => nn.init.skipInit(() => createBackbone(...asked));

const shapesOf = (module: nn.AnyModule) =>
  new Map([...module.stateDict()].map(([name, { shape }]) => [name, shape]));

function summarize(feature: Tensor): Summary {
  return scope(() => {
    const flat = feature.flatten().to("float64");
    const step = Math.max(1, Math.floor(flat.numel / 8));
    const samples = Array.from({ length: 8 }, (_, i) => flat.select(0, i * step).toNumber());
    const std = flat.std({ unbiased: false }).toNumber();
    return { shape: feature.shape, mean: flat.mean().toNumber(), std, samples };
  });
}

/** Of torchvision's networks, without their classifiers. */
const parameterCounts: Readonly<Record<BackboneName, number>> = {
  resnet18: 11_176_512,
  resnet34: 21_284_672,
  resnet50: 23_508_032,
  resnet101: 42_500_160,
  resnet152: 58_143_808,
  resnext50_32x4d: 22_979_904,
  resnext101_32x8d: 86_742_336,
  wide_resnet50_2: 66_834_240,
  wide_resnet101_2: 124_837_696,
  mobilenet_v2: 2_223_872,
  shufflenet_v2_x1_0: 1_253_604,
};

/** More of the same blocks: tested in full only. */
const large: readonly string[] = [
  "resnet34",
  "resnet50",
  "resnext50_32x4d",
  "resnet101",
  "resnet152",
  "resnext101_32x8d",
  "wide_resnet50_2",
  "wide_resnet101_2",
];

describe("backbones", () => {
  it("are all compared with torchvision's", () => {
    expect(new Set(fixture.cases.map(({ backbone }) => backbone))).toEqual(new Set(backboneNames));
  });

  it.each(
    fixture.cases.filter(
      ({ backbone, outputStride }) => full || (!large.includes(backbone) && outputStride === 16),
    ),
  )(
    "$backbone at output stride $outputStride has torchvision's size and gives its features",
    ({ backbone: name, outputStride, features }) => {
      scope(() => {
        const backbone = withoutValues(name, { outputStride }).eval();
        expect(backbone.parameters().reduce((sum, { numel }) => sum + numel, 0)).toBe(parameterCounts[name]);
        backbone.loadStateDict(formulaState(shapesOf(backbone)));
        let feature = formulaImages([0], fixture.size);
        const stages = [backbone.layer0, backbone.layer1, backbone.layer2, backbone.layer3, backbone.layer4];
        for (const [index, stage] of stages.entries()) {
          feature = noGrad(() => stage.call(feature).feature);
          const found = summarize(feature);
          const expected = features[index] as Summary;
          expect(found.shape).toEqual(expected.shape);
          // Single precision through up to 152 layers; measured below 3e-6 of the standard deviation.
          const deviations = [found.mean - expected.mean, found.std - expected.std].concat(
            found.samples.map((sample, i) => sample - (expected.samples[i] as number)),
          );
          expect(Math.max(...deviations.map(Math.abs)) / expected.std).toBeLessThan(1e-5);
        }
      });
    },
  );

  it.each((Object.keys(torchvision) as BackboneName[]).filter((name) => full || !large.includes(name)))(
    "%s takes torchvision's names, all of them",
    (name) => {
      scope(() => {
        const backbone = withoutValues(name, { outputStride: 32 });
        const given = new Map((torchvision[name] ?? []).map(([key, shape]) => [key, ones(shape)]));
        const report = loadBackboneWeights(backbone, given);
        expect(report.loaded).toHaveLength(backbone.stateDict().size);
        expect(report.kept).toEqual([]);
        expect(report.skipped.map(({ reason }) => reason)).toEqual(
          Array(2).fill("belongs to the classifier"),
        );
      });
    },
  );

  it.each(full ? (["resnet18", "resnet34"] as const) : (["resnet18"] as const))(
    "%s dilated holds the features of the strided network",
    (name) => {
      scope(() => {
        const [strided, dilated] = ([32, 8] as const).map((outputStride) =>
          createBackbone(name, { outputStride }).eval(),
        ) as [ReturnType<typeof createBackbone>, ReturnType<typeof createBackbone>];
        dilated.loadStateDict(strided.stateDict());
        const image = formulaImages([3], [96, 128]);
        const few = noGrad(() => strided.call(image).deep);
        const many = noGrad(() => dilated.call(image).deep);
        expect(many.shape).toEqual([1, 512, 12, 16]);
        const every4th = many.slice({ dim: 2, step: 4 }).slice({ dim: 3, step: 4 });
        const scale = few.abs().max().toNumber();
        expect(every4th.sub(few).abs().max().toNumber() / scale).toBeLessThan(1e-5);
      });
    },
  );

  const families = ["resnet18", "resnet50", "mobilenet_v2", "shufflenet_v2_x1_0"] as const;
  it.each(families.filter((name) => full || !large.includes(name)))(
    "%s keeps to the strides and channels it announces, at odd sizes too",
    (name) => {
      scope(() => {
        for (const outputStride of [8, 16, 32] as const) {
          const backbone = createBackbone(name, { outputStride }).eval();
          const [height, width] = [65, 97];
          const { lowLevel, auxiliary, deep } = noGrad(() =>
            backbone.call(formulaImages([0], [height, width])),
          );
          const { channels, strides } = backbone;
          const at = (stride: number) => [Math.ceil(height / stride), Math.ceil(width / stride)];
          expect(lowLevel.shape).toEqual([1, channels.layer1, ...at(strides.layer1)]);
          expect(auxiliary.shape).toEqual([1, channels.layer3, ...at(strides.layer3)]);
          expect(deep.shape).toEqual([1, channels.layer4, ...at(strides.layer4)]);
          expect(strides.layer4).toBe(outputStride);
        }
      });
    },
  );

  it("starts as torchvision does: He's normal by the fan out, norms at one and zero", () => {
    const backbone = createBackbone("resnet18", { outputStride: 32 });
    const state = backbone.stateDict();
    const std = (name: string) => state.get(name)?.std().toNumber() ?? Number.NaN;
    expect(std("layer4.0.conv2.weight")).toBeCloseTo(Math.sqrt(2 / (512 * 9)), 4);
    expect(std("layer4.0.downsample.0.weight")).toBeCloseTo(Math.sqrt(2 / 512), 3);
    for (const module of backbone.modules()) {
      if (!(module instanceof nn.BatchNorm2d)) continue;
      expect(module.weight?.eq(1).all().item()).toBe(true);
      expect(module.bias?.eq(0).all().item()).toBe(true);
    }
  });
});
