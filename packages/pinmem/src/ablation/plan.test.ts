import { describe, expect, it } from "vitest";
import { miniRecipe } from "../../test/mini-recipe.js";
import { planAblation } from "./plan.js";
import { studies } from "./studies.js";

const base = miniRecipe();

describe("planAblation", () => {
  it("finds every variant of every study trainable, under names of their own that can be folders", () => {
    const { studies: planned, cells } = planAblation(base);
    expect(planned.map(({ name }) => name)).toEqual(studies.map(({ name }) => name));
    const names = cells.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    for (const name of names) expect(name).toMatch(/^[\w.-]*\w$/);
    for (const { rows, name } of planned) {
      expect(rows.length, name).toBeGreaterThan(1);
      for (const row of rows) for (const cell of row.cells) expect(names).toContain(cell);
    }
  });

  it("leaves out what a recipe of one domain cannot be, and says so, but for studies that were named", () => {
    const { data } = miniRecipe();
    const one = miniRecipe({
      data: { ...data, sources: data.sources.slice(0, 1), perDomain: 4 },
      method: { name: "memory-erm", memoryStart: { batches: 2 } },
    });
    const { studies: planned, cells, leftOut } = planAblation(one);
    expect(planned.map(({ name }) => name)).toContain("losses");
    expect(leftOut).toEqual([
      expect.stringMatching(/variant "mldg" of the study "framework"/),
      expect.stringMatching(/variant "pin-memory" of the study "framework"/),
    ]);
    expect(cells.map(({ name }) => name)).toContain("framework-erm-304");
    expect(() => planAblation(one, { studies: ["framework"] })).toThrow(/variant "mldg"/);
  });

  it("trains a recipe once that is part of several studies, and every variant for every seed", () => {
    const { studies: planned, cells } = planAblation(base, {
      studies: ["momentum", "read-noise", "memory-update"],
      seeds: [1, 2],
    });
    expect(cells.filter(({ seed }) => seed === 1).map(({ name }) => name)).toEqual([
      "base-1",
      "momentum-0.5-1",
      "momentum-0.7-1",
      "momentum-0.9-1",
      "momentum-0.99-1",
      "read-noise-gumbel-1",
      "read-noise-gumbel-always-1",
      "memory-update-newest-1",
      "memory-update-fixed-1",
    ]);
    expect(cells).toHaveLength(18);
    expect(cells.every(({ seed, recipe }) => recipe.seed === seed)).toBe(true);
    const firsts = planned.map(({ rows: [first] }) => first);
    expect(firsts).toEqual([
      { title: "0.8", cells: ["base-1", "base-2"] },
      { title: "softmax", cells: ["base-1", "base-2"] },
      { title: "moving average", cells: ["base-1", "base-2"] },
    ]);
  });

  it("keeps the options that two methods share when it changes the method, and leaves out the others", () => {
    const second = miniRecipe({
      method: { name: "pin-memory", order: "second", memoryStart: { batches: 7 } },
    });
    const { cells } = planAblation(second, { studies: ["framework"] });
    const methods = Object.fromEntries(cells.map(({ name, recipe }) => [name, recipe.method]));
    expect(methods["framework-erm-304"]).toEqual({ name: "erm" });
    expect(methods["framework-mldg-304"]).toMatchObject({ name: "mldg", order: "second" });
    expect(methods["framework-memory-erm-304"]).toEqual({
      name: "memory-erm",
      memoryStart: { batches: 7, afterSteps: 0 },
    });
  });

  it("changes what the study says and nothing else", () => {
    const { cells } = planAblation(base, { studies: ["losses"] });
    const [, none] = cells;
    expect(none?.recipe).toEqual({
      ...base,
      lossWeights: { ...base.lossWeights, cohesion: 0, divergence: 0, classification: 0 },
    });
  });

  it("leaves out studies that mean nothing for the method, and refuses them by name", () => {
    const erm = miniRecipe({ method: { name: "erm" } });
    expect(planAblation(erm).studies.map(({ name }) => name)).toEqual(["framework"]);
    expect(() => planAblation(erm, { studies: ["losses"] })).toThrow(
      /"losses" changes a memory, but the method of mini is "erm".*the change `method\.name=pin-memory`/,
    );
    expect(() => planAblation(base, { studies: ["loses"] })).toThrow(
      /no study "loses"; did you mean "losses"\?/,
    );
  });
});
