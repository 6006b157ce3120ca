// The files of a model by fetch, in Node and in a page.

import { ModelError } from "./model-error.js";
import type { ModelFiles } from "./model-files.js";
import { firstLine } from "./onnx.js";

/** @param address of the folder, absolute */
export function fetchedFiles(address: string): ModelFiles {
  const folder = address.replace(/\/+$/, "");
  return {
    place: folder,
    async read(file, signal, onBytes) {
      const url = `${folder}/${file}`;
      try {
        const response = await fetch(url, { ...(signal && { signal }) });
        if (response.status === 404 || response.status === 410) return null;
        if (!response.ok)
          throw new ModelError(`${url} cannot be had: the server answered ${response.status}`);
        return await bytesOf(response, onBytes);
      } catch (cause) {
        if (cause instanceof ModelError || signal?.aborted) throw cause;
        throw new ModelError(
          `${url} cannot be fetched: ${firstLine(cause)}. Is the address right, and does the server allow this page to read it (CORS)?`,
          { cause },
        );
      }
    },
  };
}

async function bytesOf(response: Response, onBytes?: (count: number) => void): Promise<Uint8Array> {
  if (!onBytes || !response.body) return new Uint8Array(await response.arrayBuffer());
  const parts: Uint8Array[] = [];
  let count = 0;
  const reader = response.body.getReader();
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    parts.push(part.value);
    count += part.value.length;
    onBytes(count);
  }
  const whole = new Uint8Array(count);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
