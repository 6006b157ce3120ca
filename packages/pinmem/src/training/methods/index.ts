// The training methods by name. To add one: write it beside the others and list it here.

import { z } from "zod";
import { innerRateSchema } from "../schedule.js";
import { Erm } from "./erm.js";
import { gradientOrders } from "./inner-step.js";
import { MemoryErm } from "./memory-erm.js";
import { statisticsSources } from "./meta-options.js";
import type { Method } from "./method.js";
import { Mldg } from "./mldg.js";
import { PinMemory } from "./pin-memory.js";
import type { PassContext } from "./training-pass.js";

/** Of the meta-learning methods. */
const meta = {
  order: z.enum(gradientOrders).default("first"),
  /** Rate of the inner step; as the official code anneals it unless given. */
  innerRate: innerRateSchema.prefault({ kind: "follow", first: 0.001, fraction: 0.25 }),
  statistics: z.enum(statisticsSources).default("meta-train"),
};

/** How the memory starts: from features of training images. */
const memoryStartSchema = z.strictObject({
  /** Batches whose features are averaged; "official": two epochs. */
  batches: z.union([z.int().positive(), z.literal("official")]).default(40),
  /** Steps to train before; until then the rows are random directions. */
  afterSteps: z.int().min(0).default(0),
});
const start = memoryStartSchema.prefault({});

export type MemoryStartConfig = z.output<typeof memoryStartSchema>;

export const methodSchema = z.discriminatedUnion("name", [
  z.strictObject({ name: z.literal("erm") }),
  z.strictObject({ name: z.literal("mldg"), ...meta }),
  z.strictObject({ name: z.literal("memory-erm"), memoryStart: start }),
  z.strictObject({ name: z.literal("pin-memory"), ...meta, memoryStart: start }),
]);

export type MethodConfig = z.output<typeof methodSchema>;

export function createMethod(config: MethodConfig, context: PassContext): Method {
  switch (config.name) {
    case "erm":
      return new Erm(context);
    case "mldg":
      return new Mldg(context, config);
    case "memory-erm":
      return new MemoryErm(context);
    case "pin-memory":
      return new PinMemory(context, config);
  }
}

/** Whether a method reads and writes a memory. */
export const usesMemory = (
  config: MethodConfig,
): config is Extract<MethodConfig, { name: "memory-erm" | "pin-memory" }> => "memoryStart" in config;

/** Whether a method meets some of its source domains as unseen. */
export const splitsDomains = (
  config: MethodConfig,
): config is Extract<MethodConfig, { name: "mldg" | "pin-memory" }> => "innerRate" in config;
