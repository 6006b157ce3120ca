// "eval": one forward pass in evaluation mode on the two images of domain 0.

import { noGrad, scope, type Tensor } from "@pinmem/torch";
import type { CaseRun } from "../case-run.js";
import { type Figures, Snapshot } from "../figures.js";
import { formulaGumbel } from "../formula.js";
import { withTaps } from "../taps.js";
import type { Section } from "./section.js";

export const evaluation: Section = { name: "eval", run: (run) => scope(() => noGrad(() => evaluate(run))) };

function evaluate(run: CaseRun): Figures {
  const network = run.network();
  network.eval();
  const { image } = run.batch([0, 1]);
  const { result, taps } = withTaps(network, run.tapNames("eval"), () => {
    const { feature, lowLevel } = network.encode(image);
    const inter_feature = new Snapshot(feature);
    const reading = network.memory?.read(feature);
    const logits = network.decode(reading?.refined ?? feature, lowLevel, run.file.config.hw);
    return { inter_feature, reading, logits };
  });
  const { inter_feature, reading, logits } = result;
  const figures = { logits: new Snapshot(logits), inter_feature, taps, argmax_hist: histogram(logits) };
  if (!reading) return figures;
  return {
    ...figures,
    read_weights: new Snapshot(pixelsFirst(reading.weights)),
    query_weights: new Snapshot(pixelsFirst(overPixels(reading.scores, run))),
    memory_out: new Snapshot(reading.refined),
  };
}

/** (B, K, h, w) to (B, h, w, K). */
const pixelsFirst = (tensor: Tensor): Tensor => tensor.permute([0, 2, 3, 1]);

/** The official code's second softmax, over all pixels of the batch, which nothing uses: a check of the scores. */
function overPixels(scores_BKhw: Tensor, run: CaseRun): Tensor {
  const [batch = 0, classes = 0, h = 0, w = 0] = scores_BKhw.shape;
  const { gumbel = false } = run.file.config;
  const logits = gumbel ? scores_BKhw.add(run.widened(formulaGumbel(0, scores_BKhw.shape))) : scores_BKhw;
  const byClass = logits.transpose(0, 1).reshape([classes, -1]).softmax(1);
  return byClass.view([classes, batch, h, w]).transpose(0, 1);
}

/** How many pixels each class wins. */
function histogram(logits_BKHW: Tensor): number[] {
  const counts = logits_BKHW
    .argmax({ dim: 1 })
    .flatten()
    .bincount({ minlength: logits_BKHW.size(1) });
  return [...(counts.toTypedArray() as BigInt64Array)].map(Number);
}
