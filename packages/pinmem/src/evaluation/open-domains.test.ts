import { cpSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { cityscapes19, defineLabelSpace } from "@pinmem/core";
import { describe, expect, it } from "vitest";
import { folderOf, temporaryFolder } from "../../test/data-fixtures.js";
import { miniRecipe } from "../../test/mini-recipe.js";
import { adaptationSchema } from "../runs/adaptation-record.js";
import { openDomains, readDataFile } from "./open-domains.js";

const run = { recipe: miniRecipe(), space: cityscapes19 };
const folder = folderOf({ "images/a.png": "photo.png", "labels/a.png": "train-ids.png" });
const open = (names: string[], more: Parameters<typeof openDomains>[2] = {}) => openDomains(names, run, more);

describe("openDomains", () => {
  it("opens streets by their name, and the recipe's own domains by their part in it", async () => {
    const [fog, night, ...validation] = await open(["streets:fog", "recipe", "validation"]);
    expect(fog).toMatchObject({ name: "streets:fog", role: null, dataset: { name: "streets-fog" } });
    expect(fog?.dataset.samples).toHaveLength(50);
    expect(night).toMatchObject({ name: "streets:night", role: "target", dataset: { split: "seed 0" } });
    expect(validation.map(({ name, role }) => [name, role])).toEqual([["streets:boulevard", "source"]]);
    const sources = await open(["sources"]);
    expect(sources.map(({ role }) => role)).toEqual(run.recipe.data.sources.map(() => "source"));
  });

  it("tells folders of one's own apart: what is not trained on is unseen", async () => {
    const another = folderOf({ "images/a.png": "photo.png", "labels/a.png": "train-ids.png" });
    const { data } = miniRecipe();
    const own = (root: string) => ({ name: "folder" as const, root });
    const recipe = miniRecipe({
      data: { ...data, sources: [own(folder), ...data.sources], validation: [], targets: [own(another)] },
    });
    const roles = await openDomains(["recipe", `folder=${folder}`, `folder=${another}/`], { ...run, recipe });
    expect(roles.map(({ role }) => role)).toEqual(["target", "source", "target"]);
    const third = folderOf({ "images/a.png": "photo.png", "labels/a.png": "train-ids.png" });
    expect(await openDomains([`folder=${third}`], { ...run, recipe })).toMatchObject([{ role: null }]);
  });

  it("calls a target that is a source, too, the same whether it is named or the recipe's", async () => {
    const { data } = miniRecipe();
    const recipe = miniRecipe({ data: { ...data, targets: [...data.targets, ...data.sources.slice(0, 1)] } });
    const domains = await openDomains(["recipe"], { ...run, recipe });
    const named = await openDomains(
      domains.map(({ name }) => name),
      { ...run, recipe },
    );
    const roles = (of: typeof domains) => of.map(({ name, role }) => [name, role]);
    expect(roles(domains)).toContainEqual([expect.stringContaining("streets:"), "source"]);
    expect(roles(named)).toEqual(roles(domains));
  });

  it("takes no pictures for unseen whose labels the run was adapted with, and says how many", async () => {
    const place = folderOf({
      "images/a.png": "photo.png",
      "images/b.png": "photo.png",
      "images/c.png": "photo.png",
      "labels/a.png": "train-ids.png",
      "labels/b.png": "train-ids.png",
      "labels/c.png": "train-ids.png",
      "strokes/b.png": "train-ids.png",
    });
    const record = (more: object) =>
      adaptationSchema.parse({
        from: { run: "/gone", file: "/gone/best.safetensors", step: 1 },
        images: join(place, "images"),
        labels: join(place, "labels"),
        pictures: 3,
        labeled: 2,
        weight: 0,
        vote: 0,
        written: [],
        momentum: 0,
        attached: false,
        steps: 0,
        seed: 0,
        leftOut: null,
        notes: [],
        ...more,
      });
    const fitted = async (more: object) => {
      const names = [`folder=${place}`, "streets:fog"];
      const domains = await openDomains(names, { ...run, adaptation: record(more) });
      return domains.map(({ fitted, role }) => [fitted, role]);
    };
    expect(await fitted({})).toEqual([
      [2, "source"],
      [0, null],
    ]);
    expect((await fitted({ labels: join(place, "strokes"), labeled: 1 }))[0]).toEqual([1, "source"]);
    expect((await fitted({ labels: null, labeled: 0 }))[0]).toEqual([0, null]);
    expect((await fitted({ labels: "/gone" }))[0]).toEqual([0, null]);
    // A run before was adapted here, and this one goes on elsewhere.
    const before = temporaryFolder();
    writeFileSync(join(before, "adaptation.json"), JSON.stringify(record({})));
    const from = { run: before, file: join(before, "last.safetensors"), step: 1 };
    expect((await fitted({ from, labels: null, labeled: 0 }))[0]).toEqual([2, "source"]);
  });

  it("names several folders of one's own by the ends of their paths", async () => {
    const root = temporaryFolder();
    const places = ["spring/north", "spring/south", "autumn/north"].map((name) => join(root, name));
    for (const place of places) cpSync(folder, place, { recursive: true });
    const names = async (some: string[]) =>
      (await open(some.map((place) => `folder=${place}`))).map(({ name }) => name);
    const [a, b, c] = places as [string, string, string];
    expect(await names([a])).toEqual(["folder"]);
    expect(await names([a, b])).toEqual(["folder=north", "folder=south"]);
    expect(await names([a, b, c])).toEqual(["folder=spring/north", "folder=south", "folder=autumn/north"]);
    expect(await names([b, b])).toEqual(["folder=south", "folder=south (2)"]);
  });

  it("leaves pictures without a label of one's own folder out, and counts them", async () => {
    const place = folderOf({
      "images/a.png": "photo.png",
      "images/b.png": "photo.png",
      "labels/a.png": "train-ids.png",
    });
    const [domain] = await open([`folder=${place}`]);
    expect([domain?.dataset.samples.length, domain?.dataset.unlabeled]).toEqual([1, 1]);
    expect((await open([`folder=${folder}`]))[0]?.dataset).not.toHaveProperty("unlabeled");
  });

  it("numbers what is there twice, and takes so many images of each", async () => {
    const domains = await open(["streets:night", "recipe"], { limit: 3 });
    expect(domains.map(({ name }) => name)).toEqual(["streets:night", "streets:night (2)"]);
    expect(domains.map(({ dataset }) => dataset.samples.length)).toEqual([3, 1]);
  });

  it("finds roots in the name, in a file of data sets, and in the folder of PINMEM_DATA, in this order", async () => {
    const sets = temporaryFolder();
    cpSync(folder, join(sets, "folder"), { recursive: true });
    expect((await open([`folder=${folder}`], { folder: sets }))[0]?.dataset.root).toBe(folder);
    expect((await open(["folder"], { folder: sets }))[0]?.dataset.root).toBe(join(sets, "folder"));
    mkdirSync(join(sets, "mine"));
    cpSync(folder, join(sets, "mine"), { recursive: true });
    const file = join(sets, "data.json");
    writeFileSync(
      file,
      JSON.stringify({
        folder: "mine",
        "my-night": { name: "streets", domain: "night", count: 2, width: 64, height: 32 },
      }),
    );
    const entries = readDataFile(file);
    const [mine, night] = await open(["folder", "my-night"], { entries, folder: sets });
    expect(mine?.dataset.root).toBe(join(sets, "mine"));
    expect(night).toMatchObject({ name: "my-night", role: "target" });
    expect(night?.dataset.samples).toHaveLength(2);
  });

  it("takes a mapping of Mapillary's classes behind the colon, in a file of data sets, too", async () => {
    const root = folderOf({
      "validation/images/x.jpg": "photo.jpg",
      "validation/v2.0/labels/x.png": "vistas.png",
    });
    const labels = Array.from({ length: 124 }, (_, at) => ({ name: `n--${at}`, readable: "Curb Cut" }));
    writeFileSync(join(root, "config_v2.0.json"), JSON.stringify({ labels }));
    const names = async (name: string, entries: Record<string, unknown> = {}) => {
      const file = join(root, "data.json");
      writeFileSync(file, JSON.stringify(entries));
      const [domain] = await open([name], { entries: readDataFile(file) });
      return [domain?.name, domain?.dataset.name, new Map(domain?.dataset.decoding.entries).get(42)];
    };
    expect(await names(`mapillary-v2:rein=${root}`)).toEqual(["mapillary-v2:rein", "mapillary-v2-rein", 1]);
    expect(await names(`mapillary-v2=${root}`)).toEqual(["mapillary-v2", "mapillary-v2", 255]);
    expect(await names("mapillary-v2:rein", { "mapillary-v2:rein": root })).toEqual([
      "mapillary-v2:rein",
      "mapillary-v2-rein",
      1,
    ]);
    const entry = { name: "mapillary-v2", root, split: "val", mapping: "rein" };
    expect((await names("mine", { mine: entry }))[1]).toBe("mapillary-v2-rein");
  });

  it.each([
    ["cityscape", /there is no data set "cityscape"; did you mean "cityscapes"\?/],
    ["nigth", /there is no data set "nigth"; did you mean "streets:night"\?/],
    [
      "streets:nigth",
      /no domain "nigth" of streets \(did you mean "night"\?\); write streets:NAME with one of /,
    ],
    ["streets", /streets needs a domain; write streets:NAME/],
    ["streets:fog=/data", /streets are rendered and lie in no folder/],
    ["acdc:nght=/data", /acdc has no subset "nght" \(did you mean "night"\?\); it has fog, night/],
    [
      "mapillary-v2:reim=/data",
      /mapillary-v2 has no mapping "reim" \(did you mean "rein"\?\); it has ours, rein/,
    ],
    ["cityscapes:x=/data", /cityscapes has no subset "x", nor any other/],
    ["cityscapes", /where is cityscapes\? Write cityscapes=ROOT, .* PINMEM_DATA .*cityscapes-dataset\.com/],
  ])("explains %s", async (name, message) => {
    await expect(open([name])).rejects.toThrow(message);
  });

  it("explains a recipe without targets, and classes of which the data know none", async () => {
    const recipe = { ...run.recipe, data: { ...run.recipe.data, targets: [] } };
    await expect(openDomains(["recipe"], { ...run, recipe })).rejects.toThrow(/"mini" has no targets; name/);
    const space = defineLabelSpace({
      name: "leaves",
      classes: [
        { name: "oak", color: [1, 1, 1] },
        { name: "elm", color: [2, 2, 2] },
      ],
    });
    const leaves = { ...run, space };
    await expect(openDomains(["streets:fog"], leaves)).rejects.toThrow(
      /label space "leaves" has none \(its classes: oak, elm\)/,
    );
    await expect(openDomains([`folder=${folder}`], leaves)).resolves.toHaveLength(1);
  });

  it("explains what is wrong with a file of data sets", () => {
    const file = join(temporaryFolder(), "data.json");
    expect(() => readDataFile(file)).toThrow(/data\.json: does not exist/);
    writeFileSync(file, JSON.stringify({ x: { name: "streets", domain: "fog", cuont: 3 } }));
    expect(() => readDataFile(file)).toThrow(
      /data\.json: x cannot be used:\n {2}count is missing\n {2}cuont is no field/,
    );
  });
});
