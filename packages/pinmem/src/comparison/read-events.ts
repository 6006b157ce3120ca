// The events of a run, as curves and scores. A log may be long, still growing or damaged: it is read line by line, what cannot
// be read is counted, and only the figures that are drawn are kept. However long it is, and whatever a stranger wrote into it, what is
// kept has bounds far above those of any training.

import { existsSync } from "node:fs";
import { z } from "zod";
import { linesOf } from "../files/lines.js";
import { sizeOfFile } from "../files/regular-file.js";
import type { Curve, DomainScores, TrainingLog } from "./run-record.js";
import { meanOf } from "./statistics.js";
import { Thinned } from "./thinned.js";

/** JSON has no NaN: a loss that was none is null. */
const figure = z.number().nullable();
const step = z.int().min(0);
const share = z.number().min(0).max(1).nullable();

/** Of a class, in characters: the chart of the memory says each some hundred times. */
const LONGEST_NAME = 200;

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
    classes: z.array(z.string().max(LONGEST_NAME)).max(255),
    cosine: z.array(z.array(z.number()).max(255)).max(255),
  }),
]);

const known = new Set(["step", "evaluation", "memory"]);
/** Longest line that is looked at, in characters; an evaluation of 255 classes has about 10,000. */
const LONGEST = 2 ** 20;
/** Curves of losses, all passes together; there are about twenty. */
const MOST_CURVES = 256;
/** Characters of all evaluations together, of which nothing is left out: some hundred thousand of them. */
const MOST_SCORES = 2 ** 27;

type Growing = Thinned<readonly [number, number | null]>;

/** The log in `file`, or null where there is none. @throws DataError where it is no file */
export async function readEvents(file: string): Promise<TrainingLog | null> {
  if (!existsSync(file)) return null;
  sizeOfFile(file);
  const losses = new Losses();
  const learningRate: Growing = new Thinned();
  const evaluations: { step: number; domains: DomainScores[] }[] = [];
  const imagesPerSecond = new Thinned<number>();
  let [lastStep, seconds, damaged, scores] = [0, 0, 0, 0];
  let memory: TrainingLog["memory"] = null;
  let peakMemory: number | null = null;

  for await (const line of linesOf(file, LONGEST)) {
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
      scores += line.length;
      if (scores > MOST_SCORES) {
        damaged++;
        continue;
      }
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
      if (!losses.take(event)) damaged++;
      learningRate.push([event.step, event.learningRate]);
      seconds += event.timing?.seconds ?? 0;
      if (event.timing?.imagesPerSecond) imagesPerSecond.push(event.timing.imagesPerSecond);
      if (event.timing?.peakMemory) peakMemory = Math.max(peakMemory ?? 0, event.timing.peakMemory);
    }
  }
  const rates = [...imagesPerSecond.items].sort((a, b) => a - b);
  return {
    lastStep,
    losses: losses.curves(),
    learningRate: learningRate.items,
    evaluations,
    memory,
    seconds,
    imagesPerSecond: rates[Math.floor(rates.length / 2)] ?? null,
    peakMemory,
    damaged,
  };
}

/** The curves of losses, by pass and term. */
class Losses {
  readonly #passes = new Map<string, Map<string, Growing>>();
  #count = 0;

  /** False where it has more terms than a log may have: those that are new are left out. */
  take({
    step,
    losses,
  }: {
    readonly step: number;
    readonly losses: Record<string, Record<string, number | null>>;
  }): boolean {
    let isAll = true;
    for (const [pass, terms] of Object.entries(losses)) {
      for (const [term, value] of Object.entries(terms)) {
        const curve = this.#passes.get(pass)?.get(term) ?? this.#begin(pass, term);
        if (curve) curve.push([step, value]);
        else isAll = false;
      }
    }
    return isAll;
  }

  curves(): TrainingLog["losses"] {
    // Passes may be called as what every object has, such as "constructor".
    const object = <T>(entries: Iterable<readonly [string, T]>): Record<string, T> =>
      Object.assign(Object.create(null), Object.fromEntries(entries));
    return object(
      [...this.#passes].map(
        ([pass, terms]) =>
          [pass, object([...terms].map(([term, { items }]): [string, Curve] => [term, items]))] as const,
      ),
    );
  }

  #begin(pass: string, term: string): Growing | null {
    if (this.#count >= MOST_CURVES) return null;
    this.#count++;
    const ofPass = this.#passes.get(pass) ?? new Map<string, Growing>();
    this.#passes.set(pass, ofPass);
    const curve: Growing = new Thinned();
    ofPass.set(term, curve);
    return curve;
  }
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
