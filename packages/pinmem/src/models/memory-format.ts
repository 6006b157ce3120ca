// How a network lies in memory while it is trained: channels of a pixel side by side ("channelsLast", what convolutions
// prefer), or pixels of a channel ("contiguous", PyTorch's default).
//
// On the CPU the pyramid's dilated convolutions stay contiguous in a channels-last network: they have the largest weights
// on the smallest feature, and the gradient of a channels-last weight is copied element by element (2048 to 256 channels
// on 16 x 16, two images: 82 ms backward against 52 on libtorch 1.13).

import { type Device, nn } from "@pinmem/torch";
import { BackboneNetwork } from "./backbone-network.js";
import type { SegmentationNetwork } from "./segmentation-network.js";

/** How weights and features may lie in memory. */
export const memoryFormats = ["contiguous", "channelsLast"] as const;
export type MemoryFormat = (typeof memoryFormats)[number];

/** Lays the weights out, by default on the device where they are. Images have to follow: see `prepareEpisode`. */
export function setMemoryFormat<N extends SegmentationNetwork>(
  network: N,
  memoryFormat: MemoryFormat,
  device: Device = network.parameters()[0]?.device ?? "cpu",
): N {
  if (memoryFormat === "contiguous") return network.to({ device, memoryFormat });
  network.to({ device, memoryFormat });
  if (device === "cpu" && network instanceof BackboneNetwork) {
    for (const module of network.aspp.modules()) {
      if (module instanceof nn.Conv2d) module.to({ memoryFormat: "contiguous" });
    }
  }
  return network;
}
