// What `pinmem evaluate` does: opens each run, evaluates it on the domains, saves its result, and prints all of them.

import { join } from "node:path";
import { duration } from "@pinmem/core";
import type { DomainResult, EvaluationResult, Protocol } from "@pinmem/core/formats";
import { counted } from "../comparison/format.js";
import type { EvaluationProgress } from "../evaluation/evaluate-run-options.js";
import type { OpenedDomain } from "../evaluation/open-domains.js";
import { requireWritableFile } from "../files/output-folder.js";
import { StatusLine } from "../files/status-line.js";
import { visible } from "../files/visible.js";
import type { Place } from "../inference/place.js";
import type { World } from "../processes/world.js";
import type { EvaluateFlags } from "./evaluate-flags.js";
import { inFlags } from "./in-flags.js";
import { INTERRUPTED, interruption } from "./interruption.js";
import { openNormalized } from "./normalize-option.js";
import { printResults } from "./print-results.js";
import { resultName } from "./result-name.js";
import { folderOfRun } from "./running.js";

interface EvaluateHow {
  readonly protocol: Protocol;
  readonly place: Place | null;
  /** The processes that evaluate together; the first one prints and writes. */
  readonly world: World;
}

/** @returns the exit code */
export async function evaluateRuns(
  paths: readonly string[],
  flags: EvaluateFlags,
  how: EvaluateHow,
): Promise<number> {
  const { EvaluationInterrupted } = await import("../evaluation/evaluate-run.js");
  const { weightsFile } = await import("../runs/open-run.js");
  for (const path of paths) weightsFile(path, flags.which); // A name that is mistyped is told before the first has been scored.
  const isFirst = how.world.rank === 0;
  using stop = interruption("image");
  const results: EvaluationResult[] = [];
  try {
    for (const path of paths) results.push(await evaluateOne(path, flags, how, stop.signal));
  } catch (error) {
    if (!(error instanceof EvaluationInterrupted)) throw error;
    if (isFirst) console.error(`${error.message}; give the same command again to go on`);
    return INTERRUPTED;
  }
  if (isFirst) await printResults(results, { json: flags.json ?? false, classes: flags.classes ?? false });
  const skipped = results.flatMap(({ domains }) => domains.flatMap((domain) => domain.skipped));
  if (skipped.length === 0) return 0;
  if (isFirst)
    console.error(`${skipped.length} ${skipped.length === 1 ? "file was" : "files were"} left out`);
  return 1;
}

async function evaluateOne(
  path: string,
  flags: EvaluateFlags,
  { protocol, place, world }: EvaluateHow,
  signal: AbortSignal,
): Promise<EvaluationResult> {
  const [{ evaluateRun }, { openDomains, readDataFile }, { writeResult }] = await Promise.all([
    import("../evaluation/evaluate-run.js"),
    import("../evaluation/open-domains.js"),
    import("../evaluation/result-file.js"),
  ]);
  const { removeProgress } = await import("../evaluation/saved-progress.js");
  const [{ useThreads }, { deviceBeside }] = await Promise.all([
    import("../runs/environment.js"),
    import("../runs/recipe-for-all.js"),
  ]);
  if (flags.threads !== undefined) useThreads(flags.threads);
  const isFirst = world.rank === 0;
  const device = deviceBeside(flags.device, world.localRank) as "cpu";
  const { normalize, vote, logitAdjustment } = protocol;
  const options = { device, vote, logitAdjustment, ...(flags.which && { which: flags.which }) } as const;
  using run = await openNormalized(path, { normalize, place }, options);
  const asked = flags.on ?? ["recipe"];
  const domains = await openDomains(asked, run, {
    ...(flags.data !== undefined && { entries: readDataFile(flags.data) }),
    folder: process.env.PINMEM_DATA,
    limit: flags.limit,
  });
  if (isFirst) for (const note of notesOn(path, domains)) console.error(visible(note));
  const file =
    flags.out ??
    join(folderOfRun(path), "evaluations", resultName({ protocol, flags, asked, file: run.file }));
  if (isFirst) requireWritableFile(file);
  const progressFile = `${file.replace(/\.json$/, "")}.progress`;
  const line = new StatusLine();
  try {
    const result = await evaluateRun(run, {
      protocol,
      domains,
      device,
      batch: flags.batch,
      dilation: flags.boundary ?? null,
      cohesion: flags.cohesion ?? false,
      maxPixels: flags.maxPixels,
      shard: flags.shard ?? null,
      world,
      progressFile,
      signal,
      ...(isFirst && { onProgress: showing(line, path) }),
    });
    if (isFirst) await writeResult(file, result);
    removeProgress(progressFile, world);
    line.clear();
    if (!isFirst) return result;
    for (const { domain, file: bad, problem } of skippedOf(result.domains))
      console.error(visible(`left out of ${domain}: ${bad}: ${inFlags(problem)}`));
    console.error(`written to ${file}`);
    return result;
  } finally {
    line.clear();
  }
}

/** What a reader of the scores has to know about the pictures that they are of. */
const notesOn = (path: string, domains: readonly OpenedDomain[]): string[] =>
  domains.flatMap(({ name, dataset: { samples, unlabeled = 0 }, fitted }) => [
    ...(unlabeled > 0 ? [`left out of ${name}: ${counted(unlabeled, "picture")} without a label`] : []),
    ...(fitted > 0
      ? [
          `${path} was adapted with the labels of ${fitted} of the ${counted(samples.length, "picture")} of ${name}: it has seen these, so that ${name} does not count as unseen`,
        ]
      : []),
  ]);

const skippedOf = (domains: readonly DomainResult[]) =>
  domains.flatMap(({ name, skipped }) => skipped.map((one) => ({ domain: name, ...one })));

/** Shows how far it is, and how long it will take. */
function showing(line: StatusLine, what: string): (progress: EvaluationProgress) => void {
  const start = performance.now();
  return ({ domain, done, total, here }) => {
    const rate = here / ((performance.now() - start) / 1000);
    const left = duration((total - done) / rate);
    line.show(`${what}: ${domain}, image ${done} of ${total}, ${rate.toFixed(1)}/s, ${left} left`);
  };
}
