// Torchvision's names of all backbones, for those that need to know them without loading libtorch.

/** Names of all backbones of this package. */
export const backboneNames = [
  "resnet18",
  "resnet34",
  "resnet50",
  "resnet101",
  "resnet152",
  "resnext50_32x4d",
  "resnext101_32x8d",
  "wide_resnet50_2",
  "wide_resnet101_2",
  "mobilenet_v2",
  "shufflenet_v2_x1_0",
] as const;

export type BackboneName = (typeof backboneNames)[number];
