import { readFileSync, rmSync } from "node:fs";
import { protocol } from "@pinmem/core/formats";
import { loadSafetensors, scope } from "@pinmem/torch";
import { expect, it } from "vitest";
import { temporaryFolder } from "../../test/data-fixtures.js";
import { miniRecipe } from "../../test/mini-recipe.js";
import { evaluateRun } from "../evaluation/evaluate-run.js";
import { openDomains } from "../evaluation/open-domains.js";
import { openRun } from "./open-run.js";
import { RunFolder } from "./run-folder.js";
import { train } from "./train.js";

const own = { kind: "image", weight: 0.5 } as const;

async function trained(normalize: typeof own | { kind: "trained" }, precision: "float32" | "bfloat16") {
  const folder = new RunFolder(`${temporaryFolder()}/run`);
  const validation = { every: 2, preciseBatchNorm: 1, normalize };
  await train(miniRecipe({ method: { name: "erm" }, length: { steps: 2 }, validation, precision }), {
    folder,
  });
  const scores = readFileSync(folder.events, "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line))
    .filter(({ event }) => event === "evaluation")
    .map(({ meanIoU }) => meanIoU as number);
  return { folder, scores };
}

it("validates with each picture's own statistics where the recipe says so, and trains and saves the same", async () => {
  const mixed = await trained(own, "float32");
  const plain = await trained({ kind: "trained" }, "float32");
  using run = openRun(mixed.folder.path, { normalize: own });
  const domains = await openDomains(["validation", "targets"], run);
  const result = await evaluateRun(run, { protocol: protocol("whole", { normalize: own }), domains });
  expect(mixed.scores).toEqual(result.domains.map(({ meanIoU }) => expect.closeTo(meanIoU ?? -1, 9)));
  expect(mixed.scores).not.toEqual(plain.scores);
  const weights = ({ folder }: typeof mixed) =>
    scope(() =>
      [...loadSafetensors(folder.model("last")).tensors].map(([name, tensor]) => [
        name,
        tensor.to("float64").sum().toNumber(),
      ]),
    );
  expect(weights(mixed)).toEqual(weights(plain));
  for (const { folder } of [mixed, plain]) rmSync(folder.path, { recursive: true });
});

it("does so in half precision too", async () => {
  const { scores } = await trained(own, "bfloat16");
  expect(scores).toHaveLength(2);
  expect(scores.every((score) => score >= 0 && score <= 1)).toBe(true);
});
