// The files of a model by fetch, in Node and in a page.

import { ModelError } from "./model-error.js";
import { type ModelFiles, tooLong } from "./model-files.js";
import { requestProblem } from "./onnx.js";
import { nextTurn } from "./turn.js";

/** What to look at where a page is not answered. */
export const IN_PAGE = "Is the address right, and does the server allow this page to read it (CORS)?";

/**
 * @param address of the folder, absolute; what follows a question mark, as in signed addresses, follows the name of each file
 * @param mend what to look at where nothing answers
 */
export function fetchedFiles(address: string, mend: string): ModelFiles {
  const [, whole = "", query = ""] = /^([^?#]*)(\?[^#]*)?/.exec(address) ?? [];
  const folder = whole.replace(/\/+$/, "");
  return {
    place: folder,
    async read(file, { signal, most, onBytes }) {
      const url = `${folder}/${file}`;
      try {
        const response = await fetch(url + query, { ...(signal && { signal }) });
        if (response.status === 404 || response.status === 410) return null;
        if (!response.ok)
          throw new ModelError(`${url} cannot be had: the server answered ${response.status}`);
        if (!response.body) return new Uint8Array(await response.arrayBuffer());
        const bytes = await bytesOf(response.body, most, onBytes);
        if (bytes) return bytes;
        throw tooLong(url, most);
      } catch (cause) {
        if (signal?.aborted) throw signal.reason;
        if (cause instanceof ModelError) throw cause;
        throw new ModelError(`${url} cannot be fetched: ${requestProblem(cause)}. ${mend}`, { cause });
      }
    },
  };
}

/** Between two turns of the event loop, so that a page goes on meanwhile: browsers read half a megabyte at a time. */
const PARTS_AT_ONCE = 32;

/**
 * Null where there are more than `most`: of a body without end no more is taken. Room is made for what has arrived, not for what a
 * description promises.
 */
async function bytesOf(
  body: ReadableStream<Uint8Array>,
  most: number,
  onBytes?: (count: number) => void,
): Promise<Uint8Array | null> {
  const parts: Uint8Array[] = [];
  let count = 0;
  const reader = body.getReader();
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    parts.push(part.value);
    count += part.value.length;
    if (count > most) {
      await reader.cancel();
      return null;
    }
    onBytes?.(count);
  }
  const whole = new Uint8Array(count);
  let at = 0;
  for (const [index, part] of parts.entries()) {
    whole.set(part, at);
    at += part.length;
    if (index % PARTS_AT_ONCE === PARTS_AT_ONCE - 1) await nextTurn();
  }
  return whole;
}
