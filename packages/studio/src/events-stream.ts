// The events of a training as server-sent events: what the file holds, then each line as it is written. A line is sent when it is
// whole. A file that begins anew (a run that was started over) is sent from its beginning, after an event `restart`. How the training
// stands is sent as `state`, whenever that has changed.

import { constants } from "node:fs";
import { open } from "node:fs/promises";
import type { ServerResponse } from "node:http";

const LOOK_EVERY_MS = 500;
const STILL_HERE_MS = 15_000;
/** Longest line that is passed on. */
const LONGEST = 2 ** 20;

/** Sends until the browser goes away. @param state how the training stands */
export async function streamEvents(
  file: string,
  response: ServerResponse,
  state: () => unknown,
): Promise<void> {
  response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-store" });
  response.write("retry: 2000\n\n");
  let isOpen = true;
  response.on("close", () => {
    isOpen = false;
  });
  let at = 0;
  let known: number | null = null;
  let rest = Buffer.alloc(0);
  let told = Date.now();
  let isWaiting = false;
  let toldState = "";
  while (isOpen) {
    const read: Read | null = await readFrom(file, at, known).catch(() => null);
    const isAnew = read === null ? at > 0 : read.part === null;
    if (isAnew) {
      at = 0;
      known = null;
      rest = Buffer.alloc(0);
      response.write("event: restart\ndata: \n\n");
      continue;
    }
    const part = read?.part ?? null;
    if (read && part !== null && part.length > 0) {
      known = read.inode;
      at += part.length;
      const text = Buffer.concat([rest, part]);
      const end = text.lastIndexOf(10);
      rest = text.subarray(end + 1);
      if (rest.length > LONGEST) rest = Buffer.alloc(0);
      const lines = text
        .subarray(0, end + 1)
        .toString("utf8")
        .split("\n")
        .filter((line) => line.trim() !== "" && line.length <= LONGEST);
      const sent = lines.map((line) => `data: ${line.replaceAll("\r", "")}\n\n`).join("");
      if (sent !== "" && !response.write(sent)) await drained(response);
      told = Date.now();
      continue;
    }
    // All that is there has been sent.
    if (!isWaiting) response.write("event: caught-up\ndata: \n\n");
    isWaiting = true;
    const now = JSON.stringify(state());
    if (now !== toldState) {
      response.write(`event: state\ndata: ${now}\n\n`);
      toldState = now;
    }
    if (Date.now() - told > STILL_HERE_MS) {
      response.write(": still here\n\n");
      told = Date.now();
    }
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS).unref());
  }
}

interface Read {
  /** Null where this is another file than before. */
  readonly part: Buffer | null;
  readonly inode: number;
}

/** @param known inode of what was read before `at`; null: nothing was */
async function readFrom(file: string, at: number, known: number | null): Promise<Read> {
  const handle = await open(file, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0));
  try {
    const { size, ino: inode } = await handle.stat();
    if (size < at || (known !== null && inode !== known)) return { part: null, inode };
    const bytes = Buffer.alloc(Math.min(size - at, 2 ** 20));
    const { bytesRead } = await handle.read(bytes, 0, bytes.length, at);
    return { part: bytes.subarray(0, bytesRead), inode };
  } finally {
    await handle.close();
  }
}

/** Until more can be written, or nobody is there. */
const drained = (response: ServerResponse): Promise<void> =>
  new Promise((resolve) => {
    if (response.destroyed) return resolve();
    const done = () => {
      response.off("drain", done);
      response.off("close", done);
      resolve();
    };
    response.on("drain", done);
    response.on("close", done);
  });
