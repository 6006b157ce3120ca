// The command `npm run golden -- DIR`: runs every golden file in a folder.
// Exit codes: see its help.

import { statSync } from "node:fs";
import { parseArgs } from "node:util";
import { backends } from "@pinmem/torch";
import { requireDevice } from "pinmem/training";
import { GoldenFileError } from "./case-file.js";
import { goldenPrecisions } from "./compare.js";
import { describeResult, summarize } from "./report.js";
import { runGoldenFolder } from "./run-golden.js";

const usage = `Compares the networks, the memory and training with golden figures: prints for each case and section the
largest deviation and its tolerance.

Usage: npm run golden -- DIR [--device cuda] [--precision float64] [--json]

  DIR            folder with golden files (*.json)
  --device NAME  where to compute: cpu or cuda (default: cpu). On CUDA without TF32, which the figures are without
  --precision P  float64 or float32 alone (default: both)
  --json         prints one JSON document instead of lines

Example: npm run golden -- golden/fixtures

Exit codes: 0 all that ran agrees; 1 something does not, nothing ran, or it could not; 2 wrong usage.`;

export async function main(args: readonly string[]): Promise<number> {
  let parsed: {
    values: { device: string; precision?: string; json: boolean; help: boolean };
    positionals: string[];
  };
  try {
    const options = {
      device: { type: "string", default: "cpu" },
      precision: { type: "string" },
      json: { type: "boolean", default: false },
      help: { type: "boolean", short: "h", default: false },
    } as const;
    parsed = parseArgs({ args: [...args], options, allowPositionals: true });
  } catch (error) {
    return misuse((error as Error).message);
  }
  const { device, precision, json, help } = parsed.values;
  const [folder, ...rest] = parsed.positionals;
  if (help) {
    console.log(usage);
    return 0;
  }
  if (folder === undefined || rest.length > 0) return misuse("give exactly one folder");
  const precisions = goldenPrecisions.filter((known) => precision === undefined || known === precision);
  if (precisions.length === 0) return misuse(`--precision is "${precision}"; there are float64 and float32`);
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory())
    return failure(`${folder} is not a folder`);
  try {
    requireDevice(device);
  } catch (error) {
    return failure((error as Error).message);
  }
  backends.cudnn.allowTf32 = false;
  try {
    const results = await runGoldenFolder(folder, {
      device,
      precisions,
      onResult: (result) => {
        if (!json) console.log(describeResult(result, 28));
      },
    });
    if (json) console.log(JSON.stringify(results, null, 2));
    else console.log(`\n${summarize(results)}`);
    const ran = results.some(({ notRun }) => notRun === null);
    return ran && results.every(({ passed }) => passed) ? 0 : 1;
  } catch (error) {
    if (!(error instanceof GoldenFileError)) throw error;
    return failure(error.message);
  }
}

function failure(problem: string): number {
  console.error(`golden: ${problem}`);
  return 1;
}

function misuse(problem: string): number {
  console.error(`golden: ${problem.split(". ")[0]}. See npm run golden -- --help`);
  return 2;
}
