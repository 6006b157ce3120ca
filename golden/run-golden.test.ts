import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { type CaseFile, parseGoldenFile } from "./case-file.js";
import { main } from "./main.js";
import { describeResult, summarize } from "./report.js";
import { runGoldenFile } from "./run-golden.js";
import type { Section } from "./sections/section.js";

interface Json {
  config: Record<string, unknown>;
  f64: Record<string, Record<string, unknown>>;
  f32: Record<string, Record<string, unknown>>;
}

const source = join(import.meta.dirname, "fixtures/resnet18_mem_64.json");

/** The smallest network's evaluation alone, in double precision. */
async function evaluationOnly(change: (file: Json) => void = () => {}): Promise<string> {
  const file = JSON.parse(await readFile(source, "utf8")) as Json;
  file.f64 = { eval: file.f64.eval as Record<string, unknown> };
  file.f32 = {};
  change(file);
  return JSON.stringify(file);
}

const parse = (text: string) => parseGoldenFile(JSON.parse(text), "case.json") as CaseFile;
const onlyDouble = { precisions: ["float64"] } as const;

describe("runGoldenFile", () => {
  test("sees a figure that is off by more than its tolerance, and names it", async () => {
    const text = await evaluationOnly(({ f64 }) => {
      const logits = f64.eval?.logits as { samples: number[] };
      logits.samples[2] = (logits.samples[2] as number) + 1e-6;
    });
    const [result] = runGoldenFile(parse(text), onlyDouble);
    expect(result).toMatchObject({ case: "resnet18_mem_64", section: "eval", passed: false, problem: null });
    expect(describeResult(result as NonNullable<typeof result>)).toMatch(
      /^resnet18_mem_64 {2}eval +float64 +FAILED +\d\.\de-7 of 1\.0e-7 at logits\.samples\[2\]/,
    );
  });

  test("sees a golden figure that nobody computed", async () => {
    const text = await evaluationOnly(({ f64 }) => {
      (f64.eval as Record<string, unknown>).entropy = 3;
    });
    const [result] = runGoldenFile(parse(text), onlyDouble);
    expect(result?.passed).toBe(false);
    expect(describeResult(result as NonNullable<typeof result>)).toContain("entropy was not computed");
  });

  test("lists sections and networks that it does not have as not run", async () => {
    const section = await evaluationOnly((file) => {
      file.f64 = { distillation: {} };
    });
    expect(runGoldenFile(parse(section), onlyDouble)).toMatchObject([
      { section: "distillation", notRun: "no code for this section is registered", passed: true },
    ]);
    const network = await evaluationOnly(({ config }) => {
      config.arch = "network.deepv3plus.DeepMNASNet05V3PlusD";
    });
    const results = runGoldenFile(parse(network), onlyDouble);
    expect(results).toMatchObject([
      { section: "eval", notRun: expect.stringContaining("there is no network for") },
    ]);
    expect(summarize(results)).toBe("0 sections agree, 0 do not, 1 were not run");
  });

  test("runs sections that are registered with it, and fails those that throw", async () => {
    const text = await evaluationOnly((file) => {
      file.f64 = { mine: { answer: 42 }, broken: {} };
    });
    const sections: Section[] = [
      { name: "mine", run: () => ({ answer: 42 }) },
      {
        name: "broken",
        run: () => {
          throw new Error("out of order");
        },
      },
    ];
    expect(runGoldenFile(parse(text), { ...onlyDouble, sections })).toMatchObject([
      { section: "mine", passed: true, notRun: null },
      { section: "broken", passed: false, problem: "out of order" },
    ]);
  });
});

describe("npm run golden", () => {
  let folder: string;
  const lines: string[] = [];
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "golden-"));
    lines.length = 0;
    vi.spyOn(console, "log").mockImplementation((line) => void lines.push(line));
    vi.spyOn(console, "error").mockImplementation((line) => void lines.push(line));
  });
  afterEach(async () => {
    vi.restoreAllMocks();
    await rm(folder, { recursive: true });
  });

  test("ends with 0 when all agrees, and prints a line for each section", async () => {
    await writeFile(join(folder, "a.json"), await evaluationOnly());
    expect(await main([folder])).toBe(0);
    expect(lines[0]).toMatch(/^resnet18_mem_64 .* eval .* ok .* of 1\.0e-7 at .* figures/);
    expect(lines.at(-1)).toBe("\n1 sections agree, 0 do not, 0 were not run");
  });

  test("ends with 1 when something does not, and with --json prints one document", async () => {
    const wrong = await evaluationOnly(({ f64 }) => {
      (f64.eval as { argmax_hist: number[] }).argmax_hist[0] = 17;
    });
    await writeFile(join(folder, "a.json"), wrong);
    expect(await main([folder, "--json"])).toBe(1);
    const [result] = JSON.parse(lines.join("\n"));
    expect(result).toMatchObject({ case: "resnet18_mem_64", section: "eval", passed: false });
  });

  test("ends with 1 when nothing ran", async () => {
    await writeFile(
      join(folder, "a.json"),
      await evaluationOnly((file) => {
        file.f64 = { distillation: {} };
      }),
    );
    expect(await main([folder])).toBe(1);
  });

  test("says what is wrong with a file or an empty folder", async () => {
    expect(await main([folder])).toBe(1);
    expect(lines.at(-1)).toContain("there are no golden files (*.json) in this folder");
    await writeFile(join(folder, "a.json"), "{}");
    expect(await main([folder])).toBe(1);
    expect(lines.at(-1)).toContain("a.json: not a golden file: case");
  });

  test.each([
    [[], "give exactly one folder"],
    [["a", "b"], "give exactly one folder"],
    [["--loud"], "Unknown option '--loud'"],
    [["a", "--precision", "half"], '--precision is "half"; there are float64 and float32'],
  ])("ends with 2 when called with %j", async (args, message) => {
    expect(await main(args)).toBe(2);
    expect(lines).toEqual([`golden: ${message}. See npm run golden -- --help`]);
  });

  test.each([
    [["/no/such/folder"], "/no/such/folder is not a folder"],
    [["--device", "cuda:77", import.meta.dirname], 'device is "cuda:77", but'],
  ])("ends with 1 when called with %j", async (args, message) => {
    expect(await main(args)).toBe(1);
    expect(lines.at(-1)).toContain(message);
  });
});
