// One recipe for several processes: that of the one process which they are together. What they were given is compared before anything
// else, and each takes the device that is its own.

import { readFileSync } from "node:fs";
import { cudaDeviceCount } from "@pinmem/torch";
import { digestOf } from "../files/sha256.js";
import type { Facts, World } from "../processes/world.js";
import type { Recipe } from "../recipes/recipe.js";
import type { DataRecord } from "./data-record.js";

/** What may differ from machine to machine. */
const ownMatters: ReadonlySet<string> = new Set([
  "device",
  "threads",
  "root",
  "workers",
  "cache",
  "prefetch",
]);

/**
 * The recipe that this process trains by.
 * @param goesOn with a run, whose recipe is that of all processes already
 * @throws Error where recipes or versions differ, with the values of all ranks, or where a process has no device
 */
export async function recipeForAll(recipe: Recipe, world: World, goesOn: boolean): Promise<Recipe> {
  if (world.size === 1) return { ...recipe, device: deviceBeside(recipe.device, world.localRank) };
  await world.agree("version and recipe", { pinmem: ownVersion(), ...recipeFacts(recipe) });
  const begins = (await world.share("whether a run begins", String(!goesOn))) === "true";
  return {
    ...recipe,
    noise: "turn",
    accumulation: begins ? recipe.accumulation * world.size : recipe.accumulation,
    device: deviceOf(recipe.device, world.localRank),
  };
}

/**
 * "cuda" is a GPU for each process of a machine, the first for the first of them.
 * @throws Error where there are fewer GPUs than processes
 */
export function deviceOf(device: string, localRank: number, count = cudaDeviceCount()): string {
  if (!device.startsWith("cuda")) return device;
  if (localRank === 0) return "cuda";
  if (localRank < count) return `cuda:${localRank}`;
  throw new Error(
    `this machine has ${count} ${count === 1 ? "GPU" : "GPUs"}, but at least ${localRank + 1} processes were started on it; ` +
      "start one for each GPU",
  );
}

/** The device of a process that works alone, beside others on its machine or not: as it was asked for where it is the first. */
export const deviceBeside = (device: string, localRank: number): string =>
  localRank === 0 ? device : deviceOf(device, localRank);

/** What the data of all processes must have in common. */
export const factsOf = ({ labels, datasets }: DataRecord): Facts => ({
  labels,
  ...Object.fromEntries(
    datasets.map(({ role, ...record }) => [
      role,
      `${record.name}, ${record.split}, ${record.files.length} files, ${digestOf(record)}`,
    ]),
  ),
});

function recipeFacts(recipe: Recipe): Facts {
  const common = (value: unknown) =>
    JSON.stringify(value, (key, inner: unknown) => (ownMatters.has(key) ? undefined : inner)) ?? "";
  return Object.fromEntries(
    Object.entries(recipe).flatMap(([name, value]) => {
      if (ownMatters.has(name)) return [];
      const text = common(value);
      return [[name, text.length <= 60 ? text : digestOf(text)]];
    }),
  );
}

/** Of this package. */
export function ownVersion(): string {
  const manifest = new URL("../../package.json", import.meta.url);
  return (JSON.parse(readFileSync(manifest, "utf8")) as { version: string }).version;
}
