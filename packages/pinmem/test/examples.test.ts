// The programs in examples/ run as their first lines say, one after the other: training on data of one's own leaves a run that
// the other one segments with. They are JavaScript that imports the compiled package, as a user's program does.

import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { renderStreet } from "@pinmem/streets";
import { afterAll, beforeAll, expect, test } from "vitest";
import { writeLabelPng, writeRgbPng } from "../src/images/write-png.js";
import { full } from "./scope.js";

const examples = fileURLToPath(new URL("../../../examples/", import.meta.url));
const [width, height] = [96, 64];

let folder: string | undefined;
const inFolder = (...parts: string[]) => join(folder ?? "", ...parts);
beforeAll(async () => {
  if (!full) return;
  folder = mkdtempSync(join(tmpdir(), "pinmem-examples-"));
  for (const domain of ["boulevard", "toy-town"]) {
    for (let index = 0; index < 2; index++) {
      const { image, label } = renderStreet({ domain, seed: 0, index, width, height });
      await writeRgbPng(inFolder("looks", domain, "images", `${index}.png`), {
        width,
        height,
        pixels: image,
      });
      await writeLabelPng(inFolder("looks", domain, "labels", `${index}.png`), {
        width,
        height,
        labels: label,
      });
    }
  }
});
afterAll(() => folder && rmSync(folder, { recursive: true }));

function run(name: string, ...args: string[]): { status: number | null; stdout: string; stderr: string } {
  return spawnSync(process.execPath, [join(examples, name), ...args], { encoding: "utf8" });
}

test.runIf(full)("train-own.mjs trains by a method of its own on data of its own", () => {
  const { status, stderr } = run("train-own.mjs", inFolder("looks"), inFolder("run"), "2");
  expect(status, stderr).toBe(0);
  expect(stderr).toMatch(/finished at step 2 of 2/);
  const events = readFileSync(inFolder("run", "events.jsonl"), "utf8").trimEnd().split("\n");
  const steps = events.map((line) => JSON.parse(line)).filter(({ event }) => event === "step");
  expect(steps).toHaveLength(2);
  for (const { losses, metaTest } of steps) {
    expect(Object.keys(losses)).toEqual(["meta-train", "meta-test"]);
    expect(losses["meta-test"].cohesion).toBeGreaterThan(0);
    expect(["boulevard", "toy-town"]).toContain(metaTest[0]);
  }
  expect(existsSync(inFolder("run", "last.safetensors"))).toBe(true);
});

test.runIf(full)("segment.mjs segments an image with that run and tells what its memory read", () => {
  const [image, out] = [inFolder("looks", "boulevard", "images", "0.png"), inFolder("out.png")];
  const { status, stdout, stderr } = run("segment.mjs", inFolder("run"), image, out);
  expect(status, stderr).toBe(0);
  const shares = [...stdout.matchAll(/^[a-z ]+: (\d+\.\d) % of the pixels, (\d+\.\d) % of what is read$/gm)];
  const total = shares.reduce((sum, [, share]) => sum + Number(share), 0);
  expect(total).toBeGreaterThan(99);
  expect(total).toBeLessThan(101);
  expect(readFileSync(out).subarray(1, 4).toString()).toBe("PNG");
  expect(run("segment.mjs").status).toBe(2);
});

test.runIf(full)(
  "own-backbone.mjs trains, resumes, opens and inspects a backbone of its own, in fewer than 60 lines",
  () => {
    const lines = readFileSync(join(examples, "own-backbone.mjs"), "utf8").trimEnd().split("\n");
    expect(lines.length).toBeLessThan(60);
    const folder = inFolder("own-backbone");
    const { status, stdout, stderr } = run("own-backbone.mjs", folder, "2");
    expect(status, stderr).toBe(0);
    expect(stdout).toMatch(/^step 2, mean cosine between rows of the memory: -?0\.\d+$/m);
    expect(JSON.parse(readFileSync(join(folder, "recipe.json"), "utf8")).model.backbone).toBe("plain");
    expect(JSON.parse(readFileSync(join(folder, "environment.json"), "utf8"))).toHaveLength(2);
    expect(existsSync(join(folder, "inspection", "inspection.json"))).toBe(true);
  },
);

test.runIf(full)("own-method.mjs lets the command line train, and go on, by a method of its own", () => {
  const recipe = inFolder("beta.mjs");
  const look = { name: "streets", count: 2, width: 64, height: 32 };
  const text = {
    name: "beta",
    data: {
      sources: ["boulevard", "toy-town"].map((domain) => ({ ...look, domain })),
      crop: { width: 64, height: 32 },
      perDomain: 2,
    },
    model: { backbone: "resnet18", width: 16 },
    method: { name: "custom", as: "weighted-mldg", options: { beta: 0.5 } },
    length: { steps: 1 },
  };
  writeFileSync(recipe, `export default ${JSON.stringify(text)};`);
  const pinmem = (...words: string[]) => {
    const cli = fileURLToPath(new URL("../bin/pinmem.mjs", import.meta.url));
    const env = { ...process.env, NODE_OPTIONS: `--import ${join(examples, "own-method.mjs")}` };
    return spawnSync(process.execPath, [cli, ...words], { encoding: "utf8", env });
  };
  const trained = pinmem("train", recipe, "--out", inFolder("beta"));
  expect(trained.status, trained.stderr).toBe(0);
  expect(JSON.parse(readFileSync(inFolder("beta", "recipe.json"), "utf8")).method.options).toEqual({
    beta: 0.5,
  });
  const again = pinmem("train", "--resume", inFolder("beta"));
  expect([again.status, again.stderr]).toEqual([0, expect.stringMatching(/finished at step 1 of 1/)]);
});

test.runIf(full)(
  "adapt-to-a-place.mjs trains, fits the network to a place without and with labels, and tells scores",
  () => {
    const { status, stdout, stderr } = run("adapt-to-a-place.mjs", inFolder("place"), "2");
    expect(status, stderr).toBe(0);
    expect(stdout.match(/\d+\.\d % mean IoU$/gm)).toHaveLength(4);
    expect(stdout).toMatch(/^with labels, statistics x [\d.]+, votes x \d+, rows of \d+ classes:$/m);
    expect(existsSync(inFolder("place", "labels", "adaptation.json"))).toBe(true);
  },
);

test.runIf(full)(
  "a run with a backbone that is not registered says so, and which function registers it",
  () => {
    const program = `import { openRun } from "pinmem"; await openRun(${JSON.stringify(inFolder("own-backbone"))});`;
    const { status, stderr } = spawnSync(process.execPath, ["--input-type=module", "-e", program], {
      cwd: examples,
      encoding: "utf8",
    });
    expect(status).toBe(1);
    expect(stderr).toMatch(
      /RunError: .*model\.backbone is "plain".*registerBackbone\("plain", …\) of pinmem\/models/,
    );
  },
);
