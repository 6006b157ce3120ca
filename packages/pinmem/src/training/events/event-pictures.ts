// Pictures that a training left in its event files (tensorboard.ts), read back: what validation looked like, step by step. Files may still
// grow: a record that is not whole yet, or damaged, ends the reading.

import { existsSync, readdirSync } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { BinaryReader } from "@bufbuild/protobuf/wire";

/** A picture of one step. */
export interface EventPicture {
  readonly step: number;
  /** As the event named it: "source/camvid, 0006R0". */
  readonly name: string;
  /** The file. */
  readonly png: Uint8Array;
}

/** Larger event files are passed over. */
const LARGEST_FILE = 512 * 2 ** 20;

/**
 * Pictures by step, then in the order in which they were written; of steps that a resumed run did again, the newer ones. Of many steps
 * those are taken that lie evenly, the first and the last among them.
 * @param folder of event files; none is as good as an empty one
 * @param most steps to take
 */
export async function readEventPictures(folder: string, most = 60): Promise<EventPicture[]> {
  if (!existsSync(folder)) return [];
  const files = readdirSync(folder)
    .filter((name) => name.includes("tfevents"))
    .sort();
  let pictures: EventPicture[] = [];
  for (const name of files) {
    const file = join(folder, name);
    const about = await stat(file);
    if (!about.isFile() || about.size > LARGEST_FILE) continue;
    for (const message of messagesOf(await readFile(file))) {
      const event = readEvent(message);
      if (event === null) break;
      const { step, isSession, found } = event;
      if (isSession) pictures = pictures.filter((one) => one.step < step);
      for (const one of found) pictures.push({ step, ...one });
    }
  }
  pictures.sort((one, other) => one.step - other.step);
  const steps = [...new Set(pictures.map(({ step }) => step))];
  const taken = new Set(
    steps.length <= most
      ? steps
      : Array.from({ length: most }, (_, at) => steps[Math.round((at * (steps.length - 1)) / (most - 1))]),
  );
  // Copies: what is kept must not keep whole files.
  return pictures
    .filter(({ step }) => taken.has(step))
    .map(({ step, name, png }) => ({ step, name, png: png.slice() }));
}

function* messagesOf(bytes: Uint8Array): Generator<Uint8Array> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 0; at + 12 <= bytes.length; ) {
    const end = at + 12 + Number(view.getBigUint64(at, true));
    if (end + 4 > bytes.length) return;
    yield bytes.subarray(at + 12, end);
    at = end + 4;
  }
}

/** Null where it is damaged: what follows is not to be relied on. */
function readEvent(message: Uint8Array): ReturnType<typeof parseEvent> | null {
  try {
    return parseEvent(message);
  } catch {
    return null;
  }
}

/** Of tensorflow's event.proto: step 2, summary 5, session log 7. */
function parseEvent(message: Uint8Array) {
  const reader = new BinaryReader(message);
  const found: { name: string; png: Uint8Array }[] = [];
  let step = 0;
  let isSession = false;
  while (reader.pos < reader.len) {
    const [field, type] = reader.tag();
    if (field === 2) step = Number(reader.int64());
    else if (field === 7) {
      isSession = true;
      reader.skip(type);
    } else if (field === 5) found.push(...readSummary(reader.bytes()));
    else reader.skip(type);
  }
  return { step, isSession, found };
}

/** Of summary.proto: values 1; of a value its tag 1, its image 4; of an image its file 4. */
function readSummary(bytes: Uint8Array): { name: string; png: Uint8Array }[] {
  const reader = new BinaryReader(bytes);
  const found: { name: string; png: Uint8Array }[] = [];
  while (reader.pos < reader.len) {
    const [field, type] = reader.tag();
    if (field !== 1) {
      reader.skip(type);
      continue;
    }
    const value = new BinaryReader(reader.bytes());
    let name = "";
    let png: Uint8Array | null = null;
    while (value.pos < value.len) {
      const [part, kind] = value.tag();
      if (part === 1) name = value.string();
      else if (part === 4) png = imageIn(value.bytes());
      else value.skip(kind);
    }
    if (png) found.push({ name, png });
  }
  return found;
}

function imageIn(bytes: Uint8Array): Uint8Array | null {
  const reader = new BinaryReader(bytes);
  let png: Uint8Array | null = null;
  while (reader.pos < reader.len) {
    const [field, type] = reader.tag();
    if (field === 4) png = reader.bytes();
    else reader.skip(type);
  }
  return png;
}
