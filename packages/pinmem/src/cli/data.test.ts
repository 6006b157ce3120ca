import { existsSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { folderOf, temporaryFolder } from "../../test/data-fixtures.js";
import { folderOfLabels } from "../../test/label-folders.js";
import { runCli } from "../../test/run-cli.js";

const run = (...words: string[]) => runCli("data", ...words);

const good = { "images/a.png": "photo.png", "labels/a.png": "train-ids.png" };

describe("pinmem data check", () => {
  it("reports what is there and writes a contact sheet", async () => {
    const sheet = join(temporaryFolder(), "sheet.png");
    const { text, code } = await run("check", "folder", "--root", folderOf(good), "--sheet", sheet);
    expect(text).toMatch(/folder, split all, layout "no split"/);
    expect(text).toMatch(/pairs +1\ndecoded +1\nsizes +24x12 \(1\)/);
    expect(text).toMatch(/ 13 {2}car +4\.167 %/);
    expect(text).toMatch(/nothing is wrong\ncontact sheet .*sheet\.png/);
    expect(code).toBe(0);
    expect(existsSync(sheet)).toBe(true);
  });

  it("lists what is wrong and exits with 1", async () => {
    const root = folderOf({
      ...good,
      "images/b.png": "truncated.png",
      "labels/b.png": "train-ids.png",
      "images/c.png": "photo.png",
      "labels/c.png": "unlisted.png",
      "images/d.png": "photo.png",
      "labels/e.png": "train-ids.png",
    });
    const { text, code } = await run("check", "folder", "--root", root, "--no-sheet");
    expect(text).toMatch(/labels without image: 1\n.*labels\/e\.png/);
    expect(text).toMatch(/images without label: 1\n.*images\/d\.png/);
    expect(text).toMatch(
      /holds label values that this data set does not define: 77 \(12 pixels\); it defines 0 to 18 and 255; training stops/,
    );
    expect(text).toMatch(/files that cannot be used: 1\n.*images\/b\.png: is damaged or truncated/);
    expect(code).toBe(1);
  });

  it("names what a split's list names in vain, and exits with 1", async () => {
    const root = folderOf(good);
    writeFileSync(join(root, "train.txt"), "a.png\nb.png\n");
    const check = ["check", "folder", "--root", root, "--split", "train", "--no-sheet"];
    const { text, code } = await run(...check);
    expect(text).toMatch(/pairs +1\n/);
    expect(text).toMatch(/names in .*train\.txt without an image: 1\n {2}b\.png$/);
    expect(code).toBe(1);
    expect(JSON.parse((await run(...check, "--json")).text)).toMatchObject({ listedWithoutImage: ["b.png"] });
  });

  it("warns of classes without a pixel, and exits with 1 where nothing is labeled", async () => {
    const check = (root: string) => {
      const space = join(root, "space.json");
      const classes = ["bg", "fg"].map((name, at) => ({ name, color: [at, at, at] }));
      writeFileSync(space, JSON.stringify({ name: "two", classes }));
      return run("check", "folder", "--root", root, "--space", space, "--no-sheet");
    };
    const half = await check(await folderOfLabels([[0, 255]]));
    expect(half.text).toMatch(/\nwarning: no pixel of "fg" in 1 label; ignored: 255 \(50\.0 %\)/);
    expect(half.text).not.toContain("nothing is wrong");
    expect(half.code).toBe(0);
    const nothing = await check(await folderOfLabels([[255]]));
    expect(nothing.text).toMatch(
      /\nthe labels cannot be trained on: nothing is labeled: .* 255 \(100\.0 %\)$/,
    );
    expect(nothing.code).toBe(1);
  });

  it("names the contact sheet after data set, subset and split", async () => {
    const before = process.cwd();
    process.chdir(temporaryFolder());
    const root = folderOf({
      "rgb_anon/fog/val/a/x_rgb_anon.png": "photo.png",
      "gt/fog/val/a/x_gt_labelTrainIds.png": "train-ids.png",
    });
    const { text } = await run("check", "acdc", "--root", root, "--split", "val", "--subset", "fog");
    const made = existsSync("acdc-fog-val.png");
    process.chdir(before);
    expect(text).toMatch(/contact sheet {4}acdc-fog-val\.png$/);
    expect(made).toBe(true);
  });

  it("compares the count with what is expected", async () => {
    const files = { "rgb/rgb_1.png": "photo.png", "ss/ss_1.png": "train-ids.png" };
    const { text } = await run("check", "urbansyn", "--root", folderOf(files), "--no-sheet");
    expect(text).toMatch(/pairs +1, but 7539 are expected/);
  });

  it("reads a label space and prints JSON", async () => {
    const root = folderOf(good);
    const space = join(root, "space.json");
    const classes = [
      { name: "low", color: [1, 1, 1], values: [0, 1, 2, 3, 4, 5, 6, 7, 8] },
      { name: "high", color: [2, 2, 2], values: [9, 10, 11, 12, 13, 14, 15, 16, 17] },
    ];
    writeFileSync(space, JSON.stringify({ name: "two", classes, ignored: [18] }));
    const { text } = await run("check", "folder", "--root", root, "--space", space, "--no-sheet", "--json");
    expect(JSON.parse(text)).toMatchObject({ pairs: 1, histogram: [9 * 12, 9 * 12], ignoredPixels: 6 * 12 });
    writeFileSync(space, '{"name": "two"}');
    const bad = await run("check", "folder", "--root", root, "--label-space", space);
    expect(bad.text).toMatch(/space\.json: label space: classes must be a list/);
    expect(bad.code).toBe(1);
  });

  it("says what to download when nothing is there", async () => {
    const { text, code } = await run("check", "idd", "--root", folderOf({ "x.png": "photo.png" }));
    expect(text).toMatch(/holds no images of IDD.*download 'IDD - Segmentation.*idd\.insaan\.iiit\.ac\.in/);
    expect(code).toBe(1);
  });

  it("asks whether a data set with a similar name was meant", async () => {
    const { text, code } = await run("check", "cityscape", "--root", "x");
    expect(text).toBe('there is no data set "cityscape"; did you mean "cityscapes"?');
    expect(code).toBe(1);
  });

  it("says what is wrong with the command line and exits with 2", async () => {
    const { text, code } = await run("check", "camvid");
    expect(text).toMatch(/required option '--root <dir>' not specified/);
    expect(code).toBe(2);
  });
});

describe("pinmem data prepare", () => {
  it("makes IDD's labels, after which check finds them", async () => {
    const root = folderOf({
      "leftImg8bit/train/0/1_leftImg8bit.png": "photo.png",
      "gtFine/train/0/1_gtFine_polygons.json": "polygons.json",
    });
    const before = await run("check", "idd", "--root", root, "--no-sheet");
    expect(before.text).toMatch(
      /has no label: looked in .*gtFine\/train for "0\/1_gtFine_labelcsTrainIds\.png"; there is .*_polygons\.json" instead; .*data prepare idd --root DIR first/,
    );
    expect(before.code).toBe(1);
    expect((await run("prepare", "idd", "--root", root)).text).toMatch(/^1 label images written$/);
    expect((await run("prepare", "idd", "--root", root)).text).toMatch(
      /^0 label images written, 1 were there already/,
    );
    const after = await run("check", "idd", "--root", root, "--no-sheet");
    expect(after.text).toMatch(/pairs +1, but 6993 are expected/);
    expect(after.code).toBe(0);
  });

  it("makes the rest after an interruption", async () => {
    const names = Array.from({ length: 30 }, (_, at) => [
      `gtFine/train/0/${at}_gtFine_polygons.json`,
      "polygons.json",
    ]);
    const root = folderOf(Object.fromEntries(names));
    const labels = join(root, "gtFine/train/0");
    const made = () => readdirSync(labels).filter((name) => name.endsWith(".png")).length;
    const stopping = run("prepare", "idd", "--root", root);
    const timer = setInterval(() => {
      if (made() === 0) return;
      clearInterval(timer);
      process.emit("SIGINT");
    }, 1);
    const { text, code } = await stopping;
    expect(code).toBe(130);
    const before = made();
    expect(text).toContain(
      `interrupted; ${before} of 30 label images are there; the same command makes the rest`,
    );
    expect((await run("prepare", "idd", "--root", root)).text).toMatch(
      new RegExp(`^${30 - before} label images written, ${before} were there already`),
    );
  });

  it("says which data set can be prepared", async () => {
    const { text, code } = await run("prepare", "gtav", "--root", "x");
    expect(text).toMatch(/"gtav" needs no preparation; only idd does/);
    expect(code).toBe(1);
  });
});
