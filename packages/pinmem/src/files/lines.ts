// The lines of a file that may be long, one after the other: in the memory of one line, and of a line without end in no more.

import { createReadStream } from "node:fs";

/**
 * @param longest of a line that is longer only so much is given, and a character more, by which it is known
 * @throws where the file cannot be read
 */
export async function* linesOf(file: string, longest: number): AsyncGenerator<string> {
  let rest = "";
  const parts: AsyncIterable<string> = createReadStream(file, { encoding: "utf8", highWaterMark: 2 ** 18 });
  for await (const part of parts) {
    const lines = (rest + part).split("\n");
    rest = lines.pop()?.slice(0, longest + 1) ?? "";
    for (const line of lines) yield line.slice(0, longest + 1);
  }
  if (rest !== "") yield rest;
}
