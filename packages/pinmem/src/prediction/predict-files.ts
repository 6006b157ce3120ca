// Many files through a trained network: images decoded ahead, outputs written behind, memory bounded however many there are.
// Several processes take every so many-th file each.
// A file that cannot be used costs itself alone; a disk that cannot be written to ends all.

import { stat } from "node:fs/promises";
import type { RgbImage } from "@pinmem/core";
import { DataError } from "../files/data-error.js";
import { requireWritable } from "../files/output-folder.js";
import { digestOf, sha256Of } from "../files/sha256.js";
import { alone, ownSamples, type World } from "../processes/world.js";
import type { OpenRun } from "../runs/open-run.js";
import { type Decoded, decodeAhead } from "./decode-ahead.js";
import type {
  FailedFile,
  FileResult,
  Files,
  PredictedFile,
  PredictFilesOptions,
  PredictionSummary,
  SkippedFile,
} from "./file-results.js";
import { classShares, rounded } from "./file-results.js";
import type { Input } from "./inputs.js";
import { asOutputError, OutputError } from "./output-error.js";
import { checkSize, countClasses, type OutputKind, outputFile, writeOutput } from "./outputs.js";
import { predictImage } from "./predict-image.js";
import { predictVideo, videoOutputs } from "./predict-video.js";
import { WriteBehind } from "./write-behind.js";

/** @throws OutputError where the folder cannot be written to, or no longer */
export async function predictFiles(
  run: OpenRun,
  inputs: readonly Input[],
  options: PredictFilesOptions,
): Promise<PredictionSummary> {
  const { world = alone, signal, onResult = () => {}, onDone } = options;
  if (world.size > 1) await requireSamePrediction(world, run, inputs, options);
  const isFirst = world.rank === 0;
  const told: FileResult[] = [];
  const texts = await world.apart(
    `prediction with ${run.path}`,
    async (piecework) => {
      let done = 0;
      const summary = await predictShare(run, ownSamples(world, inputs), {
        ...options,
        signal: piecework.signal,
        onResult: (result) => {
          onResult(result);
          if (!isFirst) told.push(result);
          piecework.tell(++done);
        },
      });
      return JSON.stringify({ summary, told });
    },
    { signal, onTotal: onDone },
  );
  const all = texts.map(
    (text) => JSON.parse(text) as { summary: PredictionSummary; told: readonly FileResult[] },
  );
  if (isFirst) for (const { told: others } of all) for (const result of others) onResult(result);
  return addedUp(
    all.map(({ summary }) => summary),
    inputs,
  );
}

/** The summaries of all processes in one. */
function addedUp(summaries: readonly PredictionSummary[], inputs: readonly Input[]): PredictionSummary {
  const sum = (of: (one: PredictionSummary) => number) =>
    summaries.reduce((total, one) => total + of(one), 0);
  const place = new Map(inputs.map(({ file }, at) => [file, at]));
  const failed = summaries.flatMap((one) => one.failed);
  if (summaries.length > 1) failed.sort((a, b) => (place.get(a.input) ?? 0) - (place.get(b.input) ?? 0));
  return {
    predicted: sum(({ predicted }) => predicted),
    skipped: sum(({ skipped }) => skipped),
    failed,
    left: sum(({ left }) => left),
  };
}

/** @throws Error on all processes, with the values of all, where one is about to do something else */
async function requireSamePrediction(
  world: World,
  run: OpenRun,
  inputs: readonly Input[],
  { out, write }: PredictFilesOptions,
): Promise<void> {
  await world.agree("what they predict", {
    weights: (await sha256Of(run.file)).slice(0, 12),
    inputs: `${inputs.length}, ${digestOf(inputs.map(({ name }) => name))}`,
    out,
    write: write.join(","),
  });
}

async function predictShare(
  run: OpenRun,
  inputs: readonly Input[],
  options: PredictFilesOptions,
): Promise<PredictionSummary> {
  checkWritable(options.out);
  const tally = new Tally(options.onResult);
  const todo = options.skipExisting ? await withoutExisting(inputs, options, tally) : inputs;
  const behind = new WriteBehind();
  try {
    for await (const decoded of decodeAhead(todo, options)) {
      if (options.signal?.aborted) break;
      await predictOne(run, decoded, options, tally, behind);
    }
  } catch (error) {
    await behind.flush().catch(() => {});
    throw error;
  }
  await behind.flush();
  return tally.summary(inputs.length);
}

async function predictOne(
  run: OpenRun,
  { input, image, error }: Decoded,
  options: PredictFilesOptions,
  tally: Tally,
  behind: WriteBehind,
): Promise<void> {
  try {
    if (error !== null) throw error;
    if (image) return await predictPicture(run, input, image, options, tally, behind);
    const result = await predictVideo(run, input, options);
    if (result) tally.add(result);
  } catch (failure) {
    tally.fail(input, failure);
  }
}

async function predictPicture(
  run: OpenRun,
  input: Input,
  image: RgbImage,
  options: PredictFilesOptions,
  tally: Tally,
  behind: WriteBehind,
): Promise<void> {
  const { width, height } = image;
  const { space } = run;
  checkSize(input.file, image, options.write);
  options.onPicture?.({ input: input.file, width, height });
  const begun = performance.now();
  const prediction = await predictImage(run, image, options);
  const seconds = (performance.now() - begun) / 1000;
  const classes = classShares(countClasses(prediction.trainIds), width * height, space);
  const outputs = outputsOf(input, options);
  await behind.add(width * height * 8, async () => {
    try {
      for (const [kind, file] of Object.entries(outputs) as [OutputKind, string][]) {
        await writeOutput(file, kind, image, prediction, { ...options, space }).catch((error: unknown) => {
          throw asOutputError(file, error) ?? error;
        });
      }
      tally.add({ input: input.file, outputs, width, height, seconds: rounded(seconds), classes });
    } catch (failure) {
      tally.fail(input, failure);
    }
  });
}

const outputsOf = (input: Input, options: PredictFilesOptions): Files =>
  input.kind === "video"
    ? videoOutputs(input, options)
    : Object.fromEntries(options.write.map((kind) => [kind, outputFile(options.out, kind, input.name)]));

/** Counts what became of the inputs, and tells it. */
class Tally {
  #predicted = 0;
  #skipped = 0;
  readonly #failed: FailedFile[] = [];
  readonly #tell: (result: FileResult) => void;

  constructor(tell: (result: FileResult) => void = () => {}) {
    this.#tell = tell;
  }

  add(result: PredictedFile | SkippedFile): void {
    if ("skipped" in result) this.#skipped++;
    else this.#predicted++;
    this.#tell(result);
  }

  /** Notes a failure of this input alone; one that others will meet too is thrown again, and so are our own mistakes. */
  fail({ file }: Input, failure: unknown): void {
    if (
      failure instanceof OutputError ||
      !(failure instanceof Error) ||
      failure.message.startsWith("internal:")
    ) {
      throw failure;
    }
    const error = failure instanceof DataError && failure.file === file ? failure.problem : failure.message;
    const result = { input: file, error };
    this.#failed.push(result);
    this.#tell(result);
  }

  summary(inputs: number): PredictionSummary {
    const [predicted, skipped, failed] = [this.#predicted, this.#skipped, this.#failed];
    return { predicted, skipped, failed, left: inputs - predicted - skipped - failed.length };
  }
}

async function withoutExisting(
  inputs: readonly Input[],
  options: PredictFilesOptions,
  tally: Tally,
): Promise<Input[]> {
  const todo: Input[] = [];
  for (const input of inputs) {
    const outputs = outputsOf(input, options);
    const files = Object.values(outputs);
    const found = await Promise.all(files.map((file) => stat(file).catch(() => null)));
    if (files.length > 0 && found.every(Boolean)) tally.add({ input: input.file, outputs, skipped: true });
    else todo.push(input);
  }
  return todo;
}

/** Before hours are spent on what cannot be kept. */
function checkWritable(folder: string): void {
  try {
    requireWritable(folder);
  } catch (error) {
    throw asOutputError(folder, error) ?? error;
  }
}
