// A trained run as a folder that runs without libtorch: ONNX graphs, the rows of the memory, and what describes them
// (@pinmem/core's formats/exported-model.ts). The folder appears whole or not at all, and only where onnxruntime has said of
// some pictures what libtorch says, unless that is left out.

import { existsSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import {
  EXPORT_FILE,
  type ExportedGraph,
  type ExportedModel,
  type ExportVerification,
  type TestNormalization,
} from "@pinmem/core/formats";
import { writeWhole } from "../files/atomic-write.js";
import { requireWritable } from "../files/output-folder.js";
import type { Place } from "../inference/place.js";
import { TestTimeNormalization } from "../inference/test-time-normalization.js";
import { memoryAtOf } from "../models/backbone-network.js";
import { prepareForInference } from "../models/inference.js";
import type { SegmentationNetwork } from "../models/segmentation-network.js";
import { openNormalized } from "../runs/open-normalized.js";
import type { OpenRun } from "../runs/open-run.js";
import { ownWeightOf } from "../runs/own-weight.js";
import { StagedFolder } from "../runs/staged-folder.js";
import type { WhichWeights } from "../training/which-weights.js";
import { autoOf } from "./auto.js";
import { buildGraphs, buildSingle, type GraphSettings, type SingleOutput } from "./build-graphs.js";
import { askNetwork, differenceOf, type NetworkAnswer, type OpenGraphs } from "./compare.js";
import { describeModel } from "./describe-model.js";
import { ExportError } from "./export-error.js";
import { HALF_FROM, roundLargeWeights } from "./half-precision.js";
import { loadOnnxRuntime, OnnxSession } from "./onnxruntime.js";
import { packageVersion } from "./provenance.js";
import { selfTestPicture, verificationPictures } from "./reference-pictures.js";
import { selfTestOf } from "./self-test.js";
import { silenceNoise } from "./silence-noise.js";
import { withUndecided } from "./undecided.js";
import { together, type VerifyInput, verify } from "./verify.js";
import { writeGraph, writeMemory } from "./write-folder.js";

export interface ExportOptions {
  /** The folder to make; nothing may lie there. */
  readonly out: string;
  /** As `openRun`. */
  readonly which?: WhichWeights;
  /** Default weight of the memory's votes, as `openRun`. */
  readonly vote?: number | "auto" | null;
  /** Of the sources' class frequencies in the logits, as `openRun`; it goes into the graphs. */
  readonly logitAdjustment?: number | "auto";
  /**
   * Whose statistics batch norm takes. A picture's own (`image`) are computed in the graph and mixed in by an input, whose default
   * is the weight; with "auto" the rule of `pinmem calibrate` goes along, by which whoever runs the two graphs decides for each picture, as
   * @pinmem/runtime does (of an adapted run: as it was adapted). Those of a place are folded in. Default: the trained ones, or as the run
   * was adapted.
   */
  readonly normalize?: TestNormalization;
  /** The place that `normalize` names. */
  readonly place?: Place | null;
  /** One graph from image to this, the memory inside, for other tools. Default: two graphs, the memory an input. */
  readonly single?: SingleOutput;
  /** Store large weights in half precision. Default false. */
  readonly half?: boolean;
  /** Compare with libtorch before the folder is left. Default true. */
  readonly verify?: boolean;
  /** Told what is at work. May throw to end it; nothing is left then. */
  readonly onProgress?: (progress: ExportProgress) => void;
}

export interface ExportProgress {
  readonly part: "opening" | "graphs" | "verification";
  readonly done: number;
  readonly total: number;
}

/**
 * Writes a run as ONNX, with all that is needed to use it elsewhere.
 * @param path folder of a run, or a file of weights that a run wrote
 * @returns what model.json says
 * @throws RunError where it cannot be opened, or "auto" is asked of one that is not calibrated; ExportError where a module cannot be exported, onnxruntime-node is missing, or the
 *   export does not say what libtorch says; WriteError. Nothing is left then
 */
export async function exportRun(path: string, options: ExportOptions): Promise<ExportedModel> {
  const {
    out,
    which,
    vote = null,
    logitAdjustment = 0,
    normalize = { kind: "trained" },
    place = null,
  } = options;
  const isVerified = options.verify ?? true;
  if (existsSync(out))
    throw new ExportError(`${out} is there already; choose another \`out\`, or move it away`);
  requireWritable(dirname(resolve(out)));
  if (isVerified) await loadOnnxRuntime();
  options.onProgress?.({ part: "opening", done: 0, total: 1 });
  // A picture's own statistics are part of the graph, not of the network.
  const opened = normalize.kind === "place" ? normalize : ({ kind: "image", weight: 0 } as const);
  const weights = { ...(which && { which }), vote, logitAdjustment, form: "trained" } as const;
  using run = await openNormalized(path, { normalize: opened, place }, weights);
  return await exportOpen(run, { ...options, normalize, verify: isVerified });
}

interface Task extends ExportOptions {
  readonly normalize: TestNormalization;
  readonly verify: boolean;
}

async function exportOpen(run: OpenRun, task: Task): Promise<ExportedModel> {
  const { out, normalize, half = false, single, onProgress } = task;
  const { network } = run;
  const own = run.normalization?.weight ?? ownWeightOf(normalize, run.adaptation);
  const auto = own === "auto" ? autoOf(run, task) : null;
  const ownWeight = auto?.weight ?? (own as number | null);
  run.normalization?.remove();
  if (ownWeight === null) prepareForInference(network, { memoryFormat: "contiguous" });
  const notes = [...silenceNoise(network), ...notesOn(run)];
  const cases = verificationPictures().flatMap((picture) =>
    (auto ? [0, auto.weight] : [ownWeight]).map((weight) => ({ picture, ownWeight: weight })),
  );
  const ask = () =>
    cases.map(({ picture, ownWeight }) => withOwn(network, ownWeight, () => askNetwork(network, picture)));
  const asTrained = half ? ask() : null;
  if (half) roundLargeWeights(network);

  onProgress?.({ part: "graphs", done: 0, total: 1 });
  using staged = new StagedFolder(out);
  const expected = task.verify || half ? ask() : [];
  const changed = asTrained && changeOf(asTrained, expected);
  const graphs = await writeGraphs(staged.path, network, {
    ownStatistics: ownWeight !== null,
    early: auto?.early ?? 0,
    halfFrom: half ? HALF_FROM : null,
    version: packageVersion(),
    single,
  });
  const memory =
    network.memory && single === undefined
      ? writeMemory(staged.path, network.memory, memoryAtOf(network))
      : null;
  const verification = task.verify
    ? await verifyFiles(
        staged.path,
        graphs,
        {
          network,
          cases: cases.map(({ picture, ownWeight }, at) => ({
            picture,
            ownWeight: ownWeight ?? 0,
            expected: withOwn(network, ownWeight, () =>
              withUndecided(network, picture, expected[at] as NetworkAnswer),
            ),
          })),
        },
        onProgress,
      )
    : ({ verified: false, reason: "left out when the model was exported" } as const);
  const model = await describeModel(run, {
    graphs,
    memory,
    ownWeight,
    auto: auto?.described ?? null,
    half: changed && { elements: HALF_FROM, changed },
    verification,
    selfTest: withOwn(network, ownWeight, () => selfTestOf(network, selfTestPicture())),
    notes,
  });
  await writeWhole(join(staged.path, EXPORT_FILE), `${JSON.stringify(model, null, 2)}\n`);
  staged.commit();
  return model;
}

interface WriteSettings extends GraphSettings {
  readonly single: SingleOutput | undefined;
}

async function writeGraphs(
  folder: string,
  network: SegmentationNetwork,
  { single, ...settings }: WriteSettings,
): Promise<ExportedModel["graphs"]> {
  if (single !== undefined) {
    const whole = buildSingle(network, { ...settings, output: single });
    return { kind: "single", whole: await writeGraph(folder, "model.onnx", whole) };
  }
  const { encode, decode } = buildGraphs(network, settings);
  return {
    kind: "split",
    encode: await writeGraph(folder, "encode.onnx", encode),
    decode: await writeGraph(folder, "decode.onnx", decode),
  };
}

/** The files as they were written are what is compared. */
async function verifyFiles(
  folder: string,
  graphs: ExportedModel["graphs"],
  input: Omit<VerifyInput, "graphs" | "onPicture">,
  onProgress: ExportOptions["onProgress"],
): Promise<ExportVerification> {
  const total = input.cases.length;
  const onPicture = (done: number) => onProgress?.({ part: "verification", done, total });
  onPicture(0);
  const open = ({ file }: ExportedGraph) => OnnxSession.open(readFileSync(join(folder, file)));
  const sessions: OpenGraphs =
    graphs.kind === "single"
      ? { kind: "single", whole: await open(graphs.whole) }
      : { kind: "split", encode: await open(graphs.encode), decode: await open(graphs.decode) };
  try {
    return await verify({ ...input, graphs: sessions, onPicture });
  } finally {
    const { kind: _, ...opened } = sessions;
    await Promise.all(Object.values(opened).map((session) => session.release()));
  }
}

/** Runs `body` with the network's batch norms mixing each picture's own statistics in; null: as they are. */
function withOwn<T>(network: SegmentationNetwork, ownWeight: number | null, body: () => T): T {
  if (ownWeight === null) return body();
  const normalization = new TestTimeNormalization(network, ownWeight);
  try {
    return body();
  } finally {
    normalization.remove();
  }
}

/** What rounding changed. @throws ExportError where it made infinity of a weight */
function changeOf(asTrained: readonly NetworkAnswer[], rounded: readonly NetworkAnswer[]) {
  const differences = asTrained.map((answer, at) => differenceOf(answer, rounded[at] as NetworkAnswer));
  const { labels, logits } = together(differences);
  if (Number.isFinite(logits)) return { labels, logits };
  throw new ExportError("some weights are too large for half precision; leave `half` out");
}

function notesOn({ normalize, placeWeight, adaptation, adjustedBy }: OpenRun): string[] {
  return [
    ...(normalize.kind === "place"
      ? [
          `Batch norm holds statistics of ${normalize.place} (${normalize.pictures} pictures) with weight ${placeWeight}.`,
        ]
      : []),
    ...(adjustedBy > 0
      ? [`Logits without ${adjustedBy} of the logarithms of the sources' class frequencies.`]
      : []),
    ...(adaptation ? ["Adapted to a place with pictures of it."] : []),
  ];
}
