// Loads a model in Node: files from a folder or by fetch, graphs by onnxruntime-node, pictures by sharp; both packages are the
// program's to install.

import { readFile, stat } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { DEFAULT_MEMORY } from "@pinmem/core";
import { EXPORT_FILE } from "@pinmem/core/formats";
import { fetchedFiles } from "../fetched-files.js";
import { GraphRunner } from "../graph-runner.js";
import { checkOptions, checkSource, type LoadOptions } from "../load-options.js";
import { Model } from "../model.js";
import { ModelError } from "../model-error.js";
import { COPY_AGAIN, type ModelFiles, readModel, tooLong } from "../model-files.js";
import { firstLine, type OnnxRuntime } from "../onnx.js";
import { openSessions } from "../sessions.js";
import { pixelsOf } from "./pixels.js";

/**
 * Loads an exported model.
 * @param source the folder that `pinmem export` wrote, or its address (http, https, file)
 * @throws ModelError where it is no exported model, files are damaged, or onnxruntime-node is not installed; RangeError where an option
 *   has a value that it cannot have
 */
export async function load(source: string | URL, options: LoadOptions = {}): Promise<Model> {
  checkSource(source);
  checkOptions(options);
  const { signal, onProgress, memory = DEFAULT_MEMORY } = options;
  signal?.throwIfAborted();
  const threads = options.threads && Math.min(options.threads, availableParallelism());
  const runtime = await loadRuntime();
  const parts = await readModel(filesAt(source), { signal, onProgress });
  for (const part of ["encode", "decode"] as const)
    refuseOtherFiles(parts.model.graphs[part].file, parts[part]);
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
  if (signal?.aborted) {
    await runner.dispose();
    throw signal.reason;
  }
  return new Model({ description: parts.model, rows: parts.rows, runner, pixelsOf });
}

/** What to look at where a server does not answer. */
const IN_NODE = "Is the address right, and does its server run?";

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

/** In ONNX the key that names a file of weights, behind its length: 8, in one byte or in several. */
const LOCATION = "location";
const LENGTHS: readonly (number | undefined)[] = [8, 0];

/**
 * Weights in a file of their own would be read from wherever the program runs, and may be any file there. Exported graphs hold theirs.
 * @throws ModelError where a graph names such a file
 */
function refuseOtherFiles(file: string, graph: Uint8Array): void {
  const bytes = Buffer.from(graph.buffer, graph.byteOffset, graph.byteLength);
  for (let at = bytes.indexOf(LOCATION); at >= 0; at = bytes.indexOf(LOCATION, at + 1)) {
    if (LENGTHS.includes(bytes[at - 1]))
      throw new ModelError(
        `${file} takes weights from another file, as no exported graph does; export the run once more`,
      );
  }
}

function filesAt(source: string | URL): ModelFiles {
  const address = String(source);
  if (/^https?:/i.test(address)) return fetchedFiles(address, IN_NODE);
  const given = /^file:/i.test(address) ? fileURLToPath(address) : address;
  const folder = given.replace(/(?<=.)[\\/]+$/, "");
  return {
    place: folder,
    async read(file, { signal, most }) {
      const path = join(folder, file);
      try {
        // Asked before it is opened, since a pipe keeps whoever opens it waiting.
        const found = await stat(path);
        if (!found.isFile()) throw new ModelError(`${path} is no file; ${COPY_AGAIN}`);
        if (found.size > most) throw tooLong(path, most);
        return await readFile(path, { signal });
      } catch (cause) {
        if (signal?.aborted) throw signal.reason;
        if (cause instanceof ModelError) throw cause;
        const { code } = cause as NodeJS.ErrnoException;
        if (code === "ENOENT" || code === "ENOTDIR") {
          if (file === EXPORT_FILE) await checkFolder(folder);
          return null;
        }
        throw new ModelError(`${path} cannot be read: ${firstLine(cause)}`, { cause });
      }
    },
  };
}

/** @throws ModelError where it is none, so that what lies in it need not be looked for */
async function checkFolder(folder: string): Promise<void> {
  const there = await stat(folder).catch(() => null);
  if (there?.isDirectory()) return;
  const what = there ? "is a file" : `does not exist (seen from ${process.cwd()})`;
  throw new ModelError(`${folder} ${what}: give the folder that \`pinmem export\` wrote`);
}
