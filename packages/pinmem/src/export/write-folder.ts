// The files of an exported model, written and described: graphs, rows of the memory, model.json.

import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { ExportedGraph, ExportedMemory } from "@pinmem/core/formats";
import { saveSafetensors, scope } from "@pinmem/torch";
import { writeWhole } from "../files/atomic-write.js";
import type { ClassMemory } from "../memory/class-memory.js";
import { rowShape } from "../memory/row-choice.js";
import type { BuiltGraph } from "./build-graphs.js";

/** Name of the rows in their file. */
const ROWS = "rows";

export async function writeGraph(
  folder: string,
  file: string,
  { bytes, inputs, outputs }: BuiltGraph,
): Promise<ExportedGraph> {
  await writeWhole(join(folder, file), bytes);
  return { ...described(file, bytes), inputs, outputs };
}

export function writeMemory(
  folder: string,
  memory: ClassMemory,
  at: ExportedMemory["at"] = "encoder",
): ExportedMemory {
  const file = "memory.safetensors";
  scope(() => saveSafetensors(join(folder, file), new Map([[ROWS, memory.items.view(rowShape(memory))]])));
  const { centered, maskAbsent, residual } = memory.readOptions;
  return {
    ...described(file, readFileSync(join(folder, file))),
    tensor: ROWS,
    shape: rowShape(memory),
    read: { temperature: memory.readTemperature, centered, maskAbsent, residual },
    voteWeight: memory.voteWeight,
    votesOnly: memory.votesOnly,
    ...(at !== "encoder" && { at }),
    momentum: memory.momentum,
  };
}

const described = (file: string, bytes: Uint8Array) => ({
  file,
  bytes: bytes.length,
  sha256: createHash("sha256").update(bytes).digest("hex"),
});
