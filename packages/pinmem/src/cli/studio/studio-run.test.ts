import { readFileSync } from "node:fs";
import { join } from "node:path";
import { EXPORT_FILE, parseExportedModel, protocol, type TestNormalization } from "@pinmem/core/formats";
import { expect, it } from "vitest";
import { calibrateBy } from "../../../test/calibrate-by.js";
import { temporaryFolder } from "../../../test/data-fixtures.js";
import { miniRecipe } from "../../../test/mini-recipe.js";
import { addEvaluation, evaluationOf, recipeOf, writeRun } from "../../../test/report-fixtures.js";
import { untrainedRun } from "../../../test/untrained-run.js";
import { exportRun } from "../../export/export-run.js";
import { openStudioRun } from "./studio-run.js";

const root = temporaryFolder();

it("shows scores of evaluations, and nothing of where files lie or of what machine it was", async () => {
  const path = writeRun(root, "run");
  const by = protocol("whole", {
    normalize: { kind: "place", place: "/home/me/secret/photos", pictures: 3, weight: 0.3, mark: "0" },
  });
  const recipe = recipeOf();
  const evaluation = evaluationOf({ recipe, by, weights: "last", domains: { "/home/me/secret/night": 0.3 } });
  addEvaluation(path, "night.json", evaluation);
  const run = await openStudioRun(path, { normalize: { kind: "trained" }, place: null });
  const [shown] = run.evaluations();
  expect(Object.keys(shown ?? {}).sort()).toEqual(["date", "domains", "protocol"]);
  expect(shown?.domains.map(({ name, meanIoU }) => [name, meanIoU])).toEqual([["night", 0.3]]);
  expect(JSON.stringify(shown)).not.toMatch(/secret|environment/);
});

it("refuses an exported model of a single graph, and says how to make another", async () => {
  const run = untrainedRun(join(root, "single"));
  const out = join(root, "single-exported");
  await exportRun(run, { out, single: "labels", verify: false });
  const opening = openStudioRun(out, { normalize: { kind: "trained" }, place: null });
  await expect(opening).rejects.toThrow(
    `${out} is an exported model of a single graph, whose memory cannot be looked into: export the run again without --single, or name the run itself`,
  );
});

it("lets pictures decide where a run is calibrated and nobody says otherwise, by the calibration as it is then", async () => {
  const path = untrainedRun(join(root, "calibrated"), { recipe: miniRecipe() });
  const exported = async (normalize: TestNormalization | null) => {
    const run = await openStudioRun(path, { normalize, place: null });
    const folder = await run.model(() => {});
    const model = parseExportedModel(JSON.parse(readFileSync(join(folder, EXPORT_FILE), "utf8")), folder);
    return model.normalization;
  };
  expect(await exported(null)).toBeNull();
  const rule = { threshold: 1, information: 0.5, departure: 0.1, weight: 3000 };
  await calibrateBy(path, rule);
  expect((await exported(null))?.auto).toMatchObject({ entropy: 1, departure: 0.1 });
  expect(await exported({ kind: "trained" })).toBeNull();
  await calibrateBy(path, { ...rule, threshold: 0.25 });
  expect((await exported(null))?.auto).toMatchObject({ entropy: 0.25 });
});
