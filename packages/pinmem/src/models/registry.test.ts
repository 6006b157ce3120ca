// Parts of one's own by name: recipes take them, say what there is otherwise, and prediction leaves alone what it knows nothing of.

import { forwardBytes, isMeasured } from "@pinmem/core";
import { nn, rand, type Tensor } from "@pinmem/torch";
import { describe, expect, it } from "vitest";
import { temporaryFolder } from "../../test/data-fixtures.js";
import { miniRecipe } from "../../test/mini-recipe.js";
import { predictImage } from "../prediction/predict-image.js";
import { createRecipeNetwork } from "../recipes/recipe-network.js";
import { openRun } from "../runs/open-run.js";
import { train } from "../runs/train.js";
import { Backbone } from "./backbones/backbone.js";
import { backboneNames } from "./backbones/names.js";
import { backbones, createBackbone, registerBackbone } from "./backbones/registry.js";
import { Stage } from "./backbones/stage.js";
import { DeepLabV3Plus } from "./heads/deeplab-v3-plus.js";
import { registerHead } from "./heads/registry.js";
import { prepareForInference } from "./inference.js";
import { createNetwork } from "./network.js";
import { registerNetwork } from "./network-registry.js";
import { SegmentationNetwork } from "./segmentation-network.js";

const convolution = (from: number, to: number, stride = 1) =>
  new nn.Conv2d(from, to, 3, { stride, padding: 1, bias: false });

/** Its children do not stand in the order in which they are called. */
class Disordered extends nn.Module {
  readonly first: nn.Conv2d;
  readonly second: nn.Conv2d;
  readonly normOfFirst: nn.BatchNorm2d;
  constructor(from: number, to: number, stride = 1) {
    super();
    this.first = convolution(from, to, stride);
    this.second = convolution(to, to);
    this.normOfFirst = new nn.BatchNorm2d(to);
  }
  forward(input: Tensor): Tensor {
    return this.second.call(this.normOfFirst.call(this.first.call(input)));
  }
}

const disordered = (name: string, outputStride = 16): Backbone =>
  new Backbone({
    name,
    stages: {
      layer0: new Stage(new Disordered(3, 8, 2)),
      layer1: new Stage(new Disordered(8, 8, 2)),
      layer2: new Stage(new Disordered(8, 8, 2)),
      layer3: new Stage(new Disordered(8, 8, 2)),
      layer4: new Stage(new Disordered(8, 8)),
    },
    channels: { layer0: 8, layer1: 8, layer2: 8, layer3: 8, layer4: 8 },
    strides: { layer0: 2, layer1: 4, layer2: 8, layer3: 16, layer4: outputStride as 16 },
  });

/** The smallest network that has all: one convolution, the memory, and a classifier. */
class Plain extends SegmentationNetwork {
  readonly outputStride = 4;
  readonly stem = convolution(3, 8, 4);
  readonly classifier: nn.Conv2d;
  constructor(
    readonly classes: number,
    readonly memory: SegmentationNetwork["memory"],
  ) {
    super();
    this.classifier = new nn.Conv2d(8, classes, 1);
  }
  encode(image: Tensor) {
    this.checkImage(image);
    const feature = this.stem.call(image);
    return { feature, lowLevel: null, auxiliary: feature, whitening: [] };
  }
  decode(feature: Tensor, _lowLevel: Tensor | null, size: readonly [number, number]) {
    return nn.F.interpolate(this.classifier.call(feature), { size, mode: "bilinear", alignCorners: false });
  }
  auxiliaryLogits() {
    return null;
  }
}

describe("a backbone of one's own", () => {
  it("is asked for by its name, and refused where its output stride is another", () => {
    registerBackbone("disordered", () => disordered("disordered"));
    expect(createBackbone("disordered", { outputStride: 16 }).name).toBe("disordered");
    expect(() => createBackbone("disordered", { outputStride: 8 })).toThrow(
      /"disordered" was asked for an output stride of 8, but its layer4 has 16/,
    );
    expect(backbones.isAdded("disordered")).toBe(true);
    expect(backbones.isAdded("resnet18")).toBe(false);
  });

  it("scores the same in its evaluation form, whatever the order of its modules' fields", () => {
    registerBackbone("disordered-2", () => disordered("disordered-2"));
    const network = createNetwork({ backbone: "disordered-2", memory: {} }).eval();
    for (const module of network.modules()) {
      if (module instanceof nn.BatchNorm2d) module.runningMean?.uniform_({ from: -1, to: 1 });
    }
    const image = rand([1, 3, 64, 64]);
    const expected = network.call(image).logits;
    const found = prepareForInference(network).call(image).logits;
    expect(found.sub(expected).abs().max().toNumber()).toBeLessThan(1e-4);
  });

  it("is told among what there is where a recipe names something else", () => {
    expect(() => miniRecipe({ model: { backbone: "resnet81" } })).toThrow(
      /model\.backbone is "resnet81": it may be "resnet18", .* \(did you mean "resnet18"\?\); one of your own .* registerBackbone\("resnet81", …\)/,
    );
    expect(() => miniRecipe({ model: { backbone: "resnet18", head: "deeplab" } })).toThrow(
      /model\.head is "deeplab": it may be "deeplab-v3\+", "deeplab-v2".*registerHead/,
    );
    expect(() => miniRecipe({ model: {} })).toThrow(/model\.backbone is missing/);
  });

  it("has a name that is its own", () => {
    const create = () => disordered("x");
    expect(() => registerBackbone("resnet18", create)).toThrow(
      /registerBackbone: .* "resnet18", which is taken/,
    );
    expect(() => registerBackbone("my net", create)).toThrow(/must be letters, digits/);
  });

  it("counts as the most demanding of ours when memory is estimated", () => {
    const size = { width: 100, height: 100 };
    const use = { outputStride: 16, classes: 19 };
    const known = ["resnet18", "wide_resnet50_2"].map((backbone) => forwardBytes(size, { backbone, ...use }));
    expect(forwardBytes(size, { backbone: "mine", ...use })).toBe(Math.max(...known));
    expect(backboneNames.filter((name) => !isMeasured(name))).toEqual([]);
  });
});

describe("a head of one's own", () => {
  it("makes the network of a recipe, at the output strides that it has", () => {
    class Mine extends DeepLabV3Plus {}
    registerHead("mine", { create: (parts) => new Mine(parts), outputStrides: [32] });
    const network = createRecipeNetwork(miniRecipe({ model: { backbone: "resnet18", head: "mine" } }), 19);
    expect(network).toBeInstanceOf(Mine);
    expect(network.outputStride).toBe(32);
    expect(() => miniRecipe({ model: { backbone: "resnet18", head: "mine", outputStride: 8 } })).toThrow(
      /outputStride: must be 32 with the head mine, got 8/,
    );
  });
});

describe("a network of one's own", () => {
  it("is trained by a recipe, opened and predicts; without backbone and head", async () => {
    registerNetwork("plain", ({ classes, createMemory }) => new Plain(classes, createMemory(8)));
    const recipe = miniRecipe({ model: { network: "plain" }, length: { steps: 2 } });
    expect(recipe.model).not.toHaveProperty("head");
    const folder = temporaryFolder();
    await train(recipe, { folder });
    using run = openRun(folder);
    expect(run.network).toBeInstanceOf(Plain);
    const image = { width: 32, height: 16, pixels: new Uint8Array(32 * 16 * 3).fill(100) };
    const { trainIds } = await predictImage(run, image);
    expect(trainIds).toHaveLength(32 * 16);
    expect(() => openRun(folder, { vote: 10 })).toThrow(
      /memory of Plain is to vote, but its `decode` takes no votes/,
    );
  });

  it("leaves no option without effect unsaid", () => {
    registerNetwork("whole", ({ classes, createMemory }) => new Plain(classes, createMemory(8)));
    expect(() => miniRecipe({ model: { network: "whole", backbone: "resnet18", outputStride: 8 } })).toThrow(
      /model\.backbone says nothing about the network "whole".*\n.*model\.outputStride says nothing/,
    );
    expect(() => miniRecipe({ model: { network: "hole" } })).toThrow(
      /model\.network is "hole": it may be .*"whole".* \(did you mean "whole"\?\).*registerNetwork/,
    );
  });

  it("is refused a memory that votes where its decoder takes no votes", () => {
    registerNetwork("deaf", ({ classes, createMemory }) => new Plain(classes, createMemory(8)));
    const recipe = (memory: object) => miniRecipe({ model: { network: "deaf", memory } });
    expect(createRecipeNetwork(recipe({ vote: 0 }), 19)).toBeInstanceOf(Plain);
    expect(() => createRecipeNetwork(recipe({ vote: 10 }), 19)).toThrow(
      /memory of Plain is to vote, but its `decode` takes no votes: declare `votes`.*or set model\.memory\.vote to 0/,
    );
  });

  it("has the memory that its recipe asks for", () => {
    registerNetwork("forgetful", ({ classes }) => new Plain(classes, null));
    expect(() => createRecipeNetwork(miniRecipe({ model: { network: "forgetful" } }), 19)).toThrow(
      /"forgetful" has 19 classes and no memory; the recipe asks for 19 classes and a memory/,
    );
  });
});
