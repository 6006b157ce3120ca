// The body of a request, whole and of a known kind, or refused: too large, no JSON, no tensors.

import type { IncomingMessage } from "node:http";
import { unpackValues } from "@pinmem/core/formats";
import { Refusal } from "./guard.js";

/** Bytes of a body; pictures with strokes come in base64. */
export const LARGEST_BODY = 128 * 2 ** 20;

/** Of a body of tensors: a tile of a picture and what the first graph makes of it. */
const LARGEST_TENSORS = 1024 * 2 ** 20;

/** @throws Refusal */
export async function jsonBody(request: IncomingMessage, largest = LARGEST_BODY): Promise<unknown> {
  const bytes = await wholeBody(request, "application/json", largest);
  try {
    return JSON.parse(bytes.toString("utf8"));
  } catch {
    throw new Refusal(400, "the body is no JSON");
  }
}

/** @throws Refusal */
export async function tensorBody(request: IncomingMessage): Promise<ReturnType<typeof unpackValues>> {
  const bytes = await wholeBody(request, "application/octet-stream", LARGEST_TENSORS);
  try {
    return unpackValues(bytes);
  } catch (error) {
    throw new Refusal(400, error instanceof Error ? error.message : "the body holds no tensors");
  }
}

async function wholeBody(request: IncomingMessage, type: string, largest: number): Promise<Buffer> {
  const given = /^[^;\s]*/.exec(request.headers["content-type"] ?? "")?.[0];
  if (given !== type) throw new Refusal(415, `the body must be ${type}`);
  if (Number(request.headers["content-length"] ?? 0) > largest) throw new Refusal(413, "too large");
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    size += part.length;
    if (size > largest) throw new Refusal(413, "too large");
    parts.push(part);
  }
  return Buffer.concat(parts);
}
