// Part of an inspection: how alike the memory's rows are, before and after training.

import { statSync } from "node:fs";
import { dirname } from "node:path";
import { writtenRows } from "@pinmem/core";
import type { SimilarityFigures } from "@pinmem/core/formats";
import type { ClassMemory } from "../../memory/class-memory.js";
import { RunFolder } from "../../runs/run-folder.js";
import { firstSimilarity, meanRowCosine, memorySimilarity } from "../similarity.js";
import { similarityFigure } from "../similarity-figure.js";
import { type PartContext, type PartResult, save } from "./part.js";

export async function inspectSimilarity(
  { run: { path, space, step }, folder, onProgress }: PartContext,
  memory: ClassMemory,
): Promise<PartResult<SimilarityFigures>> {
  const classes = space.classes.map(({ name }) => name);
  const { events } = new RunFolder(statSync(path).isDirectory() ? path : dirname(path));
  const first = await firstSimilarity(events, classes);
  const before = first && first.step < step ? first : null;
  const cosine = memorySimilarity(memory);
  const rounded = cosine.map((row) => row.map((value) => Number(value.toFixed(4))));
  const after = { step, cosine: rounded, mean: meanRowCosine(cosine) };
  const absent = classes.filter((_, trainId) => !writtenRows(cosine).includes(trainId));
  const caption =
    "Cosines between the rows of the class memory: near 1 where the memory can hardly tell two classes apart." +
    (absent.length > 0 ? ` Never written: ${absent.join(", ")}.` : "");
  const title = before ? "Memory rows compared, before and after" : "Memory rows compared";
  const drawing = similarityFigure(before ? [before, after] : [after], space);
  const picture = await save(folder, "similarity", drawing, { kind: "similarity", title, caption });
  onProgress(1, 1);
  return {
    figures: { classes, before, after },
    pictures: [picture],
    notes: before
      ? before.step > 0
        ? [
            `similarity: the log of this run does not tell how its memory started; its first comparison is of step ${before.step}`,
          ]
        : []
      : ["similarity: there is no event log that tells how the rows compared before"],
  };
}
