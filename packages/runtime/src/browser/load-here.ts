// Loads a model into this thread of a browser: files by fetch, graphs by onnxruntime-web.

import type { ExportedModel } from "@pinmem/core/formats";
import { fetchedFiles, IN_PAGE } from "../fetched-files.js";
import { beginReading, type ReadOptions } from "../model-files.js";
import type { Runner } from "../runner.js";
import type { LoadSettings } from "./messages.js";
import { startHere } from "./open-here.js";

export interface LoadedHere {
  readonly description: ExportedModel;
  readonly rows: Float32Array | null;
  readonly runner: Runner;
}

/** @throws ModelError where there is no such model, or onnxruntime-web is not found */
export async function loadHere(settings: LoadSettings, options: ReadOptions): Promise<LoadedHere> {
  const open = startHere(settings);
  const files = fetchedFiles(settings.source, IN_PAGE);
  const arriving = await beginReading(files, options, settings.compute !== null);
  try {
    const runner = await open(arriving);
    if (options.signal?.aborted) {
      await runner.dispose();
      throw options.signal.reason;
    }
    return { description: arriving.model, runner, rows: await arriving.rows };
  } catch (error) {
    arriving.end();
    throw error;
  }
}
