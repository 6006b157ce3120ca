// How far an evaluation is, in a file beside its result to be: the next image and the counts of every domain that was begun.
// Taken up only by the evaluation that saved it: a key covers everything that the figures depend on.

import { createHash } from "node:crypto";
import { existsSync, rmSync, statSync } from "node:fs";
import { resolve } from "node:path";
import { tallySchema } from "@pinmem/core/formats";
import { z } from "zod";
import { writeWhole } from "../files/atomic-write.js";
import { readJsonFile } from "../files/json-file.js";
import { sampleName } from "../loading/open-sample.js";
import { alone, type World } from "../processes/world.js";
import type { OpenRun } from "../runs/open-run.js";
import type { EvaluateRunOptions } from "./evaluate-run-options.js";

const domainSchema = z.strictObject({ next: z.int().min(0), tally: tallySchema });
const schema = z.strictObject({
  key: z.string(),
  seconds: z.number().min(0),
  domains: z.array(domainSchema),
});

/** Bytes: it holds the counts of every domain. */
const LARGEST = 2 ** 29;

export type DomainProgress = z.output<typeof domainSchema>;

export class SavedProgress {
  /** One for each domain that was begun. */
  readonly domains: DomainProgress[];
  readonly #file: string | null;
  readonly #key: string;
  readonly #secondsBefore: number;
  readonly #start = performance.now();
  #saved = performance.now();

  /** @param file null: nothing is saved */
  constructor(file: string | null, evaluation: { run: OpenRun; options: EvaluateRunOptions }) {
    this.#file = file;
    this.#key = keyOf(evaluation);
    const found = file === null ? null : read(file, this.#key);
    this.domains = found?.domains ?? [];
    this.#secondsBefore = found?.seconds ?? 0;
  }

  /** Spent on the evaluation so far. */
  get seconds(): number {
    return this.#secondsBefore + (performance.now() - this.#start) / 1000;
  }

  get secondsSinceSaving(): number {
    return (performance.now() - this.#saved) / 1000;
  }

  async save(): Promise<void> {
    this.#saved = performance.now();
    if (this.#file === null) return;
    const content = { key: this.#key, seconds: this.seconds, domains: this.domains };
    await writeWhole(this.#file, JSON.stringify(content));
  }
}

function keyOf({ run, options }: { run: OpenRun; options: EvaluateRunOptions }): string {
  const { protocol, domains, device = "cpu", batch = 1, dilation = null, cohesion = false, shard } = options;
  const { maxPixels = null, world = alone } = options;
  const { size, mtimeMs } = statSync(run.file);
  const weights = [resolve(run.file), size, mtimeMs];
  const sets = domains.map(({ name, dataset: { samples, decoding } }) => [
    name,
    decoding,
    samples.map(sampleName),
  ]);
  // What a calibration decides may have changed meanwhile.
  const rule = run.auto?.rule ?? run.placeWeight;
  const vote = run.vote === "auto" ? (run.network.memory?.voteWeight ?? null) : run.vote;
  const all = {
    protocol,
    weights,
    rule,
    vote,
    ...(run.adjustedBy > 0 && { adjustedBy: run.adjustedBy }),
    sets,
    device,
    batch,
    dilation,
    cohesion,
    maxPixels,
    shard: shard ?? null,
    ...(world.size > 1 && { rank: world.rank, ranks: world.size }),
  };
  return createHash("sha256").update(JSON.stringify(all)).digest("hex");
}

/** What was saved of this same evaluation; null where there is nothing, or something else. */
function read(file: string, key: string): z.output<typeof schema> | null {
  if (!existsSync(file)) return null;
  try {
    const saved = schema.parse(readJsonFile(file, LARGEST));
    return saved.key === key ? saved : null;
  } catch {
    return null;
  }
}

/** The file of this process among several. */
export const progressFileOf = (file: string, { rank, size }: World): string =>
  size === 1 ? file : file.replace(/(\.progress)?$/, `-rank-${rank}-of-${size}$1`);

/** Forgets the progress of an evaluation whose result is saved. */
export const removeProgress = (file: string, world: World = alone): void =>
  rmSync(progressFileOf(file, world), { force: true });
