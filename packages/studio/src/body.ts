// The body of a request, whole and of a known kind, or refused: too large, too slow, no JSON.

import type { IncomingMessage } from "node:http";
import { Refusal } from "./guard.js";

/** Bytes of a body; pictures with strokes come in base64. */
export const LARGEST_BODY = 128 * 2 ** 20;

/** @throws Refusal */
export async function jsonBody(request: IncomingMessage, largest = LARGEST_BODY): Promise<unknown> {
  if (!/^application\/json\b/.test(request.headers["content-type"] ?? ""))
    throw new Refusal(415, "the body must be JSON");
  if (Number(request.headers["content-length"] ?? 0) > largest) throw new Refusal(413, "too large");
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    size += part.length;
    if (size > largest) throw new Refusal(413, "too large");
    parts.push(part);
  }
  try {
    return JSON.parse(Buffer.concat(parts).toString("utf8"));
  } catch {
    throw new Refusal(400, "the body is no JSON");
  }
}
