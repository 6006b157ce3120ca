// Wheels of PyTorch, and NVIDIA's beside it, become a libtorch: libraries, headers, version and licenses, without what only Python
// uses. The folder appears under its name when it is whole.

import { chmodSync, existsSync, renameSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { makeFolder } from "../files/output-folder.js";
import { asWriteError } from "../files/write-error.js";
import { openZip, type ZipArchive } from "../files/zip.js";

export interface UnpackOptions {
  /** Also what addons are compiled with. Default true. */
  readonly headers?: boolean;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

/** What the libraries of Python, and of PyTorch's own tests, are called. */
const unneeded =
  /lib(torch_python|shm|aoti_custom_ops|backend_with_compiler|jitbackend_test|torchbind_test|torch_global_deps)\./;

/** Where an entry of PyTorch's wheel goes, relative to the root of libtorch; null: it is not needed. */
export function placeOf(name: string, headers: boolean): string | null {
  if (name.includes("..") || name.endsWith("/")) return null;
  const license = /^torch-[^/]*\.dist-info\/licenses\/(.+)$/.exec(name);
  if (license) return `licenses/${license[1]}`;
  const [, inside = ""] = /^torch\/(.+)$/.exec(name) ?? [];
  if (inside === "version.py") return inside;
  if (headers && inside.startsWith("include/")) return inside;
  return /^lib\/[^/]+\.(so|dylib)[\w.]*$/.test(inside) && !unneeded.test(inside) ? inside : null;
}

/** The same where libtorch and other packages lie side by side, as pip has them: in torch/ and nvidia/. */
export function placeBeside(name: string, headers: boolean): string | null {
  const place = placeOf(name, headers);
  if (place !== null) return `torch/${place}`;
  if (name.includes("..") || name.endsWith("/")) return null;
  const [, owner = "", text = ""] =
    /^(nvidia_[^/]*)\.dist-info\/(?:licenses\/)?(License\w*\.txt)$/i.exec(name) ?? [];
  if (text !== "") return `nvidia/licenses/${owner}/${text}`;
  if (!name.startsWith("nvidia/")) return null;
  if (/^nvidia\/\w+\/lib\/[^/]+\.so[\w.]*$/.test(name) || /\/LICENSE\.txt$/.test(name)) return name;
  return headers && /^nvidia\/\w+\/include\//.test(name) ? name : null;
}

/**
 * @param wheels one, which becomes the root of libtorch; or several, whose packages are put side by side: then that is `torch` in
 *   the folder
 * @param folder what it becomes; must not exist
 * @throws ZipError where a wheel is damaged, WriteError where it cannot be kept, the signal's reason
 */
export async function unpackWheels(
  wheels: readonly string[],
  folder: string,
  { headers = true, signal, onProgress }: UnpackOptions = {},
): Promise<void> {
  const partial = `${folder}.partial`;
  rmSync(partial, { recursive: true, force: true });
  const place = wheels.length > 1 ? placeBeside : placeOf;
  const wantedOf = ({ entries }: ZipArchive) =>
    entries.flatMap((entry) => {
      const target = place(entry.name, headers);
      return target === null ? [] : [{ entry, file: join(partial, target) }];
    });
  try {
    let total = 0;
    for (const wheel of wheels) {
      await using archive = await openZip(wheel);
      for (const { entry } of wantedOf(archive)) total += entry.size;
    }
    let done = 0;
    for (const wheel of wheels) {
      await using archive = await openZip(wheel);
      for (const { entry, file } of wantedOf(archive)) {
        signal?.throwIfAborted();
        if (!existsSync(dirname(file))) makeFolder(dirname(file));
        await archive.extract(entry, file, signal);
        if (/\/lib\//.test(file)) chmodSync(file, 0o755);
        done += entry.size;
        onProgress?.(done, total);
      }
    }
    renameSync(partial, folder);
  } catch (error) {
    rmSync(partial, { recursive: true, force: true });
    signal?.throwIfAborted();
    throw asWriteError(folder, error);
  }
}
