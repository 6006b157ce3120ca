// Loads a model in Node: files from a folder or by fetch, graphs by onnxruntime-node, pictures by sharp; both packages are the
// program's to install.

import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { DEFAULT_MEMORY } from "@pinmem/core";
import { fetchedFiles } from "../fetched-files.js";
import { GraphRunner } from "../graph-runner.js";
import type { LoadOptions } from "../load-options.js";
import { Model } from "../model.js";
import { ModelError } from "../model-error.js";
import { type ModelFiles, readModel } from "../model-files.js";
import { firstLine, type OnnxRuntime } from "../onnx.js";
import { openSessions } from "../sessions.js";
import { pixelsOf } from "./pixels.js";

/**
 * Loads an exported model.
 * @param source the folder that `pinmem export` wrote, or its address (http, https, file)
 * @throws ModelError where it is no exported model, files are damaged, or onnxruntime-node is not installed
 */
export async function load(source: string | URL, options: LoadOptions = {}): Promise<Model> {
  const { signal, onProgress, memory = DEFAULT_MEMORY, threads } = options;
  const runtime = await loadRuntime();
  const parts = await readModel(filesAt(source), { signal, onProgress });
  const { encode, decode } = await openSessions(runtime, parts.model, parts, {
    ...(threads !== undefined && { intraOpNumThreads: threads }),
  });
  const engine = {
    kind: "node",
    threads: threads ?? 0,
    version: runtime.env.versions.node ?? "unknown",
    reason: null,
  } as const;
  const runner = new GraphRunner({ model: parts.model, encode, decode, engine, memory });
  return new Model({ description: parts.model, rows: parts.rows, runner, pixelsOf });
}

async function loadRuntime(): Promise<OnnxRuntime> {
  try {
    return (await import("onnxruntime-node")) as unknown as OnnxRuntime;
  } catch (cause) {
    throw new ModelError(
      `onnxruntime-node, which runs models in Node, cannot be loaded (${firstLine(cause)}). Install it with ` +
        "`ONNXRUNTIME_NODE_INSTALL=skip npm install onnxruntime-node`",
      { cause },
    );
  }
}

function filesAt(source: string | URL): ModelFiles {
  const address = String(source);
  if (/^https?:/i.test(address)) return fetchedFiles(address);
  const folder = /^file:/i.test(address) ? fileURLToPath(address) : address;
  return {
    place: folder.replace(/(?<=.)[\\/]+$/, ""),
    async read(file, { signal } = {}) {
      try {
        return await readFile(join(folder, file), { signal });
      } catch (cause) {
        const { code } = cause as NodeJS.ErrnoException;
        if (code === "ENOENT" || code === "ENOTDIR") return null;
        if (signal?.aborted) throw cause;
        throw new ModelError(`${join(folder, file)} cannot be read: ${firstLine(cause)}`, { cause });
      }
    },
  };
}
