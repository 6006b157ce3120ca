// Takes crops from batches and writes them, two at a time: while libvips decodes one image in a thread of its own, the
// other is resized here. Shared by worker.ts and by loaders without threads.

import { DataError } from "../files/data-error.js";
import {
  announceTrouble,
  type BatchReport,
  type BatchRequest,
  batchViews,
  type Failure,
  finishCrop,
  takeCrop,
  type WorkerStart,
} from "./loader-protocol.js";
import { SampleReader, type Skipped } from "./sample-reader.js";

const AT_ONCE = 2;

export class CropWorker {
  readonly #reader: SampleReader;
  readonly #pixels: number;
  readonly #report: (report: BatchReport) => void;

  constructor({ reader, size }: WorkerStart, report: (report: BatchReport) => void) {
    this.#reader = new SampleReader(reader);
    this.#pixels = size.width * size.height;
    this.#report = report;
  }

  /** Works until no crop of the batch is left to take. */
  async work(request: BatchRequest): Promise<void> {
    await Promise.all(Array.from({ length: AT_ONCE }, () => this.#workAlone(request)));
  }

  close(): void {
    this.#reader.close();
  }

  async #workAlone({ id, memory, choices }: BatchRequest): Promise<void> {
    const { image, label } = batchViews(memory, choices.length, this.#pixels);
    for (;;) {
      const crop = takeCrop(memory, id, choices.length);
      const choice = crop === undefined ? undefined : choices[crop];
      if (crop === undefined || choice === undefined) return;
      const target = {
        image: image.subarray(crop * this.#pixels * 3, (crop + 1) * this.#pixels * 3),
        label: label.subarray(crop * this.#pixels, (crop + 1) * this.#pixels),
      };
      let trouble: { skipped: readonly Skipped[]; failure?: Failure } | undefined;
      try {
        const skipped = await this.#reader.read(choice, target);
        if (skipped.length > 0) trouble = { skipped };
      } catch (error) {
        trouble = { skipped: [], failure: describe(error) };
      }
      if (trouble) {
        announceTrouble(memory);
        this.#report({ type: "trouble", id, ...trouble });
      }
      if (finishCrop(memory, choices.length)) this.#report({ type: "done", id });
    }
  }
}

function describe(error: unknown): Failure {
  if (error instanceof DataError) return { message: error.message, file: error.file, problem: error.problem };
  return { message: error instanceof Error ? (error.stack ?? error.message) : String(error) };
}
