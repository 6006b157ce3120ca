// The loop of our side of a comparison: reads requests from standard input, writes one JSON line for each.

import { createInterface } from "node:readline";

export async function answer(handle: (request: Record<string, unknown>) => unknown): Promise<void> {
  for await (const line of createInterface({ input: process.stdin })) {
    let reply: unknown;
    try {
      reply = await handle(JSON.parse(line) as Record<string, unknown>);
    } catch (error) {
      reply = { error: error instanceof Error ? (error.stack ?? error.message) : String(error) };
    }
    process.stdout.write(`${JSON.stringify(reply)}\n`);
  }
}
