import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { renderStreet } from "@pinmem/streets";
import { beforeAll, describe, expect, it } from "vitest";
import { temporaryFolder } from "../../test/data-fixtures.js";
import { killedAtRename } from "../../test/kill-at-rename.js";
import { writeImage, writeLabel } from "../../test/label-folders.js";
import { miniRecipe, ownProcess } from "../../test/mini-recipe.js";
import { runCli } from "../../test/run-cli.js";
import { full } from "../../test/scope.js";
import { untrainedRun } from "../../test/untrained-run.js";
import { writeLabelPng, writeRgbPng } from "../images/write-png.js";

const root = temporaryFolder();
const [run, images, labels] = ["run", "images", "labels"].map((name) => join(root, name)) as [
  string,
  string,
  string,
];
const out = join(root, "out");

beforeAll(async () => {
  untrainedRun(run);
  const [width, height] = [48, 32];
  for (let index = 0; index < 2; index++) {
    const { image, label } = renderStreet({ domain: "night", seed: 0, index, width, height });
    await writeRgbPng(join(images, `${index}.png`), { width, height, pixels: image });
    await writeLabelPng(join(labels, `${index}.png`), { width, height, labels: label });
  }
});

const adapt = (...words: string[]) => runCli("adapt", ...words);

/** Nothing new lies beside the run, hidden or not, that is called like what was to be made. */
const nothingIsLeft = () => expect(readdirSync(root).filter((name) => name.includes("out"))).toEqual([]);

const contentOf = (folder: string) =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => [name, readFileSync(join(parentPath, name)).toString("base64")]);

describe("pinmem adapt", () => {
  it("refuses what it cannot use in one line, and writes nothing", async () => {
    const folder = (name: string) => join(root, name);
    mkdirSync(folder("empty"));
    writeFileSync(join(folder("empty"), "notes.txt"), "x");
    mkdirSync(folder("unfinished"));
    cpSync(join(run, "recipe.json"), join(folder("unfinished"), "recipe.json"));
    await writeImage(join(folder("large"), "0.png"), 500, 40);
    await writeImage(join(folder("small"), "0.png"), 4, 4);
    await writeLabel(join(folder("unknown"), "0.png"), [0, 40, ...Array(46).fill(255)], 32);
    await writeLabel(join(folder("ignored"), "0.png"), Array(48).fill(255), 32);
    await writeLabel(join(folder("other-size"), "0.png"), Array(24).fill(0), 32);
    await writeLabel(join(folder("strangers"), "a.png"), Array(48).fill(0), 32);
    const whole = ["--images", images, "--out", out];
    const refusals: [words: string[], message: RegExp][] = [
      [
        [run, "--images", folder("empty"), "--out", out],
        /empty: holds no picture \(\.jpg, .*there lie "notes\.txt"/,
      ],
      [[run, "--images", folder("nowhere"), "--out", out], /nowhere: does not exist/],
      [
        [run, "--images", folder("large"), "--out", out],
        /large.0\.png: is 500x40 pixels, 10\.4 times as large as the crops of 48x48/,
      ],
      [
        [run, "--images", folder("small"), "--out", out],
        /small.0\.png: is 4x4 pixels, 12\.0 times as small as the crops/,
      ],
      [[run, "--images", run, "--out", out], /run is the folder of the run itself, or lies in it/],
      [[run, "--images", images, "--out", run], /run is there already; choose another --out/],
      [
        [run, "--images", images, "--out", join(run, "here")],
        /here lies in the run that is adapted .*choose another --out/,
      ],
      [[folder("unfinished"), ...whole], /unfinished holds no weights yet: the run is not finished/],
      [
        [run, ...whole, "--labels", folder("strangers")],
        /strangers: holds no label of any picture: looked for "0\.png".*"a\.png"/,
      ],
      [[run, ...whole, "--labels", folder("nowhere")], /nowhere: is no folder; --labels names/],
      [[run, ...whole, "--labels", images], /images: holds pictures and labels alike/],
      [
        [run, ...whole, "--labels", folder("unknown")],
        /unknown.0\.png: holds label values that this data set does not define: 40/,
      ],
      [
        [run, ...whole, "--labels", folder("ignored")],
        /ignored.0\.png: .*nothing is labeled: all pixels of 1 label are ignored/,
      ],
      [
        [run, ...whole, "--labels", folder("other-size")],
        /other-size.0\.png: is 24x32 pixels, but its image .*0\.png is 48x32/,
      ],
    ];
    for (const [words, message] of refusals) {
      const { code, err, out: printed } = await adapt(...words);
      expect(err).toMatch(message);
      expect([code, printed, err.trim().split("\n").length]).toEqual([1, "", 1]);
      nothingIsLeft();
    }
  });

  it("leaves pictures out that cannot be read, and names labels that are not used, in a line each", async () => {
    const place = join(root, "partly");
    const at = (name: string) => join(place, name);
    cpSync(images, at("images"), { recursive: true });
    cpSync(labels, at("labels"), { recursive: true });
    for (const name of ["images/broken.jpg", "labels/broken.png"]) writeFileSync(at(name), "no picture");
    cpSync(join(labels, "0.png"), at("labels/typo.png"));
    const words = [run, "--images", at("images"), "--labels", at("labels"), "--out"];
    const some = await adapt(...words, at("some"), "--shots", "1", "--json");
    expect(some.code).toBe(0);
    const record = JSON.parse(some.out);
    expect(record).toMatchObject({ pictures: 2, labeled: 1 });
    expect(record.notes.slice(0, 3)).toEqual([
      expect.stringMatching(/^left out of the place: .*broken\.jpg: is damaged, or no image/),
      "3 labels, 1 of them used (shots)",
      'no picture belongs to label "typo.png"',
    ]);
    renameSync(at("labels/typo.png"), at("labels/BROKEN.png"));
    const capital = await adapt(...words, at("capital"), "--shots", "1");
    expect(capital.out).toContain(
      'note: no picture belongs to label "BROKEN.png" (small and capital letters are told apart)',
    );
    writeFileSync(at("labels/1.png"), "no label");
    const label = await adapt(...words, at("none"));
    expect([label.code, label.err]).toEqual([1, expect.stringMatching(/labels.1\.png: is not a PNG file/)]);
    for (const name of ["0.png", "1.png"]) writeFileSync(at(`images/${name}`), "no picture");
    const nothing = await adapt(run, "--images", at("images"), "--out", at("none"));
    expect([nothing.code, nothing.err]).toEqual([1, expect.stringMatching(/; no picture is left, and the/)]);
  });

  it("takes a pattern for the pictures that it matches, as predict does", async () => {
    const words = [run, "--images", join(images, "*.png"), "--out", join(root, "matched"), "--json"];
    const { out, code } = await adapt(...words);
    expect([code, JSON.parse(out).images]).toEqual([0, [join(images, "0.png"), join(images, "1.png")]]);
    const none = await adapt(run, "--images", join(images, "*.jpg"), "--out", out);
    expect([none.code, none.err]).toEqual([1, expect.stringMatching(/is a pattern that no image/)]);
  });

  it("says which values labels hold", async () => {
    expect((await adapt("--help")).out).toMatch(/0 road to 18 bicycle, not the label ids/);
  });

  it("refuses options that have no effect, and values that cannot be, as wrong usage", async () => {
    const words = [run, "--images", images, "--out", out];
    for (const [more, message] of [
      [["--shots", "3"], /--shots has no effect here/],
      [["--steps", "3"], /--steps has no effect here/],
      [["--weight", "2"], /number from 0 to 1, or auto/],
      [["--vote", "-1"], /number of at least 0, or auto/],
    ] as const) {
      const { code, err } = await adapt(...words, ...more);
      expect([code, err]).toEqual([2, expect.stringMatching(message)]);
    }
    nothingIsLeft();
  });

  it("prints and keeps what was chosen, with scores by class before and after on pictures left out", async () => {
    const place = join(root, "labeled");
    const words = [run, "--images", images, "--labels", labels, "--weight", "0.1"];
    const { code, out: printed, err } = await adapt(...words, "--out", place);
    expect([code, err]).toEqual([0, ""]);
    const lines = printed.trimEnd().split("\n");
    expect(lines.slice(0, 4)).toEqual([
      expect.stringMatching(/^from .*last\.safetensors, step 0: 2 pictures of the place, labels of 2$/),
      "batch norm: statistics of the place with weight 0.1",
      expect.stringMatching(/^classifier: fitted to the labeled pictures, x (1|3|10|30)$/),
      expect.stringMatching(/^IoU on pictures left out, in percent +before +after$/),
    ]);
    expect(lines).toContainEqual(expect.stringMatching(/^road +\d+\.\d +\d+\.\d$/));
    expect(lines).toContainEqual(expect.stringMatching(/^mean +\d+\.\d +\d+\.\d$/));
    expect(lines.at(-1)).toBe(`written: ${place}`);
    const json = await adapt(...words, "--out", join(root, "labeled-json"), "--json");
    const record = JSON.parse(json.out);
    expect(record).toEqual(JSON.parse(readFileSync(join(place, "adaptation.json"), "utf8")));
    for (const name of record.leftOut.worse)
      expect(lines).toContainEqual(
        expect.stringContaining(`warning: ${name} got worse on pictures that were left out`),
      );
  });

  it.runIf(full)(
    "leaves the run untouched and no half of the new one where it is killed while it writes",
    async () => {
      const real = untrainedRun(join(root, "real"), { recipe: miniRecipe(ownProcess) });
      const before = contentOf(real);
      const words = ["adapt", real, "--images", images, "--out", out];
      // Renames: recipe, adaptation, environment, weights, and last the folder itself.
      for (const killAt of full ? [2, 4, 5] : [5]) {
        expect(killedAtRename(root, killAt, words)).toBe("SIGKILL");
        expect(existsSync(out)).toBe(false);
        expect(contentOf(real)).toEqual(before);
      }
      const { code, text } = await adapt(real, "--images", images, "--out", out);
      expect([code, text]).toEqual([
        0,
        expect.stringMatching(
          /2 pictures of the place\nbatch norm: statistics of the place with weight 0\.3\n(note: the run is not calibrated.*\n){2}written: .*out$/,
        ),
      ]);
      expect(readdirSync(root).filter((name) => name.startsWith("."))).toEqual([]); // what the killed ones left
    },
    60_000,
  );
});
