// The training methods by name. To add one: write it beside the others and list it here, or register it from a program.

import { z } from "zod";
import { Registry } from "../../models/registry.js";
import { OwnPartError } from "../own-part-error.js";
import { type InnerRate, innerRateSchema } from "../schedule.js";
import { Erm } from "./erm.js";
import { gradientOrders } from "./inner-step.js";
import { MemoryErm } from "./memory-erm.js";
import { statisticsSources, writeFeatures } from "./meta-options.js";
import type { Method } from "./method.js";
import { Mldg } from "./mldg.js";
import type { MetaSchedule } from "./phase.js";
import { PinMemory } from "./pin-memory.js";
import type { PassContext } from "./training-pass.js";

/** As the official code anneals it. */
const usualInnerRate: InnerRate = { kind: "follow", first: 0.001, fraction: 0.25 };

/** Of the meta-learning methods. */
const meta = {
  order: z.enum(gradientOrders).default("first"),
  /** Rate of the inner step; as the official code anneals it unless given. */
  innerRate: innerRateSchema.prefault(usualInnerRate),
  statistics: z.enum(statisticsSources).default("meta-train"),
  /** A meta step every so many steps; the others train on all sources at once. */
  every: z.int().positive().default(1),
  /** Share of the run that trains as erm does before; the memory starts after it. */
  from: z.number().min(0).lt(1).default(0),
};

/** How the memory starts: from features of training images; not used where `model.weights` brings the rows. */
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
  z.strictObject({
    name: z.literal("pin-memory"),
    ...meta,
    /** Parameters of the feature that is written before the meta-test pass: "after" the inner step, or "before" it, which is cheaper. */
    writeFeature: z.enum(writeFeatures).default("after"),
    memoryStart: start,
  }),
  z.strictObject({
    name: z.literal("custom"),
    /** A method of a program's own, by the name that it bears. */
    as: z.string().min(1),
    /** Where the method has a memory. */
    memoryStart: memoryStartSchema.optional(),
    /** Where the method takes inner steps; as that of the others where it splits the domains and none is given. */
    innerRate: innerRateSchema.optional(),
    /** Hyperparameters of the method's own, which its factory is handed; kept, compared and shown as the others are. */
    options: z.record(z.string(), z.json()).optional(),
  }),
]);

export type MethodConfig = z.output<typeof methodSchema>;

/** What a method is called: a program's own by the name that it bears. */
export const methodName = (config: MethodConfig): string =>
  config.name === "custom" ? config.as : config.name;

/** Hyperparameters of a program's own method, as JSON. */
export type MethodOptions = Readonly<Record<string, z.core.util.JSONType>>;

/**
 * Makes a method that a recipe does not know, with the recipe's `method.options`. The network of the context is freed when the
 * training ends; `openRun` opens it again.
 */
export type MethodFactory = (context: PassContext, options: MethodOptions) => Method;

const registered = new Registry<MethodFactory>("method", "registerMethod", {}, "pinmem/training");

/**
 * Adds a method by the name that recipes call it by, `{ name: "custom", as: NAME }`: whoever trains by such a recipe, or goes on with its run,
 * needs no other program then. For the command line, in a file that does nothing else: `NODE_OPTIONS="--import ./FILE.mjs" npx pinmem train …`.
 * @throws RangeError where the name is taken, or is none that a recipe could hold
 */
export const registerMethod = (name: string, create: MethodFactory): void => registered.add(name, create);

/**
 * @param given where the recipe leaves the method to the program
 * @throws Error where recipe and program do not agree who has the method
 */
export function createMethod(config: MethodConfig, context: PassContext, given?: MethodFactory): Method {
  if (given && config.name !== "custom") {
    throw new Error(
      `train was given a method, but the recipe's is "${config.name}"; let it be { name: "custom", as: NAME } there`,
    );
  }
  switch (config.name) {
    case "custom":
      return givenMethod(config, context, given);
    case "erm":
      return new Erm(context);
    case "mldg": {
      const { order, statistics } = config;
      return new Mldg(context, { order, statistics });
    }
    case "memory-erm":
      return new MemoryErm(context);
    case "pin-memory": {
      const { order, statistics, writeFeature } = config;
      return new PinMemory(context, { order, statistics, writeFeature });
    }
  }
}

function givenMethod(
  { as: name, options = {} }: Extract<MethodConfig, { name: "custom" }>,
  context: PassContext,
  given: MethodFactory | undefined,
): Method {
  const create = given ?? registered.find(name);
  if (!create) {
    throw new OwnPartError(
      `the method "${name}" is that of a program, not of pinmem; train, and go on, with that program: ${registered.remedy(name)}`,
    );
  }
  const method = create(context, options);
  if (method.name === name) return method;
  throw new Error(`the recipe's method is "${name}", but the one that train was given is "${method.name}"`);
}

/** Whether a method reads and writes a memory. */
export const usesMemory = (
  config: MethodConfig,
): config is MethodConfig & { memoryStart: MemoryStartConfig } =>
  "memoryStart" in config && config.memoryStart !== undefined;

/** When a method takes its own steps; undefined for methods all of whose steps are alike. */
export const metaSchedule = (config: MethodConfig): MetaSchedule | undefined =>
  "every" in config ? { every: config.every, from: config.from } : undefined;

/** Whether the outer gradient of a method flows through its inner step. */
export const isSecondOrder = (config: MethodConfig): boolean =>
  "order" in config && config.order === "second";

/** Whether a method takes an inner step on some of its source domains, to meet the others as unseen. */
export const splitsDomains = (config: MethodConfig): config is MethodConfig & { innerRate: InnerRate } =>
  "innerRate" in config && config.innerRate !== undefined;

/** Rates of the inner step of a method: those of its recipe, or the usual ones where a program's own splits the domains. */
export const innerRateOf = (config: MethodConfig, { splitsDomains: splits }: Method): InnerRate | null =>
  splitsDomains(config) ? config.innerRate : splits ? usualInnerRate : null;
