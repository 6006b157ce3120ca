// What is left of a step that failed, so that somebody can find out why: the batch as the network saw it, the memory's rows,
// losses, and which parameters, buffers and gradients hold NaN or infinity.

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { noGrad, saveSafetensors, scope, type Tensor } from "@pinmem/torch";
import { makeFolder } from "../files/output-folder.js";
import type { TrainableNetwork } from "../models/trainable-network.js";
import type { Episode } from "./episode.js";

export interface DiagnosticFacts {
  readonly step: number;
  readonly problem: string;
  readonly files: readonly string[];
  readonly learningRate: number;
  readonly innerRate: number;
}

/** Writes `step-000123.safetensors` and `.json`; returns the path of the latter, or null where that was impossible. */
export function writeDiagnostic(
  folder: string,
  facts: DiagnosticFacts,
  network: TrainableNetwork,
  episodes: readonly Episode[],
): string | null {
  const stem = join(folder, `step-${String(facts.step).padStart(6, "0")}`);
  try {
    makeFolder(folder);
    scope(() => saveSafetensors(`${stem}.safetensors`, tensorsOf(network, episodes)));
    const content = { ...facts, notFinite: notFinite(network), tensors: `${stem}.safetensors` };
    writeFileSync(`${stem}.json`, `${JSON.stringify(content, null, 2)}\n`);
    return `${stem}.json`;
  } catch {
    return null; // The step's own failure is what counts.
  }
}

function tensorsOf(network: TrainableNetwork, episodes: readonly Episode[]): Map<string, Tensor> {
  const tensors = new Map<string, Tensor>();
  for (const [at, { metaTrain, metaTest }] of episodes.entries()) {
    for (const [role, batch] of Object.entries({ metaTrain, metaTest })) {
      if (!batch) continue;
      tensors.set(`episode${at}.${role}.image`, batch.image);
      tensors.set(`episode${at}.${role}.label`, batch.label);
    }
  }
  if (network.memory) tensors.set("memory", network.memory.items);
  return tensors;
}

function notFinite(network: TrainableNetwork): Record<"parameters" | "buffers" | "gradients", string[]> {
  const isBad = (tensor: Tensor) =>
    scope(() => noGrad(() => tensor.dtype.includes("float") && tensor.isfinite().all().item() !== true));
  const names = (entries: Iterable<[string, Tensor | null]>) =>
    [...entries].filter(([, tensor]) => tensor && isBad(tensor)).map(([name]) => name);
  return scope(() => ({
    parameters: names(network.namedParameters()),
    buffers: names(network.namedBuffers()),
    gradients: names(
      [...network.namedParameters()].map(([name, parameter]): [string, Tensor | null] => [
        name,
        parameter.grad,
      ]),
    ),
  }));
}
