import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Command } from "commander";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { folderOf } from "../../test/data-fixtures.js";
import { writeRgbPng } from "../images/write-png.js";
import { normalizationOf, normalizeOption } from "./normalize-option.js";

const parse = (text: string): unknown => {
  const command = new Command().exitOverride().configureOutput({ writeErr: () => {} });
  command.addOption(normalizeOption()).parse(["--normalize", text], { from: "user" });
  return command.opts().normalize;
};

describe("--normalize", () => {
  it.each([
    ["trained", { kind: "trained" }],
    ["image:0.3", { kind: "image", weight: 0.3 }],
    ["image:auto", { kind: "image", weight: "auto" }],
    ["image:1", { kind: "image", weight: 1 }],
    ["place:drive/dusk", { kind: "place", folder: "drive/dusk" }],
    ["place:drive/dusk:auto", { kind: "place", folder: "drive/dusk", weight: "auto" }],
    ["place:drive/dusk:0.5", { kind: "place", folder: "drive/dusk", weight: 0.5 }],
    ["place:C:\\drive", { kind: "place", folder: "C:\\drive" }],
  ])("takes %s", (text, expected) => expect(parse(text)).toEqual(expected));

  it.each(["image", "image:", "image:2", "image:-1", "image:x", "place:", "place:a:1.5", "own", ""])(
    "refuses %j",
    (text) =>
      expect(() => parse(text)).toThrow(
        "It must be trained, image:W or place:FOLDER:W, with W a number from 0 to 1, or auto",
      ),
  );
});

describe("a place", () => {
  let folder = "";
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "pinmem-place-"));
    mkdirSync(join(folder, "dusk/deeper"), { recursive: true });
    const picture = { width: 2, height: 2, pixels: new Uint8Array(12) };
    await writeRgbPng(join(folder, "dusk/b.png"), picture);
    await writeRgbPng(join(folder, "dusk/deeper/a.png"), picture);
    writeFileSync(join(folder, "dusk/notes.txt"), "no picture");
    mkdirSync(join(folder, "empty"));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const at = (name: string) => normalizationOf({ kind: "place", folder: join(folder, name), weight: 0.5 });

  it("is named in the protocol by its folder, with how many pictures it has and which", async () => {
    const { normalize, place } = await at("dusk");
    expect(place?.files).toEqual([join(folder, "dusk/b.png"), join(folder, "dusk/deeper/a.png")]);
    const expected = { kind: "place", weight: 0.5, place: "dusk", pictures: 2 };
    expect(normalize).toMatchObject(expected);
    await writeRgbPng(join(folder, "dusk/c.png"), { width: 2, height: 2, pixels: new Uint8Array(12) });
    const more = (await at("dusk")).normalize;
    expect(more).toMatchObject({ ...expected, pictures: 3 });
    expect(more).not.toMatchObject({ mark: (normalize as { mark: string }).mark });
  });

  it("without a picture, or that is not there, is refused by its name", async () => {
    await expect(at("empty")).rejects.toThrow(/empty: holds no picture/);
    await expect(at("gone")).rejects.toThrow(/gone/);
  });
});

it("leaves pictures of a place out that cannot be read, and is refused where none can", async () => {
  const folder = folderOf({ "a.png": "photo.png", "b.png": "truncated.png" });
  using said = vi.spyOn(console, "error").mockImplementation(() => {});
  const { normalize, place } = await normalizationOf({ kind: "place", folder });
  expect([place?.files, normalize]).toMatchObject([[join(folder, "a.png")], { kind: "place", pictures: 1 }]);
  expect(said.mock.calls.flat()).toEqual([expect.stringMatching(/^left out of .*b\.png: is damaged/)]);
  const broken = folderOf({ "b.png": "truncated.png" });
  await expect(normalizationOf({ kind: "place", folder: broken })).rejects.toThrow(
    /no picture of .* is left/,
  );
});
