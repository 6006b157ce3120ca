// "train_forward": one forward and backward pass in training mode on domain 0, reading the memory, then writing it.

import type { TermName } from "@pinmem/core/formats";
import { scope, type Tensor } from "@pinmem/torch";
import { trainingPass } from "pinmem/training";
import type { CaseRun } from "../case-run.js";
import { type Figures, normsOf, Snapshot } from "../figures.js";
import { withTaps } from "../taps.js";
import type { Section } from "./section.js";

export const trainForward: Section = { name: "train_forward", run: (run) => scope(() => trainOnce(run)) };

const officialNames: Readonly<Record<TermName | "total", string>> = {
  total: "total",
  segmentation: "main",
  auxiliary: "aux",
  whitening: "wt",
  cohesion: "read",
  divergence: "div",
  classification: "cls",
};

/** Loss terms under their official names; the official code prints zero for terms that a network does not have. */
export const lossFigures = (terms: Readonly<Record<string, Tensor | undefined>>): Record<string, number> =>
  Object.fromEntries(
    Object.entries(officialNames).map(([ours, official]) => [official, terms[ours]?.toNumber() ?? 0]),
  );

function trainOnce(run: CaseRun): Figures {
  const network = run.network();
  network.train();
  const items = network.memory?.items;
  const { result: pass, taps } = withTaps(network, run.tapNames("train_forward"), () =>
    trainingPass(run.passContext(network), run.batch([0, 1]), items ? { items, write: true } : {}),
  );
  pass.backward();
  const gradients = [...network.namedParameters()].flatMap(([name, { grad }]) =>
    grad ? [[name, grad] as const] : [],
  );
  const statistics = [...network.namedBuffers()].filter(([name]) => /running_(mean|var)$/.test(name));
  return {
    losses: lossFigures(pass.losses),
    taps,
    ...(pass.written && { memory_after_write: new Snapshot(pass.written) }),
    grads_l2_sum: normsOf(gradients),
    bn_after: normsOf(statistics),
  };
}
