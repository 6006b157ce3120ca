// Whether an exported model says what its network says: run by onnxruntime on some pictures, beside libtorch.

import type { RgbImage } from "@pinmem/core";
import type { ExportVerification } from "@pinmem/core/formats";
import { buildInfo } from "@pinmem/torch";
import type { SegmentationNetwork } from "../models/segmentation-network.js";
import {
  askGraphs,
  type Difference,
  differenceOf,
  limits,
  type NetworkAnswer,
  type OpenGraphs,
} from "./compare.js";
import { ExportError } from "./export-error.js";
import { onnxRuntimeVersion } from "./onnxruntime.js";

/** A picture, and what the network says of it. */
export interface VerifiedCase {
  readonly picture: RgbImage;
  /** Of its own statistics. */
  readonly ownWeight: number;
  readonly expected: NetworkAnswer;
}

export interface VerifyInput {
  readonly graphs: OpenGraphs;
  readonly network: SegmentationNetwork;
  readonly cases: readonly VerifiedCase[];
  /** Told after each case. */
  readonly onPicture?: (done: number) => void;
}

/** @throws ExportError where an answer differs by more than the limits */
export async function verify({
  graphs,
  network,
  cases,
  onPicture,
}: VerifyInput): Promise<Extract<ExportVerification, { verified: true }>> {
  const differences: Difference[] = [];
  for (const [at, { picture, ownWeight, expected }] of cases.entries()) {
    const found = await askGraphs(graphs, network, picture, ownWeight);
    differences.push(differenceOf(expected, found));
    onPicture?.(at + 1);
  }
  const pictures = cases.map(({ picture }) => picture);
  requireSame(differences, pictures);
  return {
    verified: true,
    libtorch: buildInfo().libtorch,
    onnxruntime: await onnxRuntimeVersion(),
    limits,
    pictures: differences.map(({ wrong, pixels, logits }, at) => {
      const { width, height } = pictures[at] as RgbImage;
      return { width, height, labels: wrong / pixels, logits };
    }),
  };
}

/** Labels of all pictures together, since one pixel is too large a share of a small one. */
function requireSame(differences: readonly Difference[], pictures: readonly RgbImage[]): void {
  const { wrong, logits } = together(differences);
  if (wrong <= limits.labels && logits <= limits.logits) return;
  const worst = differences.map(({ wrong, pixels, logits }, at) => {
    const { width, height } = pictures[at] as RgbImage;
    const apart = logits === null ? "" : `, logits ${logits.toExponential(1)} of the largest apart`;
    return `${width}x${height}: ${wrong} of ${pixels} labels differ${apart}`;
  });
  throw new ExportError(
    `the exported model does not say what libtorch says, so it was not kept (${worst.join("; ")}; up to ${100 * limits.labels} % ` +
      `of the labels and ${limits.logits} of the largest logit are let pass). Where a module has an emitter of your own, check that`,
  );
}

/** Shares over all pictures; NaN is worse than anything. */
export function together(differences: readonly Difference[]): {
  labels: number;
  wrong: number;
  logits: number;
} {
  const sum = (of: (one: Difference) => number) => differences.reduce((total, one) => total + of(one), 0);
  const pixels = sum((one) => one.pixels);
  const logits = differences.map((one) => one.logits ?? 0);
  return {
    labels: sum(({ labels }) => labels) / pixels,
    wrong: sum(({ wrong }) => wrong) / pixels,
    logits: logits.some(Number.isNaN) ? Number.POSITIVE_INFINITY : Math.max(...logits),
  };
}
