// Loads a model into a page: it computes in a worker of its own, or in this thread where that is a worker already.

import { shown } from "../given.js";
import { checkOptions, checkSource, type PageLoadOptions } from "../load-options.js";
import { Model } from "../model.js";
import { ModelError } from "../model-error.js";
import type { LoadSettings } from "./messages.js";
import { drawn, pixelsOf } from "./pixels.js";
import { RemoteRunner } from "./remote-runner.js";

/** MiB. A page has 4096 of WebAssembly at most, weights and pictures included. */
const DEFAULT_PAGE_MEMORY = 1024;

/**
 * Loads an exported model.
 * @param source address of the folder that `pinmem export` wrote, relative to the page
 * @throws ModelError where it is no exported model, files are damaged, or onnxruntime-web is not found; RangeError where an option has a
 *   value that it cannot have
 */
export async function load(source: string | URL, options: PageLoadOptions = {}): Promise<Model> {
  checkSource(source);
  checkOptions(options);
  const {
    signal,
    onProgress,
    memory = DEFAULT_PAGE_MEMORY,
    threads,
    device = "auto",
    ortPath,
    compute,
  } = options;
  const settings: LoadSettings = {
    source: absolute(source),
    memory,
    threads: threads ?? null,
    device,
    ortPath:
      ortPath === undefined ? defaultOrtPath(import.meta.url) : `${absolute(ortPath)}`.replace(/\/*$/, "/"),
    compute: compute === undefined ? null : absolute(compute).replace(/\/*$/, ""),
  };
  signal?.throwIfAborted();
  const loaded =
    options.worker === false
      ? await (await import("./load-here.js")).loadHere(settings, { signal, onProgress })
      : await RemoteRunner.load({ worker: startWorker(), script: workerScript() }, settings, {
          signal,
          onProgress,
        });
  return new Model({ ...loaded, pixelsOf, drawn });
}

/** Relative to the page, or to the worker that this runs in. */
function absolute(address: string | URL): string {
  const { document, location } = globalThis as unknown as {
    readonly document?: { readonly baseURI: string };
    readonly location: { readonly href: string };
  };
  try {
    return new URL(address, document?.baseURI ?? location.href).href;
  } catch (cause) {
    throw new ModelError(`load: ${shown(String(address))} is no address`, { cause });
  }
}

/** @param here address of this file */
export function defaultOrtPath(here: string): string {
  const modules = here.lastIndexOf("/node_modules/");
  if (modules < 0) return new URL("./ort/", here).href;
  return `${here.slice(0, modules)}/node_modules/onnxruntime-web/dist/`;
}

/** Where a worker's script lies whose form no bundler knew. */
const workerScript = (): string => import.meta.url.replace(/[^/]*$/, "worker.js");

/** Bundlers know a worker by this form. A browser starts none from another origin, but one that imports it from there. */
function startWorker(): Worker {
  try {
    return new Worker(new URL("./worker.js", import.meta.url), { type: "module" });
  } catch (error) {
    if (!(error instanceof DOMException) || error.name !== "SecurityError") throw error;
    const script = new Blob([`import ${JSON.stringify(workerScript())};`], { type: "text/javascript" });
    return new Worker(URL.createObjectURL(script), { type: "module" });
  }
}
