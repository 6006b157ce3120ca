import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { full, liveTensors, nn, saveSafetensors, scope, type Tensor } from "@pinmem/torch";
import { afterAll, describe, expect, it } from "vitest";
import { checkpoint, ops, storage, tensor, text } from "../../../../torch/test/files/pickle-builder.js";
import { createBackbone } from "../backbones/registry.js";
import { createNetwork, type NetworkOptions } from "../network.js";
import type { NormalizationPlacement } from "../normalization/placement.js";
import { describeWeights, loadBackboneWeights, loadNetworkWeights } from "./load-weights.js";
import { readWeights, WeightsError } from "./weight-files.js";

const fixture = (name: string) => fileURLToPath(new URL(`../fixtures/${name}`, import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "pinmem-weights-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** What torchvision would save for a plain ResNet-18, all values alike. */
function resnet18Weights(value: number): Map<string, Tensor> {
  const backbone = nn.init.skipInit(() => createBackbone("resnet18", { outputStride: 32 }));
  const entries = [...backbone.stateDict()].map(([name, { shape }]): [string, Tensor] => [
    name.replace(/^layer0\.0\./, "conv1.").replace(/^layer0\.1\./, "bn1."),
    full(shape, value),
  ]);
  return new Map([...entries, ["fc.weight", full([1000, 512], value)], ["fc.bias", full([1000], value)]]);
}

const resnet18 = (normalization: NormalizationPlacement = {}) =>
  createBackbone("resnet18", { outputStride: 16, normalization });

const small: NetworkOptions = { backbone: "shufflenet_v2_x1_0", classes: 3, width: 8 };

const messageOf = (body: () => unknown): string => {
  try {
    body();
  } catch (error) {
    expect(error).toBeInstanceOf(WeightsError);
    return (error as Error).message;
  }
  return "no error";
};

describe("files of weights", () => {
  it("of the authors lose their prefix, and their rows become the memory's", () => {
    scope(() => {
      const state = readWeights(fixture("authors.pth"));
      expect([...state.keys()]).toEqual(["final2.0.weight", "final2.0.bias", "memory.m_items"]);
      expect(state.get("memory.m_items")?.toArray()).toEqual([
        [1, 0, 0],
        [0, 1, 0],
      ]);
      expect(state.get("final2.0.bias")?.toArray()).toEqual([0.5, -0.5]);
    });
  });

  it("may be a bare state dict", () => {
    scope(() => expect([...readWeights(fixture("torchvision.pth")).keys()]).toEqual(["fc", "bias"]));
  });

  /** A checkpoint whose entries hold one tensor of one number each, under this name. */
  function entries(names: Readonly<Record<string, string>>): string {
    const file = join(folder, "entries.pth");
    const one = tensor({ storage: storage("0", 1), shape: [1], strides: [1] });
    const parts = Object.entries(names).map(([entry, name]) =>
      ops(text(entry), "}", text(name), one, "s", "s"),
    );
    writeFileSync(file, checkpoint(ops("}", ...parts), { 0: new Uint8Array(4) }));
    return file;
  }

  it.each(["model_state_dict", "net", "ema", "teacher"])("may lie in an entry '%s'", (entry) => {
    scope(() => expect([...readWeights(entries({ [entry]: "a.weight" })).keys()]).toEqual(["a.weight"]));
  });

  it("of several entries, are those that fit, or those that are chosen; or it says which there are", () => {
    scope(() => {
      const file = entries({ net: "a", ema: "b", teacher: "b" });
      const fits = (weights: ReadonlyMap<string, unknown>) => weights.has("a");
      expect([...readWeights(file, { fits }).keys()]).toEqual(["a"]);
      expect([...readWeights(file, { entry: "teacher" }).keys()]).toEqual(["b"]);
      expect(messageOf(() => readWeights(file))).toMatch(
        /holds weights in 'net', 'ema', 'teacher', several of which fit: choose one with 'entry'/,
      );
      expect(messageOf(() => readWeights(file, { entry: "student" }))).toMatch(
        /no weights in an entry 'student'; weights lie in 'net', 'ema', 'teacher'/,
      );
    });
  });

  it("are recognized by their content, whatever their name", () => {
    scope(() => {
      const [pth, safetensors] = [join(folder, "is-pth.safetensors"), join(folder, "is-safetensors.pth")];
      copyFileSync(fixture("torchvision.pth"), pth);
      saveSafetensors(safetensors, new Map([["a", full([1], 1)]]));
      expect([...readWeights(pth).keys()]).toEqual(["fc", "bias"]);
      expect([...readWeights(safetensors).keys()]).toEqual(["a"]);
    });
  });

  it.each([
    ["running_var", Number.NaN, /bad\.safetensors: 'bn1\.running_var' holds NaN or infinite values/],
    ["running_var", -1.5, /'bn1\.running_var' holds negative variances/],
    ["weight", Number.POSITIVE_INFINITY, /'bn1\.weight' holds NaN or infinite values/],
  ])("are refused where bn1.%s holds %d, with tensor and file", (field, value, message) => {
    scope(() => {
      const file = join(folder, "bad.safetensors");
      saveSafetensors(file, resnet18Weights(1).set(`bn1.${field}`, full([64], value)));
      expect(messageOf(() => loadBackboneWeights(resnet18(), file))).toMatch(message);
    });
  });

  it("without weights are refused", () => {
    expect(messageOf(() => readWeights(fixture("no-weights.pth")))).toMatch(
      /no-weights.pth: holds no weights/,
    );
  });
});

describe("loadBackboneWeights", () => {
  it("loads all but the classifier, and frees what it read", () => {
    const backbone = resnet18();
    scope(() => {
      const path = join(folder, "resnet18.safetensors");
      saveSafetensors(path, resnet18Weights(0.25));
      const before = liveTensors();
      const report = loadBackboneWeights(backbone, path);
      expect(liveTensors()).toBe(before);
      expect(report.loaded).toHaveLength(backbone.stateDict().size);
      expect(report.kept).toEqual([]);
      expect(report.skipped.map(({ name }) => name).toSorted()).toEqual(["fc.bias", "fc.weight"]);
    });
    for (const parameter of backbone.parameters()) expect(parameter.eq(0.25).all().item()).toBe(true);
  });

  it("does without counts of batches, which older files lack", () => {
    scope(() => {
      const weights = resnet18Weights(1);
      for (const name of weights.keys()) if (name.endsWith("num_batches_tracked")) weights.delete(name);
      const { kept } = loadBackboneWeights(resnet18(), weights);
      expect(kept).toHaveLength(20);
      expect(new Set(kept.map(({ reason }) => reason))).toEqual(new Set(["is not counted in the file"]));
    });
  });

  it("gives an instance norm in the stem the scale and shift of the batch norm that it replaces", () => {
    scope(() => {
      const backbone = resnet18({ layer0: "instance-norm", layer1: "instance-norm" });
      const report = loadBackboneWeights(backbone, resnet18Weights(0.25));
      expect(backbone.stateDict().get("layer0.1.weight")?.eq(0.25).all().item()).toBe(true);
      expect(report.skipped.map(({ name }) => name)).toEqual([
        "bn1.running_mean",
        "bn1.running_var",
        "bn1.num_batches_tracked",
        "fc.weight",
        "fc.bias",
      ]);
      expect(report.kept.map(({ name }) => name)).toEqual([
        "layer1.1.instance_norm_layer.weight",
        "layer1.1.instance_norm_layer.bias",
      ]);
    });
  });

  it.each(["selective-whitening", "switchable-whitening", "instance-standardization"] as const)(
    "takes what %s leaves room for",
    (kind) => {
      scope(() => {
        const report = loadBackboneWeights(resnet18({ layer0: kind, layer2: kind }), resnet18Weights(0.25));
        expect(report.loaded).toContain("layer2.1.bn2.weight");
        expect(report.skipped.map(({ name }) => name)).toContain("bn1.running_mean");
      });
    },
  );

  it("of another network lists what does not fit, and changes nothing", () => {
    scope(() => {
      const weights = resnet18Weights(0.25);
      weights.set("layer1.0.conv1.weight", full([64, 64, 1, 1], 1));
      weights.delete("layer1.0.conv2.weight");
      weights.set("layer1.9.conv1.weight", full([1], 1));
      const backbone = resnet18();
      const message = messageOf(() => loadBackboneWeights(backbone, weights));
      expect(message).toMatch(/do not fit resnet18:/);
      expect(message).toMatch(/1 missing[\s\S]*layer1\.0\.conv2\.weight/);
      expect(message).toMatch(/1 unexpected[\s\S]*layer1\.9\.conv1\.weight/);
      expect(message).toMatch(/1 of another shape[\s\S]*\[64, 64, 3, 3\] expected, \[64, 64, 1, 1\] found/);
      expect(message).toMatch(/`partial`/);
      expect(backbone.parameters().some((parameter) => parameter.eq(0.25).all().item())).toBe(false);
    });
  });

  it("takes what fits when asked to, and says what it left out and why", () => {
    scope(() => {
      const weights = resnet18Weights(0.25);
      weights.set("layer1.0.conv1.weight", full([64, 64, 1, 1], 1));
      weights.delete("layer1.0.conv2.weight");
      const report = loadBackboneWeights(resnet18(), weights, { partial: true });
      expect(report.loaded).not.toContain("layer1.0.conv1.weight");
      const text = describeWeights(report);
      expect(text).toMatch(/the given tensors: 118 tensors loaded/);
      expect(text).toMatch(/kept as it was, because it is not in the file: layer1\.0\.conv2\.weight/);
      expect(text).toMatch(
        /is \[64, 64, 1, 1\] in the file, \[64, 64, 3, 3\] in the network: layer1\.0\.conv1\.weight/,
      );
      expect(text).toMatch(/not used, because it belongs to the classifier: fc\.weight, fc\.bias/);
    });
  });

  it("says where weights are to be had that are not there", () => {
    expect(messageOf(() => loadBackboneWeights(resnet18(), join(folder, "gone.pth")))).toMatch(
      /gone\.pth: there is no such file\. torchvision publishes/,
    );
  });

  it("refuses, even in part, weights of which none fits", () => {
    scope(() => {
      const weights = new Map([["nothing", full([1], 1)]]);
      expect(messageOf(() => loadBackboneWeights(resnet18(), weights, { partial: true }))).toMatch(
        /none of these weights fits resnet18/,
      );
    });
  });
});

describe("loadNetworkWeights", () => {
  const path = join(folder, "network.safetensors");

  it("restores a network with its memory from its own file", () => {
    const [first, second] = [
      createNetwork({ ...small, memory: {} }),
      createNetwork({ ...small, memory: {} }),
    ];
    saveSafetensors(path, first.stateDict());
    expect(loadNetworkWeights(second, path).loaded).toHaveLength(first.stateDict().size);
    for (const [name, tensor] of first.stateDict()) {
      expect([name, second.stateDict().get(name)?.equal(tensor)]).toEqual([name, true]);
    }
  });

  it("does not leave a memory out on either side", () => {
    const [having, without] = [createNetwork({ ...small, memory: {} }), createNetwork(small)];
    const rows = new Map([...having.stateDict()].filter(([name]) => name !== "memory.m_items"));
    expect(messageOf(() => loadNetworkWeights(having, rows))).toMatch(/1 missing[\s\S]*memory\.m_items/);
    expect(messageOf(() => loadNetworkWeights(without, having.stateDict()))).toMatch(
      /unexpected[\s\S]*memory\./,
    );
    const { skipped } = loadNetworkWeights(without, having.stateDict(), { partial: true });
    expect(skipped.every(({ name }) => name.startsWith("memory."))).toBe(true);
  });

  it("names the tensors of other class counts", () => {
    const [three, four] = [createNetwork(small), createNetwork({ ...small, classes: 4 })];
    expect(messageOf(() => loadNetworkWeights(four, three.stateDict()))).toMatch(
      /final2\.0\.weight: \[4, 8, 1, 1\] expected, \[3, 8, 1, 1\] found/,
    );
  });
});
