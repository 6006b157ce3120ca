import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { miniRecipe } from "../../test/mini-recipe.js";
import { runCli } from "../../test/run-cli.js";
import { untrainedRun } from "../../test/untrained-run.js";
import { writeRgbPng } from "../images/write-png.js";
import { train } from "../runs/train.js";

let folder = "";
let run = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "pinmem-calibrate-"));
  run = untrainedRun(join(folder, "run"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("pinmem calibrate", () => {
  it("is what image:auto needs, and makes it possible", async () => {
    const evaluate = ["evaluate", run, "--on", "streets:fog", "--limit", "2", "--json", "--normalize"];
    const before = await runCli(...evaluate, "image:auto");
    expect([before.code, before.err]).toEqual([1, expect.stringContaining("is not calibrated")]);
    const calibrated = await runCli("calibrate", run, "--pictures", "2", "--json");
    expect(calibrated.code).toBe(0);
    const { rule, shown, votes } = JSON.parse(calibrated.out);
    expect(rule.threshold).toBeGreaterThan(0);
    expect(rule.information).toBeGreaterThanOrEqual(0);
    expect(votes.candidates).toContain(votes.chosen);
    const kinds = (list: { kind: string; change?: string }[]) =>
      list.flatMap(({ kind, change }) => (change === "framing" ? [] : [kind]));
    expect(kinds(votes.shown)).toEqual(kinds(shown));
    expect(new Set(shown.map(({ change }: { change: string }) => change)).size).toBe(3);
    expect(shown[0]).toMatchObject({ kind: "none" });
    const { out, code } = await runCli(...evaluate, "image:auto");
    expect(code).toBe(0);
    expect(JSON.parse(out).protocol.normalize).toEqual({ kind: "image", weight: "auto" });
  });

  it("says what votes weigh, which --vote auto takes", async () => {
    const file = join(run, "last.calibration.json");
    const text = readFileSync(file, "utf8");
    const evaluate = ["evaluate", run, "--on", "streets:fog", "--limit", "1", "--json", "--vote"];
    const confusion = async (vote: string) => JSON.parse((await runCli(...evaluate, vote)).out);
    const calibration = JSON.parse(text);
    writeFileSync(file, JSON.stringify({ ...calibration, votes: { ...calibration.votes, chosen: 30 } }));
    const [auto, given, none] = [await confusion("auto"), await confusion("30"), await confusion("0")];
    expect(auto.protocol.vote).toBe("auto");
    expect(auto.domains[0].confusion).toEqual(given.domains[0].confusion);
    expect(auto.domains[0].confusion).not.toEqual(none.domains[0].confusion);
    // As an earlier version wrote it.
    const { votes: _, sourceInformation: __, ...former } = calibration;
    const { information: ___, ...rule } = former.rule;
    const shown = former.shown.map(({ information: ____, ...kind }: Record<string, unknown>) => kind);
    writeFileSync(file, JSON.stringify({ ...former, rule, shown, format: 1 }));
    const old = await runCli(...evaluate, "auto");
    expect([old.code, old.err]).toEqual([1, expect.stringContaining("calibrated by an earlier version")]);
    const own = ["evaluate", run, "--on", "streets:fog", "--limit", "1", "--normalize", "image:auto"];
    const other = await runCli(...own);
    expect([other.code, other.err]).toEqual([1, expect.stringMatching(/whose rule is another one.*anew/)]);
    writeFileSync(file, text);
    expect((await runCli(...own)).code).toBe(0);
  });

  it("says how much of the classes' frequencies is too much, which --logit-adjustment auto takes out", async () => {
    const file = join(run, "last.calibration.json");
    const text = readFileSync(file, "utf8");
    const calibration = JSON.parse(text);
    const { logitAdjustment } = calibration;
    expect(logitAdjustment.frequencies.reduce((sum: number, share: number) => sum + share, 0)).toBeCloseTo(1);
    expect(logitAdjustment.candidates).toContain(logitAdjustment.chosen);
    expect(logitAdjustment.shown[0].meanIoU).toHaveLength(logitAdjustment.candidates.length);
    const evaluate = ["evaluate", run, "--on", "streets:fog", "--limit", "1", "--json", "--logit-adjustment"];
    const result = async (weight: string) => JSON.parse((await runCli(...evaluate, weight)).out);
    writeFileSync(
      file,
      JSON.stringify({ ...calibration, logitAdjustment: { ...logitAdjustment, chosen: 1.5 } }),
    );
    const [auto, given, none] = [await result("auto"), await result("1.5"), await result("0")];
    expect(auto.protocol).toMatchObject({ logitAdjustment: "auto", name: "whole, changed" });
    expect(auto.domains[0].confusion).toEqual(given.domains[0].confusion);
    expect(auto.domains[0].confusion).not.toEqual(none.domains[0].confusion);
    // As an earlier version wrote it.
    const { logitAdjustment: _, ...former } = calibration;
    writeFileSync(file, JSON.stringify({ ...former, format: 2 }));
    const old = await runCli(...evaluate, "0.3");
    expect([old.code, old.err]).toEqual([
      1,
      expect.stringMatching(/did not ask how frequent classes are: .*, or leave --logit-adjustment out/),
    ]);
    writeFileSync(file, text);
    const wrong = await runCli(...evaluate, "3");
    expect([wrong.code, wrong.err]).toEqual([2, expect.stringContaining("a number from 0 to 2, or auto")]);
  });

  it("lets exported models, predictions and adapted runs go without these frequencies, too", async () => {
    const out = join(folder, "exported");
    const exported = await runCli("export", run, "--out", out, "--logit-adjustment", "0.5", "--json");
    expect(exported.code).toBe(0);
    const { notes, verification } = JSON.parse(exported.out);
    expect(verification).toMatchObject({ verified: true });
    expect(notes).toContain("Logits without 0.5 of the logarithms of the sources' class frequencies.");
    const [width, height] = [64, 32];
    const pixels = Uint8Array.from({ length: 3 * width * height }, (_, at) => (at * 37) % 256);
    const photo = join(folder, "photo.png");
    await writeRgbPng(photo, { width, height, pixels });
    const labels = async (weight: string) => {
      const to = join(folder, `predicted-${weight}`);
      const words = ["--out", to, "--write", "train-ids", "--logit-adjustment", weight];
      expect((await runCli("predict", run, photo, ...words)).code).toBe(0);
      return readFileSync(join(to, "train-ids/photo.png"));
    };
    expect(await labels("2")).not.toEqual(await labels("0"));
    const here = join(folder, "here");
    const words = ["--images", photo, "--out", here, "--weight", "0", "--logit-adjustment", "2", "--json"];
    const adapted = await runCli("adapt", run, ...words);
    expect([adapted.code, JSON.parse(adapted.out).logitAdjustment]).toEqual([0, 2]);
    const again = ["--images", photo, "--out", `${here}-again`, "--weight", "0", "--json"];
    const goneOn = await runCli("adapt", here, ...again);
    expect([goneOn.code, JSON.parse(goneOn.out).logitAdjustment]).toEqual([0, 2]);
    const to = join(folder, "predicted-here");
    expect((await runCli("predict", here, photo, "--out", to, "--write", "train-ids")).code).toBe(0);
    expect(readFileSync(join(to, "train-ids/photo.png"))).toEqual(await labels("2"));
    const uncalibrated = untrainedRun(join(folder, "uncalibrated"));
    const { code, err } = await runCli("predict", uncalibrated, photo, "--logit-adjustment", "0.3");
    expect([code, err]).toEqual([
      1,
      expect.stringMatching(/is not calibrated, .* or leave --logit-adjustment out/),
    ]);
  });

  it("lets an inspection look at the network without these frequencies, and says so", async () => {
    const inspect = async (weight: string) => {
      const out = join(folder, `inspected-${weight}`);
      const words = ["--what", "grid,reliance", "--on", "streets:fog", "--limit", "1", "--json"];
      const ran = await runCli("inspect", run, "--out", out, ...words, "--logit-adjustment", weight);
      expect(ran.code).toBe(0);
      return JSON.parse(ran.out);
    };
    const [plain, adjusted] = [await inspect("0"), await inspect("2")];
    expect([plain.logitAdjustment, adjusted.logitAdjustment]).toEqual([0, 2]);
    expect(adjusted.figures.grid.rows[0].accuracy).not.toBe(plain.figures.grid.rows[0].accuracy);
  });

  it("is done at the end of a training, once", async () => {
    const path = join(folder, "trained");
    const recipe = miniRecipe({ length: { steps: 1 }, calibration: { pictures: 2 } });
    await train(recipe, { folder: path });
    const file = join(path, "best.calibration.json");
    const written = statSync(file).mtimeMs;
    await train(recipe, { folder: path, resume: true });
    expect(statSync(file).mtimeMs).toBe(written);
    expect(JSON.parse(readFileSync(file, "utf8")).shown[0]).toMatchObject({ kind: "none", pictures: 2 });
  });

  it("stops after the picture in work when it is interrupted, and writes nothing", async () => {
    const fresh = untrainedRun(join(folder, "interrupted"));
    const stopping = runCli("calibrate", fresh, "--pictures", "30");
    const timer = setInterval(() => process.listenerCount("SIGINT") > 0 && process.emit("SIGINT"), 5);
    const { code, out, err } = await stopping.finally(() => clearInterval(timer));
    expect([code, out]).toEqual([130, ""]);
    expect(err).toMatch(/stopping after this picture; .*\ninterrupted; nothing was written\n$/);
    expect(existsSync(join(fresh, "last.calibration.json"))).toBe(false);
  });

  it("is refused for weights that were trained on", async () => {
    const file = join(run, "last.calibration.json");
    const text = readFileSync(file, "utf8");
    writeFileSync(file, JSON.stringify({ ...JSON.parse(text), step: 999 }));
    const { code, err } = await runCli("evaluate", run, "--on", "streets:fog", "--normalize", "image:auto");
    writeFileSync(file, text);
    expect([code, err]).toEqual([1, expect.stringContaining("was trained on after it was calibrated")]);
  });
});
