import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { cityscapes19 } from "@pinmem/core";
import { dispose, liveTensors, loadSafetensors, randn, saveSafetensors, scope } from "@pinmem/torch";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { miniRecipe } from "../../test/mini-recipe.js";
import { openRun } from "./open-run.js";
import { RunFolder } from "./run-folder.js";
import { train } from "./train.js";

let root: string;
let run: string;
beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), "pinmem-open-"));
  run = join(root, "run");
  await train(miniRecipe(), { folder: new RunFolder(run) });
});
afterAll(() => rmSync(root, { recursive: true }));

/** A copy of the run's weights with other metadata. */
function withMetadata(name: string, change: (metadata: Map<string, string>) => void): string {
  const file = join(root, name);
  const { tensors, metadata } = loadSafetensors(join(run, "last.safetensors"));
  const changed = new Map(metadata);
  change(changed);
  saveSafetensors(file, tensors, changed);
  dispose(tensors);
  return file;
}

describe("openRun", () => {
  it("opens the network as it was evaluated, with its recipe and classes, and frees it whole", () => {
    const before = liveTensors();
    {
      using opened = openRun(run, { which: "last" });
      expect(opened).toMatchObject({ step: 4, recipe: miniRecipe(), space: cityscapes19 });
      expect(opened.score).toBeGreaterThanOrEqual(0);
      expect(opened.network.training).toBe(false);
    }
    expect(liveTensors()).toBe(before);
  });

  it("takes the best weights where there are any, and single files", () => {
    using best = openRun(run);
    expect(best.file).toBe(join(run, "best.safetensors"));
    using file = openRun(join(run, "last.safetensors"), { form: "trained" });
    expect([...file.network.stateDict().keys()]).toContain("memory.m_items");
  });

  it("gives the same logits in either form, up to rounding", () => {
    using prepared = openRun(run);
    using trained = openRun(run, { form: "trained" });
    scope(() => {
      const image = randn([1, 3, 64, 96]);
      const [a, b] = [prepared, trained].map(({ network }) => network.call(image).logits);
      const largest =
        a
          ?.sub(b as never)
          .abs()
          .max()
          .toNumber() ?? Number.NaN;
      expect(largest).toBeLessThan(1e-4 * (b?.abs().max().toNumber() ?? 0));
    });
  });

  it("says what is wrong with what is no run", () => {
    expect(() => openRun(join(root, "nowhere"))).toThrow(/nowhere does not exist/);
    expect(() => openRun(root)).toThrow(/is not the folder of a run: it holds no recipe\.json/);
    const foreign = withMetadata("foreign.safetensors", (metadata) => metadata.delete("recipe"));
    expect(() => openRun(foreign)).toThrow(/does not say which network its weights belong to/);
    const newer = withMetadata("newer.safetensors", (metadata) => metadata.set("format", "2"));
    expect(() => openRun(newer)).toThrow(/newer version of pinmem \(format 2, this one reads up to 1\)/);
  });
});
