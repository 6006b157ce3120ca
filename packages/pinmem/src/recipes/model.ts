// Which network a run trains, and the weights it starts from.

import { z } from "zod";
import { networkSchema } from "../models/network.js";

const { backbone, head, outputStride, normalization, memory } = networkSchema.shape;

export const modelSchema = z.strictObject({
  backbone,
  head,
  /** Ratio of the image's resolution to the feature's: 8, 16 or 32; the head's own by default. */
  outputStride,
  /** Instance normalization by stage, such as { layer1: "instance-norm" }. */
  normalization,
  /** Of the class memory; methods without one leave it out. */
  memory: memory.unwrap().unwrap().prefault({}),
  /** File of ImageNet weights for the backbone, as torchvision publishes them (.pth, .safetensors); null: random. */
  backboneWeights: z.string().nullable().default(null),
  /** Weights of the whole network to start from, of a run of this project or of the authors; null: random. */
  weights: z
    .strictObject({
      file: z.string(),
      /** Load what fits and leave the rest as it is. */
      partial: z.boolean().default(false),
    })
    .nullable()
    .default(null),
});

export type ModelConfig = z.output<typeof modelSchema>;
