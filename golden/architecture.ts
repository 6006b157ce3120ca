// The official code's network constructors, by name, as options of our networks.

import type { BackboneName, OutputStride } from "pinmem/models";

/** A case whose network the project does not have. */
export class UnknownNetworkError extends Error {
  override readonly name = "UnknownNetworkError";
}

export interface Architecture {
  readonly backbone: BackboneName;
  readonly head: "deeplab-v3+" | "deeplab-v2";
  readonly outputStride: OutputStride;
}

const backbones: Readonly<Record<string, BackboneName>> = {
  R18: "resnet18",
  R34: "resnet34",
  R50: "resnet50",
  R101: "resnet101",
  R152: "resnet152",
  ResNext50: "resnext50_32x4d",
  ResNext101: "resnext101_32x8d",
  WideResNet50: "wide_resnet50_2",
  WideResNet101: "wide_resnet101_2",
  MobileNet: "mobilenet_v2",
  ShuffleNet: "shufflenet_v2_x1_0",
};

/** @throws UnknownNetworkError where there is no such network here */
export function architectureOf(arch: string): Architecture {
  const parts = /^network\.(deepv3plus|deepv2)\.Deep(\w+?)(?:V3PlusD|V2D)(?:_OS(8|16|32))?$/.exec(arch);
  const [, module, trunk = "", stride] = parts ?? [];
  const backbone = backbones[trunk];
  if (!module || !backbone) throw new UnknownNetworkError(`there is no network for ${arch}`);
  const head = module === "deepv2" ? "deeplab-v2" : "deeplab-v3+";
  return {
    backbone,
    head,
    outputStride: stride ? (Number(stride) as OutputStride) : usualStride(trunk, head),
  };
}

/** The official ResNet-18 keeps its natural stride, and DeepLabV2 has 8; all others are meant for 16. */
function usualStride(trunk: string, head: Architecture["head"]): OutputStride {
  if (head === "deeplab-v2") return 8;
  return trunk === "R18" ? 32 : 16;
}
