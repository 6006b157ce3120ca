// The events of a run, as curves and scores. A log may be long, still growing or damaged: it is read line by line, what cannot
// be read is counted, and only the figures that are drawn are kept.

import { createReadStream, existsSync } from "node:fs";
import { createInterface } from "node:readline";
import { z } from "zod";
import type { Curve, DomainScores, TrainingLog } from "./run-record.js";
import { meanOf } from "./statistics.js";

/** JSON has no NaN: a loss that was none is null. */
const figure = z.number().nullable();
const step = z.int().min(0);
const share = z.number().min(0).max(1).nullable();

const eventSchema = z.discriminatedUnion("event", [
  z.object({
    event: z.literal("step"),
    step,
    losses: z.record(z.string(), z.record(z.string(), figure)),
    learningRate: figure,
    timing: z.object({ seconds: figure, imagesPerSecond: figure, peakMemory: figure }).partial().optional(),
  }),
  z.object({
    event: z.literal("evaluation"),
    step,
    domain: z.string(),
    role: z.enum(["source", "target"]),
    weights: z.literal("average").optional(),
    meanIoU: share,
    classIoU: z.record(z.string(), share),
    images: z.int().min(0),
  }),
  z.object({
    event: z.literal("memory"),
    step,
    classes: z.array(z.string()).max(255),
    cosine: z.array(z.array(z.number()).max(255)).max(255),
  }),
]);

const known = new Set(["step", "evaluation", "memory"]);
/** Longest line that is looked at, in characters; an evaluation of 255 classes has about 10,000. */
const LONGEST = 2 ** 20;

type Growing = [number, number | null][];

/** The log in `file`, or null where there is none. */
export async function readEvents(file: string): Promise<TrainingLog | null> {
  if (!existsSync(file)) return null;
  // Passes may be called as what every object has, such as "constructor".
  const losses = Object.create(null) as Record<string, Record<string, Growing>>;
  const learningRate: Growing = [];
  const evaluations: { step: number; domains: DomainScores[] }[] = [];
  const rates: number[] = [];
  let [lastStep, seconds, damaged] = [0, 0, 0];
  let memory: TrainingLog["memory"] = null;
  let peakMemory: number | null = null;

  for await (const line of createInterface({ input: createReadStream(file, "utf8") })) {
    const event = readEvent(line);
    if (event === null) continue;
    if (event === "damaged") {
      damaged++;
      continue;
    }
    lastStep = Math.max(lastStep, event.step);
    if (event.event === "memory") {
      memory = { step: event.step, classes: event.classes, cosine: event.cosine };
    } else if (event.event === "evaluation") {
      if (event.weights) continue;
      if (evaluations.at(-1)?.step !== event.step) evaluations.push({ step: event.step, domains: [] });
      evaluations.at(-1)?.domains.push({
        name: event.domain,
        dataset: event.domain,
        role: event.role,
        images: event.images,
        meanIoU: event.meanIoU,
        classIoU: event.classIoU,
        pixelAccuracy: null,
        meanAccuracy: null,
        boundaryIoU: null,
        cohesionLoss: null,
      });
    } else {
      for (const [pass, terms] of Object.entries(event.losses)) {
        for (const [term, value] of Object.entries(terms)) {
          losses[pass] ??= Object.create(null) as Record<string, Growing>;
          const ofPass = losses[pass];
          ofPass[term] ??= [];
          ofPass[term].push([event.step, value]);
        }
      }
      learningRate.push([event.step, event.learningRate]);
      seconds += event.timing?.seconds ?? 0;
      if (event.timing?.imagesPerSecond) rates.push(event.timing.imagesPerSecond);
      if (event.timing?.peakMemory) peakMemory = Math.max(peakMemory ?? 0, event.timing.peakMemory);
    }
  }
  rates.sort((a, b) => a - b);
  return {
    lastStep,
    losses: losses as Readonly<Record<string, Readonly<Record<string, Curve>>>>,
    learningRate,
    evaluations,
    memory,
    seconds,
    imagesPerSecond: rates[Math.floor(rates.length / 2)] ?? null,
    peakMemory,
    damaged,
  };
}

function readEvent(line: string): z.output<typeof eventSchema> | "damaged" | null {
  if (line.trim() === "") return null;
  if (line.length > LONGEST) return "damaged";
  try {
    const value = JSON.parse(line) as { event?: unknown };
    if (typeof value.event === "string" && !known.has(value.event)) return null;
    return eventSchema.parse(value);
  } catch {
    return "damaged";
  }
}

/** Mean of the mean IoU over the domains of a role; null where there are none. */
export const scoreOf = (domains: readonly DomainScores[], role: DomainScores["role"]): number | null =>
  meanOf(
    domains.flatMap((domain) => (domain.role === role && domain.meanIoU !== null ? [domain.meanIoU] : [])),
  );
