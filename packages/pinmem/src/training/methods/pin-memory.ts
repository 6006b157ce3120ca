// The full method: a class memory trained by meta-learning. In every step the memory is written from some source domains
// and has to help on others (Kim et al., "Pin the Memory", CVPR 2022, section 3 and algorithm 1).
//
//   1. meta-train   L_inner(theta) on T, reading M_t and writing with its graph;  theta' = theta - alpha grad L_inner(theta)
//   2. write        M' = W(T; M_t) with theta' and the encoder frozen: only the write network learns through it
//   3. meta-test    L_outer(theta') on V, reading M'
//   4. step         theta moves along grad L_inner + grad L_outer                                  (the trainer's optimizer)
//   5. final write  M_{t+1} = W(T; M_t) with the new theta, in evaluation mode
//
// The feature that pass 2 writes is that of the encoder with theta', which costs a pass of its own; `writeFeature: "before"` takes
// the one that pass 1 has computed with theta. The two differ by one inner step: not at all at inner rate 0, and in first order of
// it otherwise. Between meta steps and before the first (`every`, `from`), all sources are trained on at once.
//
// Batch norm uses the statistics of the batch in passes 1 to 3; only pass 1 is remembered in the running ones, as in the
// official code, unless `statistics` is "both".

import { noGrad, scope, type Tensor } from "@pinmem/torch";
import { allowSecondDerivatives } from "../../models/backbones/vit/attention.js";
import type { World } from "../../processes/world.js";
import type { Episode, LabeledBatch } from "../episode.js";
import type { LossTensors } from "../losses.js";
import { inPrecision } from "../precision.js";
import { finalWrite } from "./final-write.js";
import { innerStep } from "./inner-step.js";
import { jointPass } from "./joint-pass.js";
import { type MetaOptions, metaOptions } from "./meta-options.js";
import { type Method, memoryOf, metaTestOf, type StepSettings, trainedParameters } from "./method.js";
import { withOwnStatistics } from "./own-statistics.js";
import type { Phase } from "./phase.js";
import { type PassContext, trainingPass } from "./training-pass.js";

/**
 * The method of the paper: the memory written from meta-train domains has to help on the meta-test domain.
 * Source: Kim et al., "Pin the Memory", CVPR 2022, algorithm 1.
 */
export class PinMemory implements Method {
  readonly name = "pin-memory";
  readonly splitsDomains = true;
  readonly options: ReturnType<typeof metaOptions>;

  constructor(
    readonly context: PassContext,
    options: MetaOptions = {},
  ) {
    memoryOf(context.network, this.name);
    this.options = metaOptions("PinMemory", options);
    if (this.options.order === "second") allowSecondDerivatives(context.network);
  }

  accumulate(
    episode: Episode,
    { innerRate, share = 1, phase = "meta", probe }: StepSettings,
  ): Record<string, LossTensors> {
    const { context } = this;
    const { network } = context;
    const { order, metaTestStatistics, writeFeature } = this.options;
    const { items } = memoryOf(network, this.name);
    if (phase !== "meta") return jointPass(context, episode, share, phase === "joint" ? items : undefined);

    const keepFeature = writeFeature === "before";
    const inner = trainingPass(context, episode.metaTrain, { items, write: true, keepFeature });
    if (inner.written) probe?.("meta-train memory", new Map([["items", inner.written]]));
    const step = innerStep(inner, trainedParameters(network), { rate: innerRate, order });
    probe?.("meta-train gradients", step.gradients);

    const adaptedItems = withOwnStatistics(network, step.adapted, () =>
      this.#write(episode.metaTrain, items, inner.feature),
    );
    const outer = metaTestStatistics(network, step.adapted, (statistics) => {
      probe?.("meta-test memory", new Map([["items", adaptedItems]]));
      const pass = trainingPass(context, metaTestOf(episode, this.name), { items: adaptedItems });
      probe?.("meta-test statistics", statistics);
      step.backward(pass, share);
      return pass;
    });
    return { "meta-train": inner.losses, "meta-test": outer.losses };
  }

  afterStep(episodes: readonly Episode[], phase: Phase = "meta", world?: World): void | Promise<void> {
    return phase === "warm-up" ? undefined : finalWrite(this.context, episodes, world);
  }

  /** New rows whose graph reaches the write network and nothing before it. */
  #write({ image, label, domains }: LabeledBatch, items: Tensor, before: Tensor | null): Tensor {
    const { network, precision = "float32" } = this.context;
    return scope(() =>
      inPrecision(precision, image.device, () => {
        const feature = before ?? noGrad(() => network.encode(image).feature);
        return memoryOf(network, this.name).write(feature, label, { items, domains });
      }),
    );
  }
}
