// What Teach saves, beside `pinmem adapt` with label files of the same strokes and the same options: every weight the same. And it is what
// the page has shown: its rows are those of the runtime in the page, and evaluate, predict and the runtime take it.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { dispose, loadSafetensors } from "@pinmem/torch";
import type { Browser, Page } from "playwright-core";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { exportRun } from "../../../pinmem/src/export/export-run.js";
import { writeLabelPng, writeRgbPng } from "../../../pinmem/src/images/write-png.js";
import { temporaryFolder } from "../../../pinmem/test/data-fixtures.js";
import { miniRecipe } from "../../../pinmem/test/mini-recipe.js";
import { runCli } from "../../../pinmem/test/run-cli.js";
import { untrainedRun } from "../../../pinmem/test/untrained-run.js";
import { load } from "../../../runtime/src/index.js";
import { paint, type Stroke } from "../../../runtime/src/strokes.js";
import { launch, noChromium } from "../../../runtime/test/browser/chromium.js";
import { noRuntime, street } from "../../../runtime/test/exported.js";
import { startStudio } from "../../src/index.js";
import { openPage, segmented, studioContent } from "./studio-page.js";

const root = temporaryFolder();
const VOTE = 7.5;
const kinds = ["train-ids", "label-ids", "color"] as const;
const pictures = [street(96, 64, 0), street(96, 64, 1)];

interface Labeled {
  readonly image: (typeof pictures)[number];
  readonly labels: Uint8Array;
}

describe.skipIf(noChromium !== null || noRuntime !== null)("a run that was saved in the studio", () => {
  let browser: Browser;
  let names: readonly string[];
  const [first, second] = [join(root, "run"), join(root, "run/studio/here")];
  const folder = join(root, "pictures");
  const wrong: string[] = [];
  /** What was brushed, by run, as label files would have it. */
  const brushed = new Map<string, readonly Labeled[]>();
  /** What the page has saved of the first picture, by run and kind. */
  const shown = new Map<string, ReadonlyMap<string, Buffer>>();
  beforeAll(async () => {
    untrainedRun(first, {
      recipe: miniRecipe({ method: { name: "pin-memory", memoryStart: { batches: 2 } } }),
    });
    for (const [at, image] of pictures.entries()) await writeRgbPng(join(folder, `${at}.png`), image);
    browser = await launch();
    await saveFrom(first, ["road", "building", "eraser"]);
    await saveFrom(second, ["road", "sky"]);
  });
  afterAll(async () => {
    await browser?.close();
    expect(wrong).toEqual([]);
  });

  /** Brushes a line of each class on both pictures, one below the other, and saves. */
  async function saveFrom(path: string, classes: readonly string[]): Promise<void> {
    const content = await studioContent([path], { limit: 1, pictures: [folder] });
    await using studio = await startStudio(content);
    const page = await openPage(browser, studio.address, wrong);
    await segmented(page);
    await page.keyboard.press("3");
    for (const at of pictures.keys()) {
      await page.locator(".pictures li button").nth(at).click();
      await segmented(page);
      for (const [line, name] of classes.entries()) {
        await page.locator(".brushes").getByRole("button", { name, exact: true }).click();
        await stroke(page, 0.2 + 0.3 * (name === "eraser" ? line - 0.8 : line) - 0.05 * at);
      }
    }
    await page.getByText(/Rows written: .*2 pictures/).waitFor();
    await page.getByLabel("Votes").fill(String(VOTE));
    await page.locator(".pictures li button").first().click();
    await segmented(page);
    await page.getByRole("button", { name: "Save as adapted run" }).click();
    await page.getByText(/^Saved: /).waitFor();
    await page.keyboard.press("1");
    const files = new Map<string, Buffer>();
    for (const kind of kinds) {
      const [download] = await Promise.all([
        page.waitForEvent("download"),
        page.getByRole("button", { name: kind }).click(),
      ]);
      files.set(kind, readFileSync(await download.path())); // gone with the page
    }
    shown.set(path, files);
    const { labels, provenance } = await (await fetch(`${studio.address}runs/0/model/model.json`)).json();
    names = labels.classes.map(({ name }: { name: string }) => name);
    const key = JSON.stringify(`pinmem-studio:strokes:${provenance.weights}`);
    const kept = await page.evaluate(`localStorage.getItem(${key})`);
    const strokes = JSON.parse(kept as string) as [id: string, strokes: Stroke[]][];
    brushed.set(
      path,
      strokes.map(([id, own]) => ({
        image: pictures[Number(/(\d)\.png$/.exec(id)?.[1])] as Labeled["image"],
        labels: labelsOf(own),
      })),
    );
    await page.close();
  }

  async function stroke(page: Page, height: number): Promise<void> {
    const box = await page.locator("canvas.classes").boundingBox();
    if (!box) throw new Error("there is no picture");
    const [x, y] = [box.x + box.width * 0.3, box.y + box.height * height];
    await page.mouse.move(x, y);
    await page.mouse.down();
    await page.mouse.move(x + box.width * 0.4, y + 9, { steps: 3 });
    await page.mouse.up();
  }

  /** Strokes in their order; the eraser takes away. */
  function labelsOf(
    strokes: readonly (Omit<Stroke, "class"> & { readonly class: Stroke["class"] | null })[],
  ) {
    const { width, height } = pictures[0] as Labeled["image"];
    const nothing = [...names, "nothing"];
    const all = strokes.map((one) => ({ ...one, class: one.class ?? names.length }));
    return paint(all, { width, height }, nothing, 255).trainIds.map((id) => (id === names.length ? 255 : id));
  }

  const rowsOf = (path: string) => {
    const { tensors } = loadSafetensors(join(path, "last.safetensors"));
    const values = new Map(
      [...tensors].map(([name, tensor]) => [
        name,
        [...(tensor.to("float32").contiguous().toTypedArray() as Float32Array)],
      ]),
    );
    dispose([...tensors.values()]);
    return values;
  };
  const furthest = (one: Iterable<number>, other: ArrayLike<number>) =>
    [...one].reduce((most, value, at) => Math.max(most, Math.abs(value - (other[at] as number))), 0);

  for (const [what, from, saved, momentum] of [
    ["a trained run", first, second, 0],
    ["one that was adapted before", second, join(second, "studio/here"), 0.8],
  ] as const)
    it(`equals what adapt makes of ${what} with the same strokes`, async () => {
      const labeled = brushed.get(from) as readonly Labeled[];
      expect(labeled.map(({ labels }) => new Set(labels).size)).toEqual([3, 3]);
      const [images, labels, out] = ["images", "labels", "out"].map((name) =>
        join(root, `adapt-${momentum}`, name),
      ) as [string, string, string];
      for (const [at, one] of labeled.entries()) {
        await writeRgbPng(join(images, `${at}.png`), one.image);
        await writeLabelPng(join(labels, `${at}.png`), { ...one.image, labels: one.labels });
      }
      const given = ["--images", images, "--labels", labels, "--out", out];
      // What the studio asks for: nothing is left to be chosen.
      const asked = ["--weight", "0", "--own", "0", "--vote", String(VOTE), "--logit-adjustment", "0"];
      const all = ["--shots", "2", "--limit", "2"];
      expect(await runCli("adapt", from, ...given, ...asked, ...all)).toMatchObject({ code: 0 });
      const [own, adapted] = [rowsOf(saved), rowsOf(out)];
      expect([...own.keys()]).toEqual([...adapted.keys()]);
      for (const [name, values] of own)
        expect(furthest(values, adapted.get(name) as number[]), name).toBeLessThan(1e-5);
      const [record, adaptRecord] = [saved, out].map((path) =>
        JSON.parse(readFileSync(join(path, "adaptation.json"), "utf8")),
      );
      expect(record).toMatchObject({ labeled: 2, vote: VOTE, weight: 0, classifier: 0, momentum });
      expect({ ...adaptRecord, images: null, labels: null }).toEqual({
        ...record,
        images: null,
        labels: null,
      });
      // As the page has computed them: by the runtime, from the run's exported model.
      const [exported] = (await studioContent([from])).runs;
      await using model = await load((await exported?.model(() => {})) as string, { threads: 1 });
      const collected = [];
      for (const { image, labels: trainIds } of labeled) {
        await model.segment(image);
        collected.push(await model.collect({ labels: trainIds }));
      }
      expect(model.writeCollected(collected, { momentum })).toEqual(record.written);
      expect(furthest(model.memory.rows, own.get("memory.m_items") as number[])).toBeLessThan(1e-5);
    });

  it("is taken by evaluate, predict and the runtime, and answers as the page has shown and saved", async () => {
    const pixelsOf = async (file: string | Buffer) => {
      const { channels, space } = await sharp(file).metadata();
      const { data } = await sharp(file)
        .toColourspace(space as string)
        .raw()
        .toBuffer({ resolveWithObject: true });
      return { channels, space, data };
    };
    const different = (one: Uint8Array, other: Uint8Array) =>
      one.filter((value, at) => value !== other[at]).length;
    for (const [from, saved] of [
      [first, second],
      [second, join(second, "studio/here")],
    ] as const) {
      const out = join(saved, "../predictions");
      const words = [join(folder, "0.png"), "--out", out, "--write", kinds.join()];
      expect(await runCli("predict", saved, ...words)).toMatchObject({ code: 0 });
      for (const kind of kinds) {
        const predicted = await pixelsOf(join(out, `${kind}/0.png`));
        const shownHere = await pixelsOf(shown.get(from)?.get(kind) as Buffer);
        expect({ ...shownHere, data: null }).toEqual({ ...predicted, data: null });
        expect(different(predicted.data, shownHere.data), `${from} ${kind}`).toBeLessThan(10);
      }
      const exported = join(saved, "../exported");
      await exportRun(saved, { out: exported, verify: false });
      await using model = await load(exported, { threads: 1 });
      const { labels } = await model.segment(pictures[0] as Labeled["image"]);
      expect(different((await pixelsOf(join(out, "train-ids/0.png"))).data, labels)).toBeLessThan(10);
    }
    const evaluated = await runCli("evaluate", second, "--on", "streets:dusk", "--limit", "1", "--json");
    expect(evaluated).toMatchObject({ code: 0 });
  });
});
