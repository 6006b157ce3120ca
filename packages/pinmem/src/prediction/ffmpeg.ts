// Videos as frames and back, through the ffmpeg that is installed. Frames travel as portable pixmaps, which say their size, so
// that ffmpeg alone knows of rotation and pixel shapes. Nothing but the file that was named is opened, and no network.

import { type ChildProcessByStdio, spawn } from "node:child_process";
import type { Readable, Writable } from "node:stream";
import { MOST_PIXELS, type RgbImage, type Size } from "@pinmem/core";
import { DataError } from "../files/data-error.js";
import { requirePixels } from "../images/pixel-limit.js";
import { asOutputError, OutputError } from "./output-error.js";

export interface VideoFacts {
  /** Frames a second as a fraction, "30000/1001". */
  readonly rate: string;
  /** About so many; null where the file does not say. */
  readonly frames: number | null;
}

const onlyFiles = ["-protocol_whitelist", "file,pipe"];
/** Keeps names that look like options or protocols from being taken for such. */
const named = (file: string) => `file:${file}`;

/** @throws DataError where ffmpeg is missing or the file is no video */
export async function probeVideo(file: string): Promise<VideoFacts> {
  const entries = "stream=avg_frame_rate,r_frame_rate,nb_frames:format=duration";
  const wanted = ["-select_streams", "v:0", "-show_entries", entries, "-of", "json"];
  const child = start("ffprobe", ["-v", "error", ...onlyFiles, ...wanted, named(file)], file);
  child.process.stdin.end();
  let text = "";
  for await (const chunk of child.process.stdout) text += String(chunk);
  await child.finished(
    (problem) => new DataError(file, `is damaged, or no video that ffmpeg can read${problem}`),
  );
  const { streams = [], format = {} } = JSON.parse(text) as {
    streams?: { avg_frame_rate?: string; r_frame_rate?: string; nb_frames?: string }[];
    format?: { duration?: string };
  };
  const [stream] = streams;
  if (!stream) throw new DataError(file, "holds no video");
  const rate = [stream.avg_frame_rate, stream.r_frame_rate].find((text) => frameRate(text) > 0) ?? "25/1";
  const counted = Number(stream.nb_frames ?? Math.round(Number(format.duration) * frameRate(rate)));
  return { rate, frames: counted > 0 ? counted : null };
}

/** Of a fraction; 0 where it is none. */
function frameRate(rate = ""): number {
  const [, above = 0, below = 0] = /^(\d+)\/(\d+)$/.exec(rate) ?? [];
  const value = Number(above) / Number(below);
  return Number.isFinite(value) ? value : 0;
}

/**
 * The frames of a video, upright, at a constant rate. Ending the loop early ends ffmpeg.
 * @throws DataError where the video is damaged, or larger than the limit
 */
export async function* readFrames(
  file: string,
  { rate, maxPixels = MOST_PIXELS }: { rate: string; maxPixels?: number },
): AsyncGenerator<RgbImage, void, undefined> {
  const input = ["-nostdin", "-v", "error", "-xerror", ...onlyFiles, "-i", named(file)];
  const output = [
    "-map",
    "0:v:0",
    "-vf",
    `fps=${rate}`,
    "-pix_fmt",
    "rgb24",
    "-c:v",
    "ppm",
    "-f",
    "image2pipe",
    "pipe:1",
  ];
  const child = start("ffmpeg", [...input, ...output], file);
  child.process.stdin.end();
  const bytes = new ByteReader(child.process.stdout);
  let frames = 0;
  try {
    for (
      let frame = await readPixmap(bytes, file, maxPixels);
      frame;
      frame = await readPixmap(bytes, file, maxPixels)
    ) {
      frames++;
      yield frame;
    }
    await child.finished(
      (problem) => new DataError(file, `is damaged, or no video that ffmpeg can read${problem}`),
    );
    if (frames === 0) throw new DataError(file, "holds no frame of video");
  } finally {
    child.kill();
  }
}

async function readPixmap(bytes: ByteReader, file: string, maxPixels: number): Promise<RgbImage | undefined> {
  if ((await bytes.line()) !== "P6") return undefined; // What ails it, ffmpeg says when it ends.
  const [width = 0, height = 0] = ((await bytes.line()) ?? "").split(" ").map(Number);
  await bytes.line(); // the largest value, 255
  requirePixels(file, { width, height }, maxPixels);
  const pixels = new Uint8Array(width * height * 3);
  return (await bytes.fill(pixels)) ? { width, height, pixels } : undefined;
}

/** Takes lines and blocks from a stream of bytes, and no more than is asked for: ffmpeg waits. */
class ByteReader {
  readonly #chunks: AsyncIterator<Buffer>;
  #chunk: Buffer = Buffer.alloc(0);

  constructor(stream: Readable) {
    this.#chunks = stream[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  }

  /** Up to the next line's end; undefined at the end of the stream. */
  async line(): Promise<string | undefined> {
    let line = "";
    for (;;) {
      const end = this.#chunk.indexOf(10);
      line += this.#chunk.toString("latin1", 0, end < 0 ? this.#chunk.length : end);
      this.#chunk = this.#chunk.subarray(end < 0 ? this.#chunk.length : end + 1);
      if (end >= 0) return line;
      if (line.length > 100 || !(await this.#more())) return undefined;
    }
  }

  /** False where the stream ends before. */
  async fill(target: Uint8Array): Promise<boolean> {
    for (let at = 0; at < target.length; ) {
      if (this.#chunk.length === 0 && !(await this.#more())) return false;
      const part = this.#chunk.subarray(0, target.length - at);
      target.set(part, at);
      at += part.length;
      this.#chunk = this.#chunk.subarray(part.length);
    }
    return true;
  }

  async #more(): Promise<boolean> {
    const { done, value } = await this.#chunks.next();
    if (done) return false;
    this.#chunk = value;
    return true;
  }
}

/** Writes frames of one size as an MP4 (H.264, without sound). */
export class VideoWriter {
  readonly #child: Child;
  readonly #name: string;
  #broken = false;
  #written = Promise.resolve();

  /** @param name the file's name in errors, where it is not its own yet */
  constructor(file: string, { width, height }: Size, rate: string, name = file) {
    const input = [
      "-f",
      "rawvideo",
      "-pix_fmt",
      "rgb24",
      "-s",
      `${width}x${height}`,
      "-r",
      rate,
      "-i",
      "pipe:0",
    ];
    // Colors are stored at half the resolution, which takes even sides.
    const even = ["-vf", "pad=ceil(iw/2)*2:ceil(ih/2)*2", "-pix_fmt", "yuv420p"];
    const codec = [
      "-c:v",
      "libx264",
      "-preset",
      "veryfast",
      "-crf",
      "20",
      "-movflags",
      "+faststart",
      "-f",
      "mp4",
    ];
    this.#name = name;
    this.#child = start("ffmpeg", ["-v", "error", "-y", ...input, ...even, ...codec, named(file)], file);
    this.#child.process.stdin.on("error", () => {
      this.#broken = true;
    });
  }

  /** Returns when the frame before is written, so that this one is while the next is predicted. */
  async write({ pixels }: RgbImage): Promise<void> {
    await this.#written;
    if (this.#broken) return this.finish();
    this.#written = new Promise((resolve) => {
      this.#child.process.stdin.write(pixels, () => resolve());
    });
  }

  /** @throws OutputError where ffmpeg could not write it */
  async finish(): Promise<void> {
    await this.#written;
    this.#child.process.stdin.end();
    const failure = (problem: string) => outputFailure(this.#name, problem);
    await this.#child.finished(failure);
    // A full disk at the very end is told, but ends with 0.
    const complaint = this.#child.complaint();
    if (complaint !== "") throw failure(complaint);
  }

  /** Ends ffmpeg, if it still runs, whatever becomes of the file. */
  abort(): void {
    this.#child.kill();
  }
}

interface Child {
  readonly process: ChildProcessByStdio<Writable, Readable, Readable>;
  /** @throws what `failure` makes of the last line of complaint, where the program did not end well */
  finished(failure: (problem: string) => Error): Promise<void>;
  /** What it complained of so far, one line in brackets; empty where it did not. */
  complaint(): string;
  kill(): void;
}

const DISK_FULL = "No space left on device";

function outputFailure(file: string, problem: string): OutputError {
  const full = problem.includes(DISK_FULL);
  const error = full ? asOutputError(file, { code: "ENOSPC" }) : undefined;
  return error ?? new OutputError(file, `cannot be written${problem}`);
}

function start(program: "ffmpeg" | "ffprobe", args: readonly string[], file: string): Child {
  // In a group of its own: Ctrl-C on a terminal is for us, and we end it.
  const child = spawn(program, args, { stdio: ["pipe", "pipe", "pipe"], detached: true });
  let complaint = "";
  child.stderr.on("data", (chunk) => {
    complaint = `${complaint}${chunk}`.slice(-2000);
  });
  child.stdin.on("error", () => {});
  const ended = new Promise<number | null>((resolve, reject) => {
    child.on("error", (error: NodeJS.ErrnoException) =>
      reject(error.code === "ENOENT" ? missing(file, program) : error),
    );
    child.on("close", resolve);
  });
  ended.catch(() => {});
  const reason = () => {
    const lines = complaint.trim().split("\n");
    const line = lines.find((text) => text.includes(DISK_FULL)) ?? lines.at(-1);
    return line ? ` (${line})` : "";
  };
  return {
    process: child,
    finished: async (failure) => {
      const code = await ended;
      if (code !== 0) throw failure(reason());
    },
    complaint: reason,
    kill: () => {
      if (child.exitCode === null) child.kill("SIGKILL");
    },
  };
}

const missing = (file: string, program: string) =>
  new DataError(
    file,
    `is a video, and ${program}, which reads videos, is not installed. Install it (on Debian and Ubuntu: apt-get install ffmpeg), ` +
      "or give the frames as images",
  );
