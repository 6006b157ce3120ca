// The table of an ablation, as Markdown and as a page, of the runs that are done.

import { join } from "node:path";
import { writeWhole } from "../data/write-png.js";
import { compare } from "../report/comparison.js";
import { markdownTable } from "../report/markdown.js";
import { readEntries } from "../report/read-entries.js";
import { writeReport } from "../report/write-report.js";

/** Writes ablation.md and ablation.html into the folder; returns the table, or null where no run is done. */
export async function writeTables(folder: string): Promise<string | null> {
  const { entries, baseline, title } = await readEntries([folder]);
  if (entries.length === 0) return null;
  const options = baseline === null ? {} : { baseline };
  const table = markdownTable(compare(entries, options));
  await writeWhole(join(folder, "ablation.md"), table);
  await writeReport(entries, {
    ...options,
    file: join(folder, "ablation.html"),
    ...(title !== null && { title }),
  });
  return table;
}
