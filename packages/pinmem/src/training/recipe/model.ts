// Which network a run trains, and the weights it starts from.

import { z } from "zod";
import { networkSchema } from "../../models/network.js";

const { backbone, head, outputStride, normalization, memory } = networkSchema.shape;

export const modelSchema = z.strictObject({
  backbone,
  head,
  /** Ratio of the image's resolution to the feature's: 8, 16 or 32; the head's own by default. */
  outputStride,
  /** Instance normalisation by stage, such as { layer1: "instance-norm" }. */
  normalization,
  /** Of the class memory; methods without one leave it out. */
  memory: memory.unwrap().unwrap().prefault({}),
});

export type ModelConfig = z.output<typeof modelSchema>;
