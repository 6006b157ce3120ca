import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { renderStreet } from "@pinmem/streets";
import { describe, expect, it } from "vitest";
import { temporaryFolder } from "../../test/data-fixtures.js";
import { runCli } from "../../test/run-cli.js";
import { openNamedDataset } from "../datasets/sets/index.js";
import { evaluationImages } from "../loading/evaluation-loader.js";

const run = (...words: string[]) => runCli("data", "streets", ...words);

describe("pinmem data streets", () => {
  it("writes scenes that the data set 'folder' reads back exactly", async () => {
    const out = temporaryFolder();
    const size = ["--width", "64", "--height", "32"];
    const { text, code } = await run("--out", out, "--domain", "fog", "--count", "3", "--seed", "5", ...size);
    expect(code).toBe(0);
    expect(text).toMatch(/3 scenes of fog written[\s\S]*contact sheet/);
    expect(existsSync(join(out, "contact-sheet.png"))).toBe(true);
    expect(readdirSync(join(out, "images"))).toEqual(["000000.png", "000001.png", "000002.png"]);
    let index = 0;
    for await (const { image, label } of evaluationImages(
      await openNamedDataset("folder", { root: out, split: "all" }),
    )) {
      const expected = renderStreet({ domain: "fog", seed: 5, index: index++, width: 64, height: 32 });
      expect(image).toEqual(expected.image);
      expect(label).toEqual(expected.label);
    }
    expect(index).toBe(3);
  });

  it("draws no contact sheet where none is wanted", async () => {
    const out = temporaryFolder();
    await run(
      "--out",
      out,
      "--domain",
      "fog",
      "--count",
      "1",
      "--width",
      "32",
      "--height",
      "16",
      "--no-sheet",
    );
    expect(existsSync(join(out, "contact-sheet.png"))).toBe(false);
  });

  it("stops after the scene in work when it is interrupted, and says how many there are", async () => {
    const out = temporaryFolder();
    const stopping = run("--out", out, "--domain", "fog", "--count", "500");
    const timer = setInterval(() => {
      if (!existsSync(join(out, "labels"))) return;
      clearInterval(timer);
      process.emit("SIGTERM");
    }, 1);
    const { text, code } = await stopping;
    const made = Number(/interrupted; (\d+) of 500 scenes are in /.exec(text)?.[1]);
    expect(made).toBeGreaterThan(0);
    expect(readdirSync(join(out, "labels"))).toHaveLength(made);
    expect(code).toBe(130);
  });

  it("says what is wrong with the command line", async () => {
    const wrong = await run("--out", "x", "--domain", "moon", "--count", "1");
    expect(wrong.text).toMatch(/'moon' is invalid[\s\S]*boulevard, toy-town/);
    expect(wrong.code).toBe(2);
    const small = await run("--out", "x", "--domain", "fog", "--count", "1", "--width", "8");
    expect(small.text).toMatch(/must be a whole number from 16 to 4096/);
    expect(small.code).toBe(2);
    expect((await run("--out", "x", "--domain", "fog", "--count", "0")).text).toMatch(
      /positive whole number/,
    );
  });
});
