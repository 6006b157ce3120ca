// Selective whitening in golden cases: which covariances the official code found sensitive, from two images and the same
// images as another camera would see them. Training sections take the selection from here too.

import { cat, noGrad, scope, type Tensor, tensor } from "@pinmem/torch";
import { type BackboneNetwork, PairVariances, WhiteningLoss, whiteningLayers } from "pinmem/models";
import type { LabeledBatch } from "pinmem/training";
import type { CaseConfig, CaseFile } from "./case-file.js";
import { type Figures, Snapshot } from "./figures.js";
import { formulaPhotos } from "./formula.js";

/**
 * Relative uncertainty of a figure in the double-precision runs of whitening networks: the official code sums the whitening
 * loss in single precision, and with it the total, some four roundings of 2^-24.
 */
export const whiteningUncertainty = (figure: string, { wt_reg_weight = 0 }: CaseConfig): number =>
  wt_reg_weight > 0 && /(^|\.)losses\..*(wt|total)$/.test(figure) ? 4 * 2 ** -24 : 0;

export interface SelectedCovariances {
  /** The loss with the selection made; null for a network that does not whiten. */
  readonly loss: WhiteningLoss | null;
  /** What was found in each layer, as golden files print it. */
  readonly layers: readonly Figures[];
}

/** What the selection needs of a case's run. */
export interface WhitenedCase {
  readonly file: CaseFile;
  widened(tensor: Tensor): Tensor;
  batch(images: readonly number[]): LabeledBatch;
}

/** Looks at the pairs one by one, in evaluation mode, and selects. */
export function selectCovariances(run: WhitenedCase, network: BackboneNetwork): SelectedCovariances {
  const layers = whiteningLayers(network);
  if (layers.length === 0) return { loss: null, layers: [] };
  const loss = new WhiteningLoss(layers, { relaxation: run.file.config.relax_denom ?? 0 });
  using variances = new PairVariances();
  network.eval();
  scope(() =>
    noGrad(() => {
      for (const number of [0, 1]) {
        const photo = run.widened(formulaPhotos([number], run.file.config.hw));
        variances.add(network.encode(cat([photo, run.batch([number]).image])).whitening);
      }
    }),
  );
  network.train();
  const selections = loss.select(variances);
  const figures = layers.map(({ channels }, index): Figures => {
    const selection = selections[index];
    const mask = loss.masks.at(index)?.mask as Tensor;
    return scope(() => ({
      dim: channels,
      count: variances.pairs,
      var: new Snapshot(variances.of(index)),
      centroids: new Snapshot(tensor(selection?.centroids ?? [], { dtype: "float64" })),
      num_sensitive: selection?.found ?? mask.sum().toNumber(),
      mask_sum: mask.sum().toNumber(),
      mask_hex: hexadecimal(mask),
    }));
  });
  return { loss, layers: figures };
}

/** Four elements a digit, the first of them the highest bit. */
function hexadecimal(mask: Tensor): string {
  const bits = mask.toTypedArray();
  let text = "";
  for (let i = 0; i < bits.length; i += 4) {
    const digit = [0, 1, 2, 3].reduce((value, bit) => 2 * value + Number(bits[i + bit] ?? 0), 0);
    text += digit.toString(16);
  }
  return text;
}
