import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fromTypedArray, liveTensors, noGrad, saveSafetensors, scope, type Tensor } from "@pinmem/torch";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { formulaImages } from "../../../../../../golden/formula.js";
import { identifyFoundation } from "../../weights/foundation-weights.js";
import { loadBackboneWeights } from "../../weights/load-weights.js";
import { readWeights, surveyWeights } from "../../weights/weight-files.js";
import { findFit } from "../../weights/weights-fit.js";
import type { Backbone } from "../backbone.js";
import { fromPublished, type PublishedNames, publishers, toPublished } from "../published-names.js";
import { createBackbone } from "../registry.js";
import {
  type FoundationName,
  foundationConfigs,
  foundationNames,
  isTransformer,
  strideOf,
} from "./config.js";
import { convNextNames, transformerNames } from "./published.js";
import { VisionTransformer } from "./vision-transformer.js";

const debugNames = ["dinov2_debug", "dinov3_debug", "dinov3_convnext_debug"] as const;

const make = (name: FoundationName): Backbone =>
  createBackbone(name, { outputStride: strideOf(foundationConfigs[name]) as 14 });

const namesOf = (name: FoundationName): PublishedNames => {
  const config = foundationConfigs[name];
  return isTransformer(config) ? transformerNames(config) : convNextNames(config);
};

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "pinmem-vit-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe("foundation backbones", () => {
  it.each(debugNames)("%s gives maps of the patches of pictures of any size, and keeps no tensor", (name) => {
    scope(() => {
      const backbone = make(name).eval();
      const stride = strideOf(
        backbone instanceof VisionTransformer ? backbone.config : foundationConfigs[name],
      );
      for (const [height, width] of [
        [64, 96],
        [33, 47],
      ] as const) {
        const { deep, lowLevel } = noGrad(() => backbone.call(formulaImages([0, 1], [height, width])));
        const rows = Math.ceil(height / stride);
        expect(deep.shape).toEqual([2, backbone.channels.layer4, rows, Math.ceil(width / stride)]);
        expect(lowLevel.size(2)).toBe(Math.ceil((rows * stride) / backbone.strides.layer1));
      }
      const image = formulaImages([0], [64, 64]);
      noGrad(() => scope(() => void backbone.call(image)));
      const before = liveTensors();
      noGrad(() => scope(() => void backbone.call(image)));
      expect(liveTensors()).toBe(before);
    });
  });

  it("fill a picture up at the bottom and at the right, with zeros", () => {
    scope(() => {
      const backbone = make("dinov3_debug").eval();
      const image = formulaImages([0], [40, 30]);
      const whole = image.constantPadNd([0, 2, 0, 8]);
      const [small, large] = noGrad(() => [backbone.call(image).deep, backbone.call(whole).deep]);
      expect((small as Tensor).equal(large as Tensor)).toBe(true);
    });
  });

  it("refuse whitening with the reason", () => {
    expect(() =>
      createBackbone("dinov2_debug", { outputStride: 14, normalization: { layer1: "instance-whitening" } }),
    ).toThrow(
      /"dinov2_debug" has no place for an instance normalization or whitening: .* Leave normalization out/,
    );
  });

  it("turn tokens by where they lie: DINOv3 tells a picture from its mirror image, patch by patch", () => {
    scope(() => {
      const backbone = make("dinov3_debug").eval();
      const image = fromTypedArray(new Float32Array(3 * 32 * 32).fill(0.5), [1, 3, 32, 32]);
      const { deep } = noGrad(() => backbone.call(image));
      const [left, right] = deep.chunk(2, 3) as [Tensor, Tensor];
      expect(left.sub(right).abs().max().toNumber()).toBeGreaterThan(1e-5);
    });
  });
});

describe("published names", () => {
  it.each(foundationNames)("of %s hold each of its parameters once, of both publishers", (name) => {
    const published = namesOf(name);
    const [first, second] = publishers.map((publisher) => {
      const ours = published.tensors(publisher).flatMap((entry) => entry.ours.filter((one) => one !== null));
      expect(new Set(ours).size).toBe(ours.length);
      return ours.sort();
    });
    expect(second).toEqual(first);
    const counted = published
      .tensors("hf")
      .reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0);
    expect(counted / 1e6).toBeCloseTo(millions[name] ?? counted / 1e6, 0);
  });

  it.each(debugNames)("of %s are ours again after a round trip through each publisher's", (name) => {
    scope(() => {
      const backbone = make(name);
      const own = backbone.stateDict();
      for (const publisher of publishers) {
        const published = backbone.published as PublishedNames;
        const given = toPublished(published, publisher, own);
        const back = fromPublished(published, publisher, given, own);
        for (const [key, tensor] of own)
          if (key !== "layer0.position_rule") expect(back.get(key)?.equal(tensor)).toBe(true);
      }
    });
  });
});

/** Parameters of the published models, as their authors state them. */
const millions: Partial<Record<FoundationName, number>> = {
  dinov2_vits14: 22,
  dinov2_vitb14: 87,
  dinov2_vitl14: 304,
  dinov2_vitg14: 1136,
  dinov3_vits16: 22,
  dinov3_vits16plus: 29,
  dinov3_vitb16: 86,
  dinov3_vitl16: 303,
  dinov3_vith16plus: 841,
  dinov3_vit7b16: 6716,
  dinov3_convnext_tiny: 28,
  dinov3_convnext_small: 49,
  dinov3_convnext_base: 88,
  dinov3_convnext_large: 196,
};

describe("weights of foundation backbones", () => {
  const published = (name: FoundationName, publisher: "hf" | "hub"): Map<string, Tensor> => {
    const backbone = make(name);
    return toPublished(backbone.published as PublishedNames, publisher, backbone.stateDict());
  };

  it.each(publishers)("are loaded by the names of %s, whose rule positions then follow", (publisher) => {
    scope(() => {
      const given = published("dinov2_debug", publisher);
      const backbone = make("dinov2_debug") as VisionTransformer;
      loadBackboneWeights(backbone, given);
      expect(backbone.layer0.rule).toBe(publisher);
      const back = toPublished(backbone.published as PublishedNames, publisher, backbone.stateDict());
      for (const [name, tensor] of given) expect(back.get(name)?.equal(tensor)).toBe(true);
    });
  });

  it("of another size are named, and change nothing", () => {
    scope(() => {
      const backbone = make("dinov3_debug");
      const before = [...backbone.stateDict()].map(([name, tensor]) => [name, tensor.clone()] as const);
      expect(() => loadBackboneWeights(backbone, published("dinov2_debug", "hf"))).toThrow(
        /do not fit dinov3_debug: they are those of dinov2_debug\. .*missing/s,
      );
      for (const [name, tensor] of before) expect(backbone.stateDict().get(name)?.equal(tensor)).toBe(true);
      expect(() =>
        loadBackboneWeights(backbone, new Map([["conv1.weight", backbone.layer0.parameters()[0] as Tensor]])),
      ).toThrow("do not fit dinov3_debug: their names are those of another family");
    });
  });

  it("tell which backbone they are", () => {
    scope(() => {
      expect(identifyFoundation(published("dinov3_convnext_debug", "hub"))).toMatchObject({
        name: "dinov3_convnext_debug",
        publisher: "hub",
        differences: [],
      });
      expect(findFit(published("dinov3_debug", "hf"))?.options.backbone).toBe("dinov3_debug");
    });
  });

  it("come in shards with an index, all of which have to be there", () => {
    scope(() => {
      const all = [...published("dinov3_debug", "hf")];
      const [first, second] = [new Map(all.slice(0, 30)), new Map(all.slice(30))];
      saveSafetensors(join(folder, "model-1.safetensors"), first);
      const map = Object.fromEntries(all.map(([name], at) => [name, `model-${at < 30 ? 1 : 2}.safetensors`]));
      const index = join(folder, "model.safetensors.index.json");
      writeFileSync(index, JSON.stringify({ metadata: {}, weight_map: map }));
      expect(() => readWeights(index)).toThrow(
        /1 of the files that it names is missing: model-2\.safetensors/,
      );
      saveSafetensors(join(folder, "model-2.safetensors"), second);
      const backbone = make("dinov3_debug");
      expect(loadBackboneWeights(backbone, index).loaded).toHaveLength(backbone.stateDict().size);
      saveSafetensors(join(folder, "model-2.safetensors"), new Map([...second].slice(1)));
      expect(() => readWeights(index)).toThrow("one of them is another than the index was made with");
    });
  });

  it.each(["model.safetensors", "model.pth", "model.safetensors.index.json"])(
    "that are a web page are refused with what to do: %s",
    (name) => {
      const file = join(folder, name);
      writeFileSync(file, "<!DOCTYPE html><html>Access to this model is gated</html>");
      expect(() => loadBackboneWeights(make("dinov3_debug"), file)).toThrow(
        /is a web page in place of DINOv3's weights: .*accept it on the model's page/,
      );
    },
  );

  it("that hold DINOv3's norm for local crops, as some of its hub's files do, are loaded without", () => {
    scope(() => {
      const file = join(folder, "hub.safetensors");
      const given = published("dinov3_debug", "hub");
      for (const part of ["weight", "bias"])
        given.set(`local_cls_norm.${part}`, (given.get(`norm.${part}`) as Tensor).clone());
      saveSafetensors(file, given);
      const backbone = make("dinov3_debug");
      expect(loadBackboneWeights(backbone, file).loaded).toHaveLength(backbone.stateDict().size);
    });
  });

  it("of a rule for positions that is not known are told, and not taken for weights without positions", () => {
    scope(() => {
      const { layer0 } = make("dinov2_debug") as VisionTransformer;
      layer0.positionRule?.fill_(7);
      expect(() => layer0.rule).toThrow(/interpolate positions by rule 7, which is not known/);
    });
  });

  it("that are a server's refusal are refused with what to do", () => {
    const file = join(folder, "model.safetensors");
    writeFileSync(file, "Access to model facebook/dinov3 is restricted. Please log in.");
    expect(() => loadBackboneWeights(make("dinov3_debug"), file)).toThrow(
      /is a server's answer in place of DINOv3's weights: .*accept it on the model's page/,
    );
  });

  it("of which one shard is given alone are refused, with what to give", () => {
    scope(() => {
      const file = join(folder, "model-00001-of-00002.safetensors");
      saveSafetensors(file, new Map([...published("dinov3_debug", "hf")].slice(0, 30)));
      expect(() => loadBackboneWeights(make("dinov3_debug"), file)).toThrow(
        /one of several: give model\.safetensors\.index\.json/,
      );
    });
  });

  it("whose index names an index are refused, and not read for ever", () => {
    const index = join(folder, "around.safetensors.index.json");
    writeFileSync(index, JSON.stringify({ weight_map: { norm: "around.safetensors.index.json" } }));
    for (const read of [() => loadBackboneWeights(make("dinov3_debug"), index), () => surveyWeights(index)])
      expect(read).toThrow(
        /names another index in place of a file of weights: around\.safetensors\.index\.json/,
      );
  });

  it("of which a shard is a web page are refused, and the shard is named", () => {
    const index = join(folder, "model.safetensors.index.json");
    writeFileSync(index, JSON.stringify({ weight_map: { norm: "model-1.safetensors" } }));
    writeFileSync(join(folder, "model-1.safetensors"), "<!DOCTYPE html><html>gated</html>");
    expect(() => loadBackboneWeights(make("dinov3_debug"), index)).toThrow(
      /model-1\.safetensors: is a web page in place of DINOv3's weights/,
    );
  });
});
