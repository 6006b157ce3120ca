import { join } from "node:path";
import { loadSafetensors, scope } from "@pinmem/torch";
import { expect, test } from "vitest";
import { temporaryFolder } from "../../test/data-fixtures.js";
import { miniRecipe } from "../../test/mini-recipe.js";
import "../../test/tiny-backbone.js";
import { protocol } from "@pinmem/core/formats";
import { streetsDataset } from "../datasets/sets/streets.js";
import { evaluateRun } from "../evaluation/evaluate-run.js";
import { adaptToPlace } from "./adapt-to-place.js";
import { openRun } from "./open-run.js";
import { train } from "./train.js";

const root = temporaryFolder();
const place = streetsDataset({ domain: "night", count: 2, width: 48, height: 32 });

test.each([{ per: "domain" }, { per: "cluster", count: 3 }] as const)(
  "a memory with several rows a class ($per) is trained, resumed bit by bit, evaluated and adapted",
  async (rows) => {
    const recipe = miniRecipe({ model: { backbone: "tiny", width: 16, memory: { rows, vote: 2 } } });
    const [whole, parts] = [join(root, `${rows.per}-whole`), join(root, `${rows.per}-parts`)];
    await train(recipe, { folder: whole });
    const stop = new AbortController();
    const saveNow = () => {
      stop.abort(); // after the first step
      return true;
    };
    const { step } = await train(recipe, { folder: parts, signal: stop.signal, saveNow });
    expect(step).toBeLessThan(4);
    await train(recipe, { folder: parts, resume: true });
    const rowsOf = (folder: string) =>
      scope(() => loadSafetensors(join(folder, "last.safetensors")).tensors.get("memory.m_items")?.toArray());
    expect(rowsOf(parts)).toEqual(rowsOf(whole));
    using run = openRun(whole, { form: "trained" });
    expect(run.network.memory?.rowsPerClass).toBe(rows.per === "domain" ? 2 : 3);
    expect(run.network.memory?.items.shape).toEqual([19 * (rows.per === "domain" ? 2 : 3), 16]);
    const domains = [{ name: "night", dataset: place, role: null }];
    const result = await evaluateRun(run, { domains, protocol: protocol("whole") });
    expect(result.domains[0]?.meanIoU).toBeGreaterThanOrEqual(0);
    const { out } = await adaptToPlace(whole, { images: place, out: join(root, `${rows.per}-night`) });
    using adapted = openRun(out);
    expect(adapted.network.memory?.rowsPerClass).toBe(run.network.memory?.rowsPerClass);
  },
);
