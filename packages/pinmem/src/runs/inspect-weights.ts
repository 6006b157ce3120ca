// What a file of weights is: its tensors, what it says about itself, and the network that it fits.

import { statSync } from "node:fs";
import { foundationConfig } from "../models/backbones/vit/config.js";
import { filesOf } from "../models/weights/shards.js";
import { surveyWeights, type TensorSurvey, type WeightsSurvey } from "../models/weights/weight-files.js";
import { findFit, isExact, type WeightsFit } from "../models/weights/weights-fit.js";
import { networkName } from "../recipes/network-name.js";
import { readMetadata, trainedBeside } from "./model-metadata.js";
import { RunError } from "./run-error.js";

export interface WeightsContent {
  readonly file: string;
  /** Of the file; of an index, with all shards. */
  readonly bytes: number;
  readonly format: WeightsSurvey["format"];
  /** "run": written by this project, with its recipe; "authors": a checkpoint of the official code; else a state dict. */
  readonly layout: "run" | "authors" | "state dict";
  readonly hasPrefix: boolean;
  /** Of a run's file. */
  readonly run: RunContent | null;
  /** Null where the names are those of no network here. */
  readonly fit: (WeightsFit & { readonly exact: boolean }) | null;
  readonly metadata: Readonly<Record<string, string>>;
  /** What else a checkpoint holds, with simple values. */
  readonly others: Readonly<Record<string, string | number | null>>;
  readonly tensors: readonly (TensorSurvey & { readonly name: string })[];
}

export interface RunContent {
  readonly name: string;
  readonly method: string;
  /** Backbone or network, and the kind of its adapter. */
  readonly network: string;
  readonly classes: number;
  readonly step: number;
  readonly score: number | null;
  /** Name of the backbone's file, which holds the rest, where an adapter was trained beside one. */
  readonly beside: string | null;
}

/** @throws WeightsError, TensorFileError where the file cannot be read or holds no weights */
export function inspectWeights(
  file: string,
  { entry }: { readonly entry?: string | undefined } = {},
): WeightsContent {
  const survey = surveyWeights(file, { entry, fits: (weights) => findFit(weights) !== null });
  const { format, hasPrefix, hasSeparateRows, tensors, metadata, others } = survey;
  const run = runOf(file, metadata);
  const fit = findFit(tensors);
  return {
    file,
    bytes: [...new Set([file, ...filesOf(file)])].reduce((sum, one) => sum + statSync(one).size, 0),
    format,
    layout: run ? "run" : hasSeparateRows ? "authors" : "state dict",
    hasPrefix,
    run,
    fit: fit && { ...fit, exact: isExact(fit) },
    metadata: Object.fromEntries(metadata),
    others: Object.fromEntries(others),
    tensors: [...tensors].map(([name, tensor]) => ({ name, ...tensor })),
  };
}

function runOf(file: string, metadata: ReadonlyMap<string, string>): WeightsContent["run"] {
  try {
    const run = readMetadata(file, metadata);
    const { recipe, space, step, score } = run;
    const { name, method, model } = recipe;
    const network = [networkName(model), ...(model.adapter ? [model.adapter.kind] : [])].join(", ");
    const beside = trainedBeside(run)?.file ?? null;
    return { name, method: method.name, network, classes: space.classes.length, step, score, beside };
  } catch (error) {
    if (error instanceof RunError) return null;
    throw error;
  }
}

/** The content in words: what it is, then a line for each tensor. */
export function describeContent(content: WeightsContent): string[] {
  const { file, bytes, format, tensors, metadata, others } = content;
  const numbers = tensors.reduce((sum, { shape }) => sum + elements(shape), 0);
  const kinds = [...new Set(tensors.map(({ dtype }) => dtype))];
  const texts = [...Object.entries(metadata), ...Object.entries(others)];
  const nameWidth = Math.max(...tensors.map(({ name }) => name.length));
  const shapeWidth = Math.max(...tensors.map(({ shape }) => `${shape}`.length)) + 2;
  return [
    `file      ${file}, ${format === "pth" ? "PyTorch checkpoint" : "safetensors"}, ${size(bytes)}`,
    `layout    ${layoutOf(content)}`,
    `network   ${networkOf(content)}`,
    `holds     ${tensors.length} tensors, ${millions(numbers)} numbers, ${kinds.join(", ")}`,
    ...texts.map(([name, value]) => `  ${name}${value === null ? "" : `: ${shortened(String(value))}`}`),
    "tensors",
    ...tensors.map(
      ({ name, dtype, shape, bytes }) =>
        `  ${name.padEnd(nameWidth)}  ${dtype.padEnd(7)}  ${`[${shape}]`.padEnd(shapeWidth)}  ${size(bytes)}`,
    ),
  ];
}

function layoutOf({ layout, hasPrefix, run }: WeightsContent): string {
  const prefix = hasPrefix ? `, every name after "module."` : "";
  if (run) {
    const score =
      run.score === null ? "not scored" : `mIoU ${(100 * run.score).toFixed(1)} on source validation`;
    return `run "${run.name}": ${run.method}, ${run.classes} classes, step ${run.step}, ${score}`;
  }
  if (layout === "authors")
    return `the authors' checkpoint: the memory's rows beside the state dict${prefix}`;
  return `a state dict${prefix}`;
}

function networkOf({ fit, run }: WeightsContent): string {
  if (!fit && run)
    return `${run.network}, by its recipe${run.beside ? `; the rest is in ${run.beside}` : ""}`;
  if (!fit) return "its names are those of no network here";
  const { kind, options, exact, missing, unexpected, otherShape } = fit;
  const { backbone, head, classes, memory, normalization = {} } = options;
  // Both kinds of whitening have no parameters, so that weights do not tell them apart.
  const stages = Object.entries(normalization).map(
    ([stage, name]) => `${name === "selective-whitening" ? "a whitening" : name} in ${stage}`,
  );
  const what =
    kind === "backbone"
      ? foundationConfig(backbone)
        ? `the published ${backbone}`
        : `torchvision's ${backbone}`
      : [`${backbone}, ${head}, ${classes} classes`, memory ? "a memory" : "no memory", ...stages].join(", ");
  if (exact) return what;
  const differences = Object.entries({ missing, unexpected, "of another shape": otherShape })
    .filter(([, names]) => names.length > 0)
    .map(
      ([problem, names]) =>
        `${names.length} ${problem} (${names.slice(0, 3).join(", ")}${names.length > 3 ? ", ..." : ""})`,
    );
  return `none fits; the nearest is ${what}, with ${differences.join(", ")}`;
}

const elements = (shape: readonly number[]): number => shape.reduce((product, one) => product * one, 1);
const millions = (count: number): string => (count < 1e5 ? String(count) : `${(count / 1e6).toFixed(2)} M`);
const shortened = (text: string): string => (text.length > 80 ? `${text.slice(0, 77)}...` : text);

function size(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  const units = ["kB", "MB", "GB"];
  const power = Math.min(Math.floor(Math.log10(bytes) / 3), units.length);
  return `${(bytes / 1000 ** power).toFixed(1)} ${units[power - 1]}`;
}
