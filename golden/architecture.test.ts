import { describe, expect, test } from "vitest";
import { architectureOf } from "./architecture.js";

describe("architectureOf", () => {
  test.each([
    ["network.deepv3plus.DeepR18V3PlusD", "resnet18", "deeplab-v3+", 32],
    ["network.deepv3plus.DeepR50V3PlusD", "resnet50", "deeplab-v3+", 16],
    ["network.deepv3plus.DeepR50V3PlusD_OS8", "resnet50", "deeplab-v3+", 8],
    ["network.deepv3plus.DeepR50V3PlusD_OS32", "resnet50", "deeplab-v3+", 32],
    ["network.deepv3plus.DeepR101V3PlusD", "resnet101", "deeplab-v3+", 16],
    ["network.deepv3plus.DeepMobileNetV3PlusD", "mobilenet_v2", "deeplab-v3+", 16],
    ["network.deepv3plus.DeepShuffleNetV3PlusD", "shufflenet_v2_x1_0", "deeplab-v3+", 16],
    ["network.deepv3plus.DeepShuffleNetV3PlusD_OS32", "shufflenet_v2_x1_0", "deeplab-v3+", 32],
    ["network.deepv3plus.DeepResNext50V3PlusD", "resnext50_32x4d", "deeplab-v3+", 16],
    ["network.deepv3plus.DeepWideResNet101V3PlusD", "wide_resnet101_2", "deeplab-v3+", 16],
    ["network.deepv2.DeepR50V2D", "resnet50", "deeplab-v2", 8],
    ["network.deepv2.DeepR101V2D", "resnet101", "deeplab-v2", 8],
  ])("knows %s", (arch, backbone, head, outputStride) => {
    expect(architectureOf(arch)).toEqual({ backbone, head, outputStride });
  });

  test.each(["network.deepv3plus.DeepMNASNet05V3PlusD", "network.other.DeepR50V3PlusD", "resnet50"])(
    "does not know %s",
    (arch) => {
      expect(() => architectureOf(arch)).toThrow(`there is no network for ${arch}`);
    },
  );
});
