// The file that a backbone started from, where a run trained an adapter beside it: the run's own files lack what is in it, so that
// they are small, and know it by its content.

import { createHash } from "node:crypto";
import { statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { fromTypedArray, type Tensor } from "@pinmem/torch";
import { sha256OfSync } from "../files/sha256.js";
import { baseNames } from "../models/adapters/adapter.js";
import { BackboneNetwork } from "../models/backbone-network.js";
import type { SegmentationNetwork } from "../models/segmentation-network.js";
import { loadBackboneWeights } from "../models/weights/load-weights.js";
import { filesOf } from "../models/weights/shards.js";
import { WeightsError } from "../models/weights/weights-error.js";
import type { TrainerHook } from "../training/trainer.js";
import type { BackboneOrigin } from "./model-metadata.js";
import { RunError } from "./run-error.js";

/** SHA-256 of a file of weights, 64 hexadecimal digits; of an index, that of the shards' own, in the order of their names. */
export function hashOfWeights(file: string): string {
  const files = filesOf(file);
  if (files.length === 1 && files[0] === file) return sha256OfSync(file);
  const all = createHash("sha256");
  for (const shard of files) all.update(`${basename(shard)} ${sha256OfSync(shard)}\n`);
  return all.digest("hex");
}

const isFile = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;

/**
 * Gives a network what the run's file of weights leaves to the backbone's; nothing where it is whole.
 * @param file the run's, beside which the backbone's is looked for too
 * @throws RunError where that file is missing or another; nothing has changed then
 */
export function loadBase(
  network: SegmentationNetwork,
  { file, given, origin }: { file: string; given: string | null; origin: BackboneOrigin | null },
): void {
  if (baseNames(network).size === 0 || !(network instanceof BackboneNetwork)) return;
  if (given === null || !origin)
    throw new RunError(file, "does not say which file its backbone started from");
  const beside = join(dirname(file), origin.file);
  const path = [given, beside].find(isFile);
  if (path === undefined) {
    throw new RunError(
      file,
      `holds what was trained beside the backbone's weights ${origin.file} (SHA-256 ${origin.sha256.slice(0, 12)}…), which are neither ` +
        `${given} nor ${beside}: bring that file to one of these places`,
    );
  }
  requireHash(path, origin.sha256, `${file} was trained`);
  loadBackboneWeights(network.backbone, path);
}

function requireHash(path: string, expected: string, who: string): void {
  const found = hashOfWeights(path);
  if (found === expected) return;
  throw new WeightsError(
    path,
    `is another file than ${who} with: its SHA-256 begins with ${found.slice(0, 12)}, that one's with ${expected.slice(0, 12)}. ` +
      "Bring that file back",
  );
}

const KEY = "base.sha256";

/** Has a run that goes on compare its backbone's file with the one that it began with. */
export class BaseFile implements TrainerHook {
  readonly #path: string;
  readonly #sha256: string;

  constructor(path: string, { sha256 }: BackboneOrigin) {
    this.#path = path;
    this.#sha256 = sha256;
  }

  tensors(): ReadonlyMap<string, Tensor> {
    return new Map([[KEY, fromTypedArray(Uint8Array.from(Buffer.from(this.#sha256, "hex")), [32])]]);
  }

  /** @throws WeightsError where it is another */
  restore(tensors: ReadonlyMap<string, Tensor>): void {
    const stored = tensors.get(KEY);
    if (!stored) return;
    const expected = Buffer.from(stored.toTypedArray() as Uint8Array).toString("hex");
    if (expected === this.#sha256) return;
    throw new WeightsError(
      this.#path,
      `is another file than the run was begun with: its SHA-256 begins with ${this.#sha256.slice(0, 12)}, that one's with ` +
        `${expected.slice(0, 12)}. Bring that file back, or begin a new run`,
    );
  }
}
