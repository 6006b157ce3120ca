import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { weightsFor } from "../../pretrained/catalog.js";
import { demoRecipe } from "../../recipes/demo-recipe.js";
import { resolveRecipe } from "../../recipes/recipe.js";
import { chooseStart } from "./choose-start.js";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "pinmem-start-"));
  vi.stubEnv("PINMEM_CACHE", folder);
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

/** An npm that is this script. */
function playNpm(script: string): void {
  writeFileSync(join(folder, "npm"), `#!/usr/bin/env node\n${script}`);
  chmodSync(join(folder, "npm"), 0o755);
  vi.stubEnv("PATH", [folder, dirname(process.execPath), "/usr/bin", "/bin"].join(delimiter));
}

async function choose(more: Partial<Parameters<typeof chooseStart>[0]> = {}) {
  const said: string[] = [];
  const start = await chooseStart({ weights: true, set: [], say: (line) => said.push(line), ...more });
  return { start, said: said.at(-1) ?? "" };
}

describe.skipIf(process.platform === "win32")("the demo starts", () => {
  it("from weights in the cache, and asks nobody", async () => {
    playNpm("process.exit(9)");
    mkdirSync(join(folder, "weights"));
    const file = weightsFor("mobilenet_v2")[1]?.file as string;
    writeFileSync(join(folder, "weights", file), "");
    expect(await choose()).toEqual({ start: "imagenet", said: `starting from ImageNet weights: ${file}` });
    expect((await choose({ weights: false })).start).toBe("random");
  });

  it.each<[what: string, script: string, reason: RegExp, patience?: number]>([
    [
      "there is no network",
      'console.error("npm error code ENOTFOUND"); process.exit(1)',
      /could not be had: .*cannot reach its registry/,
    ],
    [
      "npm takes too long",
      "setTimeout(() => {}, 20_000)",
      /could not be had: npm took longer than 0\.3 s$/,
      300,
    ],
  ])("from random values where %s, and says why", async (_, script, reason, patience = 60_000) => {
    playNpm(script);
    const { start, said } = await choose({ patience });
    expect(start).toBe("random");
    expect(said).toMatch(reason);
  });

  it.each(["model.backbone=resnet18", 'model={"backbone":"resnet18"}', "model.weights=null"])(
    "as --set %s says",
    async (assignment) => {
      playNpm("process.exit(9)");
      expect(await choose({ set: [assignment] })).toEqual({ start: "random", said: "" });
    },
  );

  it("by recipes that differ in the network and its rate alone", () => {
    const [random, imagenet] = (["random", "imagenet"] as const).map((start) =>
      resolveRecipe(demoRecipe("pin-memory", { start })),
    );
    expect(imagenet?.model).toEqual({
      ...random?.model,
      backbone: "mobilenet_v2",
      backboneWeights: "imagenet",
    });
    expect({ ...imagenet, model: null, learningRate: null }).toEqual({
      ...random,
      model: null,
      learningRate: null,
    });
  });
});
