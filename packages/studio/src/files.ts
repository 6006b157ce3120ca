// The files that a site is made of, by the address that each has below the page. A request is looked up in this list and nowhere
// else: no path is ever put together from what a browser sends.

import { constants } from "node:fs";
import { type FileHandle, open, readdir, realpath } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, extname, join, sep } from "node:path";

/** Files by address, such as "assets/index-1a2b.js". */
export type FileMap = ReadonlyMap<string, string>;

const types: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".mjs": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".json": "application/json",
  ".wasm": "application/wasm",
  ".svg": "image/svg+xml",
  ".png": "image/png",
};

/** Media type by the ending of a name. */
export const typeOf = (name: string): string => types[extname(name)] ?? "application/octet-stream";

/** Media type of a picture by its first bytes. */
export function pictureType(bytes: Uint8Array): string {
  if (bytes[0] === 0xff && bytes[1] === 0xd8) return "image/jpeg";
  if (bytes[0] === 0x89 && bytes[1] === 0x50) return "image/png";
  if (bytes[0] === 0x52 && bytes[8] === 0x57) return "image/webp";
  if (bytes[0] === 0x42 && bytes[1] === 0x4d) return "image/bmp";
  return "application/octet-stream";
}

/** Every file below a folder, by its path there. */
export async function filesBelow(folder: string): Promise<Map<string, string>> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return new Map(
    files.map((file) => [
      file
        .slice(folder.length + 1)
        .split(sep)
        .join("/"),
      file,
    ]),
  );
}

/** As published, this package has them itself: onnxruntime-web would bring 100 MB, and a package with an install script. */
const ownOrt = join(import.meta.dirname, "../ort");
const atRunTime = /^(ort\.(wasm|webgpu)\.min\.mjs|ort-wasm-simd-threaded(\.asyncify)?\.(mjs|wasm))$/;

/** What onnxruntime-web fetches at run time, by its own names, with its licenses. */
export async function ortFiles(): Promise<Map<string, string>> {
  const own = await readdir(ownOrt);
  const folder = own.some((name) => atRunTime.test(name))
    ? ownOrt
    : dirname(createRequire(import.meta.url).resolve("onnxruntime-web"));
  const names = (await readdir(folder)).filter((name) => atRunTime.test(name));
  return new Map([
    ...names.map((name) => [name, join(folder, name)] as const),
    ...own.filter((name) => !atRunTime.test(name)).map((name) => [name, join(ownOrt, name)] as const),
  ]);
}

/** Files of an exported model, as its description names them. */
export async function modelFiles(folder: string): Promise<Map<string, string>> {
  const inside = await realpath(folder);
  const named = /^(model\.json|[\w-]+\.(onnx|safetensors))$/;
  const entries = (await readdir(inside, { withFileTypes: true })).filter(
    (entry) => entry.isFile() && named.test(entry.name),
  );
  return new Map(entries.map(({ name }) => [name, join(inside, name)]));
}

/** Opens a file for reading; not one that a link leads to. */
export const openFile = (file: string): Promise<FileHandle> =>
  open(file, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0));
