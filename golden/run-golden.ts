// Runs golden files: computes each section with our code, in both precisions, and compares.
//
// A section that nobody has registered is listed as not run; so is a network that the project does not have. What is
// registered but throws has failed.

import { readdir } from "node:fs/promises";
import { join } from "node:path";
import type { Device } from "@pinmem/torch";
import { UnknownNetworkError } from "./architecture.js";
import { type CaseFile, type Expected, GoldenFileError, type KeyList, readGoldenFile } from "./case-file.js";
import { CaseRun } from "./case-run.js";
import {
  compareSection,
  DOUBLE_TOLERANCE,
  type GroupResult,
  goldenPrecisions,
  type Precision,
} from "./compare.js";
import type { FoundationFile } from "./foundation/files.js";
import { checkFoundationNames, foundationSections } from "./foundation/run-foundation.js";
import { loraSections, runLora } from "./foundation/run-lora.js";
import { checkNames } from "./names.js";
import { sections as allSections } from "./sections/index.js";
import type { Section } from "./sections/section.js";
import { whiteningUncertainty } from "./whitening.js";

export interface SectionResult {
  readonly case: string;
  readonly section: string;
  readonly precision: Precision | null;
  /** Why it was not run; null when it was. */
  readonly notRun: string | null;
  /** Why it failed, other than by figures; null when it did not. */
  readonly problem: string | null;
  readonly groups: readonly GroupResult[];
  readonly passed: boolean;
  readonly seconds: number;
}

export interface RunOptions {
  sections?: readonly Section[];
  precisions?: readonly Precision[];
  /** Where they are computed. Default "cpu". */
  device?: Device;
  /** Called with each result as it comes. */
  onResult?: (result: SectionResult) => void;
}

/** Runs every golden file in a folder, in the order of their names. @throws GoldenFileError when there is none */
export async function runGoldenFolder(folder: string, options: RunOptions = {}): Promise<SectionResult[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith(".json")).sort();
  if (names.length === 0)
    throw new GoldenFileError(`${folder}: there are no golden files (*.json) in this folder`);
  const results: SectionResult[] = [];
  for (const name of names) {
    const file = readGoldenFile(join(folder, name));
    results.push(...runGoldenFile(file, options));
  }
  return results;
}

/** Runs one golden file: every section that it has, in every precision. */
export function runGoldenFile(
  file: CaseFile | KeyList | FoundationFile,
  {
    sections = allSections,
    precisions = goldenPrecisions,
    device = "cpu",
    onResult = () => {},
  }: RunOptions = {},
): SectionResult[] {
  const results: SectionResult[] = [];
  const add = (
    name: string,
    precision: Precision | null,
    body: () => readonly GroupResult[] | string,
  ): void => {
    const result = timed({ case: file.case, section: name, precision }, body);
    results.push(result);
    onResult(result);
  };
  if (file.kind === "keys") {
    add("names", null, () => checkNames(file));
    return results;
  }
  if (file.kind === "foundation-keys") {
    add("names", null, () => checkFoundationNames(file));
    return results;
  }
  if (file.kind === "lora") {
    for (const precision of precisions)
      for (const name of loraSections.filter((section) => file[section]))
        add(name, precision, () => runLora(file, name, { precision, device }));
    return results;
  }
  if (file.kind === "foundation") {
    for (const precision of precisions) {
      let opened: ReturnType<typeof foundationSections>;
      try {
        opened = foundationSections(file, precision, device);
      } catch (error) {
        // A network that the project does not have.
        add("features", precision, () => {
          throw error;
        });
        continue;
      }
      for (const [name, body] of opened.sections) add(name, precision, body);
      opened.close();
    }
    return results;
  }
  for (const precision of precisions) {
    let run: CaseRun | null = null;
    const open = () => (run ??= new CaseRun(file, { precision, device }));
    for (const name of Object.keys(precision === "float64" ? file.f64 : file.f32)) {
      const section = sections.find((candidate) => candidate.name === name);
      add(name, precision, () =>
        section ? runSection(section, open()) : "no code for this section is registered",
      );
    }
    (run as CaseRun | null)?.[Symbol.dispose]();
  }
  return results;
}

/** How often the noise of a section is measured where twice the file's own is exceeded. */
const ROUNDED_RUNS = 8;

function runSection(section: Section, run: CaseRun): readonly GroupResult[] {
  const { file, precision, device } = run;
  const golden = { f64: file.f64[section.name] as Expected, f32: file.f32[section.name] as Expected };
  const tolerance = section.doubleTolerance ?? (() => DOUBLE_TOLERANCE);
  return compareSection(section.run(run), golden, {
    precision,
    doubleTolerance: (figure) =>
      Math.max(tolerance(figure, file.config), whiteningUncertainty(figure, file.config)),
    rounded: () =>
      Array.from({ length: ROUNDED_RUNS }, (_, rounding) => {
        using rounded = new CaseRun(file, { precision: "float64", device, rounding });
        return section.run(rounded);
      }),
  });
}

type Identity = Pick<SectionResult, "case" | "section" | "precision">;

function timed(identity: Identity, body: () => readonly GroupResult[] | string): SectionResult {
  const start = performance.now();
  const finish = (result: Partial<SectionResult>): SectionResult => ({
    ...identity,
    notRun: null,
    problem: null,
    groups: [],
    passed: true,
    seconds: (performance.now() - start) / 1000,
    ...result,
  });
  try {
    const groups = body();
    if (typeof groups === "string") return finish({ notRun: groups });
    return finish({ groups, passed: groups.every(({ passed }) => passed) });
  } catch (error) {
    if (error instanceof UnknownNetworkError) return finish({ notRun: error.message });
    return finish({ problem: (error as Error).message, passed: false });
  }
}
