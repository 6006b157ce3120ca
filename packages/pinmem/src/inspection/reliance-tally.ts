// Counts what altered reads change: pixels, and the score.

import { ConfusionMatrix, meanIoU } from "@pinmem/core";
import type { AlterationResult } from "@pinmem/core/formats";
import { scope, type Tensor } from "@pinmem/torch";
import { countTensors } from "../inference/count-tensors.js";
import type { Alteration } from "./alterations.js";

export interface TallyResult {
  readonly images: number;
  readonly pixels: number;
  /** As the network is, 0 to 1; null where no pixel is labeled. */
  readonly meanIoU: number | null;
  readonly alterations: readonly AlterationResult[];
}

/** What an alteration does, in a few words. */
export function describeAlteration({
  kind,
  temperature,
}: Pick<AlterationResult, "kind" | "temperature">): string {
  switch (kind) {
    case "constant":
      return "read-out: mean of the domain";
    case "image-mean":
      return "read-out: mean of the image";
    case "permuted":
      return "rows' values permuted";
    case "random":
      return "random rows";
    case "temperature":
      return `temperature ${temperature}`;
    case "votes-off":
      return "votes off";
    case "votes-only":
      return "votes only";
    case "memory-off":
      return "read-out: mean of the domain, votes off";
  }
}

interface Count {
  readonly alteration: Alteration;
  readonly matrix: ConfusionMatrix;
  changed: number;
}

export class RelianceTally {
  readonly #original: ConfusionMatrix;
  readonly #altered = new Map<string, Count>();
  #images = 0;
  #pixels = 0;

  constructor(readonly classes: number) {
    this.#original = new ConfusionMatrix(classes);
  }

  /** Adds an image as the network sees it: predicted and true train ids (1, H, W). */
  addImage(prediction: Tensor, label: Tensor): void {
    this.#images++;
    this.#pixels += prediction.numel;
    countTensors(this.#original, prediction, label);
  }

  /** Adds one read of an alteration on an image that was added before. */
  addAltered(
    alteration: Alteration,
    { before, after, label }: { readonly before: Tensor; readonly after: Tensor; readonly label: Tensor },
  ): void {
    const key = `${alteration.kind} ${alteration.temperature ?? ""}`;
    const count = this.#altered.get(key) ?? {
      alteration,
      matrix: new ConfusionMatrix(this.classes),
      changed: 0,
    };
    this.#altered.set(key, count);
    count.changed += scope(() => after.ne(before).sum().toNumber());
    countTensors(count.matrix, after, label);
  }

  result(): TallyResult {
    const original = meanIoU(this.#original);
    return {
      images: this.#images,
      pixels: this.#pixels,
      meanIoU: original,
      alterations: [...this.#altered.values()].map(({ alteration, matrix, changed }) => {
        const score = meanIoU(matrix);
        const { kind, temperature, reads } = alteration;
        return {
          kind,
          ...(temperature !== undefined && { temperature }),
          draws: reads.length,
          changed: changed / (this.#pixels * reads.length),
          meanIoU: score,
          meanIoUDifference: score === null || original === null ? null : score - original,
        };
      }),
    };
  }
}
