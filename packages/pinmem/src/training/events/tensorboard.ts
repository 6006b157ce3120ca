// Events for TensorBoard: scalars of every step, pictures and the memory's cosine matrix. One file for each time a run is
// started or taken up again, in the run's own folder.

import { closeSync, fsyncSync, openSync, writeSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import type { EventSink, StepEvent, TrainingEvent } from "@pinmem/core/formats";
import { makeFolder } from "../../files/output-folder.js";
import { writing } from "../../files/write-error.js";
import { libvips } from "../../images/libvips.js";
import { drawMatrix } from "./draw-matrix.js";
import { type SummaryValue, sessionRecord, summaryRecord, versionRecord } from "./event-file.js";

interface Picture {
  readonly width: number;
  readonly height: number;
  readonly pixels: Uint8Array;
}

/** Writes events as TensorBoard reads them, into a new event file in a folder; no library of TensorBoard's is needed. */
export class TensorBoard implements EventSink {
  readonly #path: string;
  readonly #descriptor: number;

  constructor(folder: string) {
    makeFolder(folder);
    const seconds = Date.now() / 1000;
    // Names sort by time: TensorBoard reads the files of a folder in the order of their names.
    const name = `events.out.tfevents.${seconds.toFixed(3)}.${hostname()}.${process.pid}`;
    this.#path = join(folder, name);
    this.#descriptor = writing(this.#path, () => openSync(this.#path, "wx"));
    this.#write(versionRecord(seconds));
  }

  async write(event: TrainingEvent): Promise<void> {
    const seconds = Date.now() / 1000;
    if (event.event === "start") {
      this.#write(sessionRecord(seconds, event.step + 1));
    } else if (event.event === "memory" || event.event === "picture") {
      const [tag, picture] =
        event.event === "memory"
          ? ["memory/cosine between classes", drawMatrix(event.cosine)]
          : [event.name, event];
      this.#write(summaryRecord(seconds, event.step, [{ tag, image: await encode(picture) }]));
    } else {
      const values = scalars(event);
      if (values.length > 0) this.#write(summaryRecord(seconds, event.step, values));
    }
  }

  flush(): void {
    fsyncSync(this.#descriptor);
  }

  close(): void {
    closeSync(this.#descriptor);
  }

  #write(bytes: Uint8Array): void {
    writing(this.#path, () => {
      for (let done = 0; done < bytes.length; ) done += writeSync(this.#descriptor, bytes, done);
    });
  }
}

function scalars(event: TrainingEvent): SummaryValue[] {
  if (event.event === "step") return stepScalars(event);
  if (event.event !== "evaluation" || event.meanIoU === null) return [];
  const average = event.weights ? " (average)" : "";
  return [{ tag: `mIoU/${event.role}/${event.domain}${average}`, scalar: event.meanIoU }];
}

function stepScalars({ losses, learningRate, innerRate, gradientNorm, timing }: StepEvent): SummaryValue[] {
  const terms = Object.entries(losses).flatMap(([pass, values]) =>
    Object.entries(values).map(([term, value]): [string, number] => [`loss/${pass}/${term}`, value]),
  );
  const others: [string, number | undefined][] = [
    ["rate/learning", learningRate],
    ["rate/inner", innerRate],
    ["gradient norm", gradientNorm],
    ["speed/images per second", timing.imagesPerSecond],
    ["speed/waiting for data, s", timing.dataSeconds],
    ["speed/peak memory, GiB", timing.peakMemory / 2 ** 30],
  ];
  return [...terms, ...others].flatMap(([tag, scalar]) => (scalar === undefined ? [] : [{ tag, scalar }]));
}

async function encode({ width, height, pixels }: Picture) {
  const sharp = await libvips();
  const png = await sharp(pixels, { raw: { width, height, channels: 3 } })
    .png()
    .toBuffer();
  return { width, height, png };
}
