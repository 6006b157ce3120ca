import { protocol } from "@pinmem/core/formats";
import { expect, it } from "vitest";
import { temporaryFolder } from "../../../test/data-fixtures.js";
import { addEvaluation, evaluationOf, recipeOf, writeRun } from "../../../test/report-fixtures.js";
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
