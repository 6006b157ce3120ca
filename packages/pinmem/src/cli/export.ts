// `pinmem export`: a trained network as ONNX, for places without libtorch.

import type { ExportedModel } from "@pinmem/core/formats";
import { Command, InvalidArgumentError } from "commander";
import type { ExportOptions, ExportProgress } from "../export/export-run.js";
import { StatusLine } from "../files/status-line.js";
import { visibleLines } from "../files/visible.js";
import type { WhichWeights } from "../training/which-weights.js";
import { interruption } from "./interruption.js";
import { type NormalizeFlag, normalizationOf, normalizeOption } from "./normalize-option.js";
import { logitAdjustmentOption, voteOption, whichOfRun } from "./options.js";
import { explained } from "./running.js";

interface ExportFlags {
  readonly out: string;
  readonly which?: WhichWeights;
  readonly normalize?: NormalizeFlag;
  readonly vote?: number | "auto";
  readonly logitAdjustment?: number | "auto";
  readonly single?: "labels" | "logits";
  readonly half?: true;
  readonly verify: boolean;
  readonly json?: true;
}

export function exportCommand(): Command {
  return new Command("export")
    .description("Write a trained network as ONNX, which runs in Node and browsers without libtorch.")
    .argument("<run>", "the folder of a run, or a file of weights that a run wrote")
    .requiredOption("--out <folder>", "the folder to make; nothing may lie there")
    .option("--single <output>", "one graph for other tools, to labels or logits, the memory inside", single)
    .option("--half", "store large weights in half precision: half the size, slightly other logits")
    .option(
      "--which <weights>",
      "best, last or average weights of a run (default: best where there are)",
      whichOfRun,
    )
    .addOption(normalizeOption())
    .addOption(voteOption())
    .addOption(logitAdjustmentOption())
    .option("--no-verify", "do not compare with libtorch, for which onnxruntime-node is needed")
    .option("--json", "print model.json instead of a summary")
    .addHelpText(
      "after",
      `
The folder holds two graphs, so that a changed memory needs the second one alone:
  encode.onnx         image -> feature, low_level, written
  decode.onnx         feature, low_level, memory, temperature, vote_weight, size -> labels, logits, read_weights
  memory.safetensors  the rows of the memory
  model.json          classes, colors, normalization, inputs and outputs, hashes, where it comes from, a self-test
With --normalize image:W each picture's own statistics are computed in the graphs and mixed in by their input own_weight; with image:auto
model.json has the rule by which @pinmem/runtime decides for each picture how it is looked at.

Before the folder is left, pictures of three sizes go through libtorch and onnxruntime: it is refused where more than 0.01 % of the
labels differ, or a logit by more than 0.001 of the largest.

Examples:
  npx pinmem export runs/camvid --out camvid-onnx
  npx pinmem export runs/camvid --normalize image:auto --out camvid-anywhere
  npx pinmem export runs/camvid --out camvid-single --single labels --half

Exit codes: 0 done; 1 it could not be done, and the last line says why; 2 wrong usage; 130 interrupted.`,
    )
    .action((run: string, flags: ExportFlags) => explained(() => exportIt(run, flags)));
}

async function exportIt(path: string, { out, json, normalize: flag, ...rest }: ExportFlags): Promise<void> {
  const { exportRun } = await import("../export/export-run.js");
  const { normalize, place } = await normalizationOf(flag);
  using interrupt = interruption("part");
  const line = new StatusLine();
  const options: ExportOptions = {
    ...rest,
    out,
    normalize,
    place,
    onProgress: (progress) => {
      line.show(sayProgress(progress));
      interrupt.check("nothing was written");
    },
  };
  try {
    const model = await exportRun(path, options);
    line.clear();
    console.log(json ? JSON.stringify(model, null, 2) : visibleLines(describe(model, out)));
  } finally {
    line.clear();
  }
}

const parts: Readonly<Record<ExportProgress["part"], string>> = {
  opening: "opening the run",
  graphs: "writing graphs",
  verification: "comparing with libtorch: picture",
};

const sayProgress = ({ part, done, total }: ExportProgress): string =>
  part === "verification" ? `${parts[part]} ${done} of ${total}` : parts[part];

function describe(
  { graphs, memory, half, verification, license, notes }: ExportedModel,
  out: string,
): string[] {
  const { kind: _, ...described } = graphs;
  const files = [...Object.values(described), ...(memory ? [memory] : [])];
  return [
    ...files.map(({ file, bytes }) => `${file.padEnd(18)} ${(bytes / 1e6).toFixed(1).padStart(7)} MB`),
    ...(half ? [`half precision changed ${percent(half.changed.labels)} of the labels`] : []),
    describeVerification(verification),
    ...notes,
    license,
    `written: ${out}`,
  ];
}

function describeVerification(verification: ExportedModel["verification"]): string {
  if (!verification.verified) return "not verified: it may say something else than libtorch";
  const { pictures, onnxruntime, libtorch } = verification;
  const labels = Math.max(...pictures.map((one) => one.labels));
  const logits = pictures.flatMap((one) => one.logits ?? []);
  const apart =
    logits.length === 0 ? "" : `, logits by ${Math.max(...logits).toExponential(1)} of the largest`;
  return (
    `verified with onnxruntime ${onnxruntime} against libtorch ${libtorch} on ${pictures.length} pictures: at most ` +
    `${percent(labels)} of the labels differ${apart}`
  );
}

const percent = (share: number): string => `${Number((100 * share).toPrecision(2))} %`;

function single(text: string): "labels" | "logits" {
  if (text === "labels" || text === "logits") return text;
  throw new InvalidArgumentError("It must be labels or logits.");
}
