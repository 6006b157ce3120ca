// A run that the page saves, beside what the page shows: of a calibrated run, whose class frequencies `pinmem adapt` would take out of the
// logits, and with whatever weight of each picture's own statistics the page has set.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { openStudioRun } from "../../pinmem/src/cli/studio/studio-run.js";
import { exportRun } from "../../pinmem/src/export/export-run.js";
import { writeLabelPng, writeRgbPng } from "../../pinmem/src/images/write-png.js";
import { calibrateAs } from "../../pinmem/test/calibrated-run.js";
import { temporaryFolder } from "../../pinmem/test/data-fixtures.js";
import { miniRecipe } from "../../pinmem/test/mini-recipe.js";
import { untrainedRun } from "../../pinmem/test/untrained-run.js";
import { load } from "../../runtime/src/index.js";
import { noRuntime, street } from "../../runtime/test/exported.js";

const root = temporaryFolder();
const VOTE = 7.5;
const image = street(96, 64);
/** Road below, sky above, nothing between. */
const labels = Uint8Array.from({ length: 96 * 64 }, (_, at) => (at < 96 * 12 ? 10 : at > 96 * 50 ? 0 : 255));

const rareRoad = {
  frequencies: Array.from({ length: 19 }, (_, at) => (at === 0 ? 0.01 : 0.055)),
  chosen: 1,
  candidates: [0, 1],
  shown: [],
};

async function calibratedRun(name: string): Promise<string> {
  const method = { name: "pin-memory", memoryStart: { batches: 2 } } as const;
  const path = untrainedRun(join(root, name), { recipe: miniRecipe({ method }) });
  await calibrateAs(path, { logitAdjustment: rareRoad });
  return path;
}

async function brushedPicture() {
  const [imageFile, labelFile] = [join(root, "image.png"), join(root, "label.png")];
  await writeRgbPng(imageFile, image);
  await writeLabelPng(labelFile, { width: image.width, height: image.height, labels });
  return { file: "000.png", image: readFileSync(imageFile), label: readFileSync(labelFile) };
}

describe.skipIf(noRuntime !== null)("a run that the page saves", () => {
  for (const [what, normalize, own] of [
    ["statistics of training", { kind: "trained" }, 0],
    ["own statistics", { kind: "image", weight: 0.3 }, 0.6],
    ["own statistics set to nothing", { kind: "image", weight: 0.3 }, 0],
  ] as const)
    it(`answers as the page has shown, with ${what}`, async () => {
      const path = await calibratedRun(`run-${normalize.kind}-${own}`);
      const run = await openStudioRun(path, { normalize, place: null });
      await using page = await load(await run.model(() => {}), { threads: 1 });
      if (page.hasNormalization) page.normalize = own;
      await page.segment(image);
      page.writeCollected([await page.collect({ labels })], { momentum: 0 });
      page.votes = VOTE;
      const shown = (await page.decode()).labels;

      const saved = await run.adapt?.({ name: "here", vote: VOTE, own, pictures: [await brushedPicture()] });
      const out = join(root, `exported-${normalize.kind}-${own}`);
      await exportRun(saved?.out ?? "", { out, verify: false });
      await using kept = await load(out, { threads: 1 });
      const answered = (await kept.segment(image)).labels;
      expect(answered.filter((label, at) => label !== shown[at]).length).toBeLessThan(10);
      expect(new Set(shown).size).toBeGreaterThan(1);

      // As it is chosen in the page.
      await using chosen = await load((await saved?.run.model(() => {})) ?? "", { threads: 1 });
      expect(chosen.hasNormalization ? chosen.normalize : 0).toBe(own);
      const again = (await chosen.segment(image)).labels;
      expect(again.filter((label, at) => label !== shown[at]).length).toBeLessThan(10);
    });
});
