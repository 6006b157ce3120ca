import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Inspection } from "@pinmem/core/formats";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { miniRecipe } from "../../test/mini-recipe.js";
import { runCli } from "../../test/run-cli.js";
import { streetsDataset } from "../datasets/sets/streets.js";
import { calibrate } from "../runs/calibrate.js";
import { type OpenRun, openRun } from "../runs/open-run.js";
import { RunFolder } from "../runs/run-folder.js";
import { train } from "../runs/train.js";
import { inspectedDomains } from "./domains.js";
import { canDrawText } from "./drawing/save-picture.js";
import { inspectRun } from "./inspect-run.js";

let root: string;
const path = (name: string) => join(root, name);
beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), "pinmem-inspect-"));
  await train(miniRecipe(), { folder: new RunFolder(path("pin")) });
  const erm = miniRecipe({ name: "plain", method: { name: "erm" }, length: { steps: 1 } });
  await train(erm, { folder: new RunFolder(path("erm")) });
});
afterAll(() => rmSync(root, { recursive: true }));
const domainsOf = (run: OpenRun) => inspectedDomains(["recipe"], run, { limit: 2 });
const saved = (out: string): Inspection => JSON.parse(readFileSync(join(out, "inspection.json"), "utf8"));

const run = (...words: string[]) => runCli("inspect", ...words);

/** What is noted on machines without a font, and nothing elsewhere. */
const aboutFonts = async (): Promise<unknown[]> =>
  (await canDrawText()) ? [] : [expect.stringMatching(/^pictures: this machine has no font/)];

describe("inspectRun", () => {
  it("records whose statistics were taken, and refuses a run whose pictures decide that", async () => {
    const out = path("own");
    const words = [path("pin"), "--what", "grid", "--limit", "1", "--out", out];
    expect((await run(...words, "--normalize", "image:0.3")).code).toBe(0);
    expect(saved(out)).toMatchObject({ normalize: { kind: "image", weight: 0.3 }, vote: null });
    await calibrate(path("pin"), [streetsDataset({ domain: "boulevard", count: 1, width: 64, height: 32 })]);
    const { code, err } = await run(...words, "--normalize", "image:auto");
    expect([code, err]).toEqual([
      1,
      expect.stringContaining("with image:auto every picture has one of two networks"),
    ]);
  });

  it("leaves every picture behind in two forms, and every figure in inspection.json", async () => {
    const out = path("whole");
    let inspection: Inspection;
    {
      using opened = openRun(path("pin"), { which: "last", form: "trained" });
      using baseline = openRun(path("erm"));
      inspection = await inspectRun(opened, { domains: await domainsOf(opened), out, baseline });
    }
    expect(saved(out)).toEqual(JSON.parse(JSON.stringify(inspection)));
    expect(inspection.notes).toEqual(await aboutFonts());
    expect(inspection.domains).toEqual([
      { name: "streets:boulevard", role: "source", images: 2 },
      { name: "streets:night", role: "target", images: 1 },
    ]);
    const listed = inspection.pictures.flatMap(({ file, svg }) => [file, svg]);
    expect(readdirSync(out).sort()).toEqual([...listed, "inspection.json"].sort());
    for (const { file, width, height, title, caption } of inspection.pictures) {
      expect(await sharp(join(out, file)).metadata()).toMatchObject({ width: 2 * width, height: 2 * height });
      expect(title).not.toBe("");
      expect(caption).toMatch(/\.$/);
    }
    const { activation, similarity, embedding, grid, reliance } = inspection.figures;
    expect(activation?.map(({ domain }) => domain)).toEqual(["streets:boulevard", "streets:night"]);
    expect(similarity?.before?.step).toBe(0);
    expect(similarity?.after.step).toBe(4);
    expect(similarity?.after.cosine).not.toEqual(similarity?.before?.cosine);
    expect(embedding?.points.some(({ domain }) => domain === null)).toBe(true);
    expect(grid?.baseline?.method).toBe("erm");
    expect(grid?.rows).toHaveLength(3);
    expect(reliance?.domains).toHaveLength(2);
    expect(reliance?.domains[0]?.pixels).toBe(2 * 96 * 48);
  });

  it("finds the same again", async () => {
    const parts = ["embedding", "reliance"] as const;
    const [a, b] = [path("once"), path("again")];
    for (const out of [a, b]) {
      using opened = openRun(path("pin"), { form: "trained" });
      await inspectRun(opened, { domains: await domainsOf(opened), out, parts, seed: 3 });
    }
    for (const file of readdirSync(a))
      expect(readFileSync(join(a, file)).equals(readFileSync(join(b, file))), file).toBe(true);
  });

  it("says of a run without a memory what there is not, and makes the rest", async () => {
    const out = path("plain");
    using opened = openRun(path("erm"), { form: "trained" });
    const domains = await domainsOf(opened);
    const { figures, notes, pictures } = await inspectRun(opened, { domains, out });
    expect(notes).toEqual([
      ...["activation", "similarity", "reliance"].map(
        (part) => `${part}: this network has no memory (it was trained by erm)`,
      ),
      ...(await aboutFonts()),
    ]);
    expect(pictures.map(({ kind }) => kind)).toEqual(["embedding", "grid"]);
    expect(figures).toMatchObject({ activation: null, similarity: null, reliance: null });
    expect(figures.embedding?.nearestIsOwnRow).toBeNull();
    const nothing = path("nothing");
    await expect(inspectRun(opened, { domains, out: nothing, parts: ["reliance"] })).rejects.toThrow(
      /nothing can be made of it\. reliance: this network has no memory \(it was trained by erm\)/,
    );
    expect(existsSync(nothing)).toBe(false);
  });
});

describe("pinmem inspect", () => {
  it("inspects the domains and parts that are asked for, beside the run", async () => {
    const words = ["--on", "streets:fog", "--limit", "1", "--what", "grid,reliance"];
    const { text, code } = await run(path("pin"), ...words);
    expect(code).toBe(0);
    expect(text).toMatch(/memory reliance[\s\S]*rows' values permuted[\s\S]*2 pictures/);
    expect(saved(path("pin/inspection")).domains).toEqual([
      { name: "streets:fog", role: "target", images: 1 },
    ]);
    expect(readdirSync(path("pin/inspection")).sort()).toEqual([
      "grid.png",
      "grid.svg",
      "inspection.json",
      "reliance.png",
      "reliance.svg",
    ]);
  });

  it("stops after the image in work when it is interrupted, and says what there is", async () => {
    const out = path("stopped");
    const stopping = run(path("pin"), "--on", "streets:fog", "--what", "grid,reliance", "--out", out);
    const timer = setInterval(() => {
      if (process.listenerCount("SIGINT") === 0) return;
      clearInterval(timer);
      process.emit("SIGINT");
    }, 1);
    const { text, code } = await stopping;
    expect(text).toContain(`interrupted; pictures made so far are in ${out}, without inspection.json`);
    expect(code).toBe(130);
    expect(existsSync(join(out, "inspection.json"))).toBe(false);
    expect(process.listenerCount("SIGINT")).toBe(0);
  });

  it("prints inspection.json when told so", async () => {
    const words = ["--what", "similarity", "--json", "--out", path("json")];
    const { text } = await run(path("pin"), ...words);
    expect(JSON.parse(text)).toEqual(saved(path("json")));
  });

  it("says what is wrong with the command line and with runs", async () => {
    expect(await run(path("pin"), "--what", "magic")).toMatchObject({
      code: 2,
      text: expect.stringMatching(/There is no "magic"; there are activation, /),
    });
    expect(await run(path("nowhere"))).toMatchObject({
      code: 1,
      text: expect.stringMatching(/nowhere does not exist/),
    });
    const unknown = await run(path("pin"), "--what", "embedding", "--embedding-classes", "unicorn");
    expect(unknown).toMatchObject({
      code: 1,
      text: expect.stringMatching(/has no class "unicorn"; there are road/),
    });
  });
});
