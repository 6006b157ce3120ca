// Batch norm of a pretrained backbone that keeps what ImageNet taught it. With small batches of a few domains its running statistics
// follow the sources, and a network that is fine-tuned briefly may do better with those it came with (as torchvision's
// detection networks and DeepLab's authors train).

import { nn } from "@pinmem/torch";
import { BackboneNetwork } from "../models/backbone-network.js";
import type { TrainableNetwork } from "../models/trainable-network.js";

/** "statistics": normalized by the running ones, which stay; "all": scales and shifts stay, too. */
export const frozenBatchNorms = ["none", "statistics", "all"] as const;
export type FrozenBatchNorm = (typeof frozenBatchNorms)[number];

/** @throws RangeError where the network has no backbone with batch norm */
export function freezeBatchNorm(network: TrainableNetwork, frozen: FrozenBatchNorm): void {
  if (frozen === "none") return;
  const backbone = network instanceof BackboneNetwork ? [...network.backbone.modules()] : [];
  const norms = backbone.filter((module) => module instanceof nn.BatchNorm2d);
  if (norms.length === 0) {
    throw new RangeError(
      `frozenBatchNorm is "${frozen}", but the network has no backbone with batch norm; let it be "none"`,
    );
  }
  for (const norm of norms) {
    norm.frozen = true;
    if (frozen === "all") for (const parameter of norm.parameters()) parameter.requiresGrad_(false);
  }
}
