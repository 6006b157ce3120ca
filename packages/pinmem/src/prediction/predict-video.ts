// A video through a trained network, frame by frame: the overlay as a video again, and the other outputs, where they are wanted,
// as a folder of numbered images. Videos and folders appear under their names when they are whole.

import { rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { DataError } from "../files/data-error.js";
import { makeFolder } from "../files/output-folder.js";
import type { OpenRun } from "../runs/open-run.js";
import { probeVideo, readFrames, VideoWriter } from "./ffmpeg.js";
import { classShares, type PredictedFile, type PredictFilesOptions, rounded } from "./file-results.js";
import type { Input } from "./inputs.js";
import { asOutputError } from "./output-error.js";
import { countClasses, drawOverlay, type OutputKind, writeOutput } from "./outputs.js";
import { predictImage } from "./predict-image.js";

/** The outputs of a video: a file for the overlay, a folder of frames for each other kind. */
export function videoOutputs(
  { name }: Input,
  { out, write, frames }: PredictFilesOptions,
): Partial<Record<OutputKind, string>> {
  const kinds = write.filter((kind) => kind === "overlay" || frames);
  return Object.fromEntries(
    kinds.map((kind) => [kind, join(out, kind, kind === "overlay" ? `${name}.mp4` : name)]),
  );
}

/** What was made of a video; null where the signal stopped it, and nothing is left of it then. */
export async function predictVideo(
  run: OpenRun,
  input: Input,
  options: PredictFilesOptions,
): Promise<PredictedFile | null> {
  const outputs = videoOutputs(input, options);
  if (Object.keys(outputs).length === 0) {
    throw new DataError(
      input.file,
      "is a video, of which only an overlay is written unless `frames` is given; add one of them",
    );
  }
  const { rate, frames: total } = await probeVideo(input.file);
  const writer = new OutputWriter(run, outputs, options, rate);
  const counts = new Float64Array(256);
  let [frames, pixels, seconds, width, height] = [0, 0, 0, 0, 0];
  try {
    for await (const image of readFrames(input.file, { ...options, rate })) {
      if (options.signal?.aborted) return null;
      ({ width, height } = image);
      if (frames === 0) options.onPicture?.({ input: input.file, width, height });
      const begun = performance.now();
      const prediction = await predictImage(run, image, options);
      seconds += (performance.now() - begun) / 1000;
      countClasses(prediction.trainIds).forEach((count, id) => {
        counts[id] = (counts[id] as number) + count;
      });
      pixels += width * height;
      await writer.write(image, prediction, ++frames);
      options.onFrame?.({ input: input.file, done: frames, total });
    }
    if (options.signal?.aborted) return null;
    await writer.finish();
  } finally {
    await writer.discard();
  }
  const classes = classShares(counts, pixels, run.space);
  return { input: input.file, outputs, width, height, frames, seconds: rounded(seconds), classes };
}

type Frame = Parameters<typeof drawOverlay>[0];

/** The outputs of one video, under temporary names until all are whole. */
class OutputWriter {
  readonly #run: OpenRun;
  readonly #outputs: [OutputKind, string][];
  readonly #options: PredictFilesOptions;
  readonly #rate: string;
  #video: VideoWriter | undefined;

  constructor(
    run: OpenRun,
    outputs: Partial<Record<OutputKind, string>>,
    options: PredictFilesOptions,
    rate: string,
  ) {
    this.#run = run;
    this.#outputs = Object.entries(outputs) as [OutputKind, string][];
    this.#options = options;
    this.#rate = rate;
  }

  async write(
    image: Frame,
    prediction: Awaited<ReturnType<typeof predictImage>>,
    number: number,
  ): Promise<void> {
    const options = { ...this.#options, space: this.#run.space };
    for (const [kind, path] of this.#outputs) {
      if (kind === "overlay") {
        // Whose classes come and go would change its height.
        const picture = await drawOverlay(image, prediction.trainIds, { ...options, legend: false });
        this.#video ??= await this.#openVideo(path, picture);
        await this.#video.write(picture);
      } else {
        const file = join(temporary(path), `${`${number}`.padStart(6, "0")}.png`);
        await explained(path, writeOutput(file, kind, image, prediction, options));
      }
    }
  }

  async #openVideo(path: string, size: Frame): Promise<VideoWriter> {
    makeFolder(dirname(path));
    return new VideoWriter(temporary(path), size, this.#rate, path);
  }

  async finish(): Promise<void> {
    await this.#video?.finish();
    for (const [kind, path] of this.#outputs) {
      if (kind !== "overlay") await rm(path, { recursive: true, force: true });
      await explained(path, rename(temporary(path), path));
    }
  }

  /** Removes what is not finished. */
  async discard(): Promise<void> {
    this.#video?.abort();
    for (const [, path] of this.#outputs) await rm(temporary(path), { recursive: true, force: true });
  }
}

const temporary = (path: string) => `${path}.${process.pid}.tmp`;

const explained = <T>(path: string, work: Promise<T>): Promise<T> =>
  work.catch((error: unknown) => {
    throw asOutputError(path, error) ?? error;
  });
