// A wheel of PyTorch becomes a libtorch: libraries, headers, version and licenses, without what only Python uses. The folder
// appears under its name when it is whole.

import { chmodSync, existsSync, renameSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { makeFolder } from "../files/output-folder.js";
import { asWriteError } from "../files/write-error.js";
import { openZip } from "../files/zip.js";

export interface UnpackOptions {
  /** Also what addons are compiled with. Default true. */
  readonly headers?: boolean;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

/** What the libraries of Python, and of PyTorch's own tests, are called. */
const unneeded =
  /lib(torch_python|shm|aoti_custom_ops|backend_with_compiler|jitbackend_test|torchbind_test|torch_global_deps)\./;

/** Where an entry of a wheel goes, relative to the root of libtorch; null: it is not needed. */
export function placeOf(name: string, headers: boolean): string | null {
  if (name.includes("..") || name.endsWith("/")) return null;
  const license = /^torch-[^/]*\.dist-info\/licenses\/(.+)$/.exec(name);
  if (license) return `licenses/${license[1]}`;
  const [, inside = ""] = /^torch\/(.+)$/.exec(name) ?? [];
  if (inside === "version.py") return inside;
  if (headers && inside.startsWith("include/")) return inside;
  return /^lib\/[^/]+\.(so|dylib)[\w.]*$/.test(inside) && !unneeded.test(inside) ? inside : null;
}

/**
 * @param folder what it becomes; must not exist
 * @throws ZipError where the wheel is damaged, WriteError where it cannot be kept, the signal's reason
 */
export async function unpackWheel(
  wheel: string,
  folder: string,
  { headers = true, signal, onProgress }: UnpackOptions = {},
): Promise<void> {
  const partial = `${folder}.partial`;
  rmSync(partial, { recursive: true, force: true });
  try {
    await using archive = await openZip(wheel);
    const wanted = archive.entries.flatMap((entry) => {
      const place = placeOf(entry.name, headers);
      return place === null ? [] : [{ entry, file: join(partial, place) }];
    });
    const total = wanted.reduce((sum, { entry }) => sum + entry.size, 0);
    let done = 0;
    for (const { entry, file } of wanted) {
      signal?.throwIfAborted();
      if (!existsSync(dirname(file))) makeFolder(dirname(file));
      await archive.extract(entry, file, signal);
      if (/\/lib\//.test(file)) chmodSync(file, 0o755);
      done += entry.size;
      onProgress?.(done, total);
    }
    renameSync(partial, folder);
  } catch (error) {
    rmSync(partial, { recursive: true, force: true });
    signal?.throwIfAborted();
    throw asWriteError(folder, error);
  }
}
