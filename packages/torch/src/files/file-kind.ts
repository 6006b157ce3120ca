// What a file is, told by its first bytes and not by its name: names get lost and changed, and downloads fail in ways that
// leave something else under the right name.

import { DAMAGED } from "./errors.js";
import { type Input, openInput } from "./input.js";

const START = 512;
/** Of a server's words in a message. */
const SHOWN = 120;

/** The first bytes of a file, one character each. */
export function readStart(input: Input): string {
  const start = input.budget.allocate(Math.min(input.size, START), "start of the file");
  input.readInto(start, 0);
  input.budget.release(start.length);
  return String.fromCharCode(...start);
}

/** A header follows its length at once; a zip archive or a pickle begins with its own mark. */
export function kindOfStart(start: string): "pth" | "safetensors" | null {
  if (start[8] === "{") return "safetensors";
  return start.startsWith("PK\x03\x04") || start.startsWith("\x80") ? "pth" : null;
}

/**
 * Which reader a file of tensors needs, by its content; null where it is neither a checkpoint of `torch.save` nor safetensors.
 * @throws TensorFileError if there is no such file
 */
export function kindOfFile(file: string): "pth" | "safetensors" | null {
  const input = openInput(file);
  try {
    return kindOfStart(readStart(input));
  } finally {
    input.close();
  }
}

/** What a file is that holds no tensors, where that can be told, and what to do. */
export function explainStart(start: string): [problem: string, remedy: string] | null {
  if (start === "") return ["the file is empty", DAMAGED];
  if (start.startsWith("version https://git-lfs")) {
    return ["this is a Git LFS pointer and not the file itself", "Fetch the file: git lfs pull."];
  }
  if (/^\s*<(!doctype|html|\?xml)/i.test(start)) {
    return ["this is a web page", "The download failed: get the file from its direct address."];
  }
  const refusal =
    /^\s*(?:Access to |Invalid (?:username|credentials)|Unauthorized|Not Found|Entry not found|\{"error").*/i.exec(
      start,
    )?.[0];
  if (refusal !== undefined) {
    const words = refusal.trim().slice(0, SHOWN);
    return [
      `this is a server's answer and not the file: "${words}"`,
      "Sign in, or mend the address, and get it again.",
    ];
  }
  return null;
}
