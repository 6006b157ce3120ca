// The table of an ablation, of the runs that are done. The page with charts is the report's.

import { join } from "node:path";
import { compare } from "../comparison/comparison.js";
import { markdownTable } from "../comparison/markdown.js";
import { type Entries, readEntries } from "../comparison/read-entries.js";
import { writeWhole } from "../files/atomic-write.js";

/** Writes ablation.md into the folder; returns the table and what it was made of, or null where no run is done. */
export async function writeTable(folder: string): Promise<(Entries & { readonly table: string }) | null> {
  const found = await readEntries([folder]);
  const { entries, baseline } = found;
  if (entries.length === 0) return null;
  const table = markdownTable(compare(entries, baseline === null ? {} : { baseline }));
  await writeWhole(join(folder, "ablation.md"), table);
  return { ...found, table };
}
