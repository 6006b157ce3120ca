// Which data a run is trained on: a fingerprint of the sample lists, by names below the root and sizes, and of the label
// space. Kept with the run and compared when it is gone on with, since other data under the same name change what it learns
// without a word. Contents are not read: that would take as long as an epoch.

import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { stat } from "node:fs/promises";
import { relative, sep } from "node:path";
import { z } from "zod";
import type { Dataset } from "../datasets/dataset.js";
import { writeWhole } from "../files/atomic-write.js";
import { readJsonFile } from "../files/json-file.js";
import type { OpenData } from "../recipes/open-data.js";
import { validate } from "../recipes/validate.js";
import { RunError } from "./run-error.js";

/** A run is to be gone on with on other data than it was trained on. */
export class OtherDataError extends RunError {}

/** Bytes of a file; null where it is not there. */
const size = z.int().min(0).nullable();

const datasetRecord = z.object({
  /** Where the recipe lists it: "data.sources[0]". */
  role: z.string(),
  name: z.string(),
  split: z.string(),
  /** Image and label, each with its size. */
  files: z.array(z.tuple([z.string(), size, z.string(), size])),
  /** Of scenes that are rendered, a digest of what they are. */
  scenes: z.string().nullable(),
});

const recordSchema = z.object({ labels: z.string(), datasets: z.array(datasetRecord) });

export type DataRecord = z.output<typeof recordSchema>;
type DatasetRecord = DataRecord["datasets"][number];

/** Describes the data of a run as they are now. */
export async function recordData({ space, sources, validation, targets }: OpenData): Promise<DataRecord> {
  const { classes, files, fromCityscapes } = space;
  const roles = { sources, validation, targets };
  const datasets: DatasetRecord[] = [];
  for (const [role, members] of Object.entries(roles)) {
    for (const [at, dataset] of members.entries())
      datasets.push(await describe(dataset, `data.${role}[${at}]`));
  }
  return { labels: digest([classes.map(({ name }) => name), files ?? null, [...fromCityscapes]]), datasets };
}

async function describe({ name, split, root, samples }: Dataset, role: string): Promise<DatasetRecord> {
  const files: DatasetRecord["files"] = [];
  const scenes: unknown[] = [];
  const below = (file: string) => (root === "" ? file : relative(root, file)).split(sep).join("/");
  const queue = samples.entries();
  await Promise.all(
    Array.from({ length: 16 }, async () => {
      for (const [at, sample] of queue) {
        if ("scene" in sample) scenes[at] = sample.scene;
        else {
          const { image, label } = sample;
          files[at] = [below(image), await sizeOf(image), below(label), await sizeOf(label)];
        }
      }
    }),
  );
  return {
    role,
    name,
    split,
    files: files.filter((entry) => entry !== undefined),
    scenes: scenes.length > 0 ? digest(scenes) : null,
  };
}

const sizeOf = (file: string): Promise<number | null> =>
  stat(file).then(
    (found) => found.size,
    () => null,
  );

const digest = (value: unknown): string => createHash("sha256").update(JSON.stringify(value)).digest("hex");

export const writeDataRecord = (file: string, record: DataRecord): Promise<void> =>
  writeWhole(file, `${JSON.stringify(record)}\n`);

/** The record of a run; undefined where an earlier version wrote none. @throws DataError, RecipeError where it is damaged */
export function readDataRecord(file: string): DataRecord | undefined {
  return existsSync(file) ? validate(recordSchema, readJsonFile(file, 2 ** 30), file) : undefined;
}

/** What differs, a line for each data set. */
export function compareData(before: DataRecord, now: DataRecord): string[] {
  const lines =
    before.labels === now.labels ? [] : ["data.labels: the label space has other classes or values"];
  const current = new Map(now.datasets.map((dataset) => [dataset.role, dataset]));
  for (const dataset of before.datasets) {
    const other = current.get(dataset.role);
    current.delete(dataset.role);
    const what = `${dataset.role} (${dataset.name}, split ${dataset.split})`;
    const differences = other ? compareDataset(dataset, other) : ["is not there"];
    if (differences.length > 0) lines.push(`${what}: ${differences.join("; ")}`);
  }
  for (const { role, name } of current.values()) lines.push(`${role} (${name}): was not there`);
  return lines;
}

function compareDataset(before: DatasetRecord, now: DatasetRecord): string[] {
  const differences: string[] = [];
  if (before.scenes !== now.scenes) differences.push("other scenes");
  const old = new Map(before.files.map((files) => [files[0], files]));
  const added: string[] = [];
  const changed: string[] = [];
  for (const [image, imageBytes, label, labelBytes] of now.files) {
    const known = old.get(image);
    old.delete(image);
    if (!known) added.push(image);
    else if (known[2] !== label) changed.push(`${label} instead of ${known[2]}`);
    else {
      if (known[1] !== imageBytes) changed.push(image);
      if (known[3] !== labelBytes) changed.push(label);
    }
  }
  const images = (count: number) => `${count} ${count === 1 ? "image" : "images"}`;
  if (added.length > 0) differences.push(`${images(added.length)} more (${shown(added)})`);
  if (old.size > 0) differences.push(`${images(old.size)} less (${shown([...old.keys()])})`);
  if (changed.length > 0) differences.push(`other files under the same names (${shown(changed)})`);
  return differences;
}

const shown = (names: readonly string[]): string =>
  names.slice(0, 3).join(", ") + (names.length > 3 ? ` and ${names.length - 3} others` : "");
