// What pinmem keeps in its cache, and the end of it. Only what it made itself is touched: PINMEM_CACHE may name a folder that
// others use too.

import { existsSync, lstatSync, readdirSync, rmdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { cacheFolder, withLock } from "@pinmem/torch/setup";
import { writing } from "../files/write-error.js";

export interface CachePart {
  readonly path: string;
  readonly what: string;
  readonly bytes: number;
}

const parts = {
  torch: "addons",
  libtorch: "libtorch",
  weights: "weights of backbones",
} as const;

/** What there is in the cache. */
export function cacheParts(env: NodeJS.ProcessEnv = process.env): CachePart[] {
  return Object.entries(parts)
    .map(([name, what]) => ({ path: join(cacheFolder(env), name), what }))
    .filter(({ path }) => existsSync(path))
    .map((part) => ({ ...part, bytes: sizeOf(part.path) }));
}

/**
 * Removes all of it, and the folder where nothing else is in it.
 * @throws WriteError where something cannot be removed
 */
export async function cleanCache(env: NodeJS.ProcessEnv = process.env): Promise<CachePart[]> {
  const folder = cacheFolder(env);
  if (!existsSync(folder)) return [];
  const removed = await withLock(join(folder, ".setup.lock"), async () => {
    const found = cacheParts(env);
    for (const { path } of found) writing(path, () => rmSync(path, { recursive: true }));
    return found;
  });
  if (readdirSync(folder).length === 0) rmdirSync(folder);
  return removed;
}

/** Links count as links: what they lead to stays. */
function sizeOf(path: string): number {
  const stat = lstatSync(path);
  if (!stat.isDirectory()) return stat.size;
  return readdirSync(path).reduce((sum, name) => sum + sizeOf(join(path, name)), 0);
}
