// Whether an exported model says what its network says: run by onnxruntime on some pictures, beside libtorch.

import type { RgbImage } from "@pinmem/core";
import type { ExportVerification } from "@pinmem/core/formats";
import { buildInfo } from "@pinmem/torch";
import type { SegmentationNetwork } from "../models/segmentation-network.js";
import { type Answer, askGraphs, type Difference, differenceOf, type OpenGraphs } from "./compare.js";
import { ExportError } from "./export-error.js";
import { onnxRuntimeVersion } from "./onnxruntime.js";

/** Shares of the pixels that may have another label, and of the largest logit that a logit may differ by. */
export const limits = { labels: 1e-4, logits: 1e-3 } as const;

export interface VerifyInput {
  readonly graphs: OpenGraphs;
  readonly network: SegmentationNetwork;
  readonly pictures: readonly RgbImage[];
  /** What the network says of each. */
  readonly expected: readonly Answer[];
  /** Of a picture's own statistics. */
  readonly ownWeight: number;
  /** Told after each picture. */
  readonly onPicture?: (done: number) => void;
}

/** @throws ExportError where an answer differs by more than the limits */
export async function verify({
  graphs,
  network,
  pictures,
  expected,
  ownWeight,
  onPicture,
}: VerifyInput): Promise<Extract<ExportVerification, { verified: true }>> {
  const differences: Difference[] = [];
  for (const [at, picture] of pictures.entries()) {
    const found = await askGraphs(graphs, network, picture, ownWeight);
    differences.push(differenceOf(expected[at] as Answer, found));
    onPicture?.(at + 1);
  }
  requireSame(differences, pictures);
  return {
    verified: true,
    libtorch: buildInfo().libtorch,
    onnxruntime: await onnxRuntimeVersion(),
    limits,
    pictures: differences.map(({ labels, pixels, logits }, at) => {
      const { width, height } = pictures[at] as RgbImage;
      return { width, height, labels: labels / pixels, logits };
    }),
  };
}

/** Labels of all pictures together, since one pixel is too large a share of a small one. */
function requireSame(differences: readonly Difference[], pictures: readonly RgbImage[]): void {
  const { labels, logits } = together(differences);
  if (labels <= limits.labels && logits <= limits.logits) return;
  const worst = differences.map(({ labels, pixels, logits }, at) => {
    const { width, height } = pictures[at] as RgbImage;
    const apart = logits === null ? "" : `, logits ${logits.toExponential(1)} of the largest apart`;
    return `${width}x${height}: ${labels} of ${pixels} labels differ${apart}`;
  });
  throw new ExportError(
    `the exported model does not say what libtorch says, so it was not kept (${worst.join("; ")}; up to ${100 * limits.labels} % ` +
      `of the labels and ${limits.logits} of the largest logit are let pass). Where a module has an emitter of your own, check that`,
  );
}

/** Shares over all pictures; NaN is worse than anything. */
export function together(differences: readonly Difference[]): { labels: number; logits: number } {
  const sum = (of: (one: Difference) => number) => differences.reduce((total, one) => total + of(one), 0);
  const logits = differences.map((one) => one.logits ?? 0);
  return {
    labels: sum(({ labels }) => labels) / sum(({ pixels }) => pixels),
    logits: logits.some(Number.isNaN) ? Number.POSITIVE_INFINITY : Math.max(...logits),
  };
}
