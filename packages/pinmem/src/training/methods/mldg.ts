// Meta-learning for domain generalization without a memory: what improves the meta-train domains shall also improve the
// meta-test domains once the parameters have moved. The official code's "train_mldg".
//
//   min over theta of  L(T; theta) + L(V; theta - alpha grad L(T; theta))
//
// Source: Li et al., "Learning to generalize", AAAI 2018.

import { allowSecondDerivatives } from "../../models/backbones/vit/attention.js";
import type { Episode } from "../episode.js";
import type { LossTensors } from "../losses.js";
import { innerStep } from "./inner-step.js";
import { jointPass } from "./joint-pass.js";
import { type MetaOptions, metaOptions } from "./meta-options.js";
import { type Method, metaTestOf, type StepSettings, trainedParameters } from "./method.js";
import { type PassContext, trainingPass } from "./training-pass.js";

/**
 * Meta-learning without a memory.
 * Source: Li et al., "Learning to Generalize: Meta-Learning for Domain Generalization", AAAI 2018.
 */
export class Mldg implements Method {
  readonly name = "mldg";
  readonly splitsDomains = true;
  readonly options: ReturnType<typeof metaOptions>;

  constructor(
    readonly context: PassContext,
    options: MetaOptions = {},
  ) {
    this.options = metaOptions("Mldg", options);
    if (this.options.order === "second") allowSecondDerivatives(context.network);
  }

  accumulate(
    episode: Episode,
    { innerRate, share = 1, phase = "meta", probe }: StepSettings,
  ): Record<string, LossTensors> {
    const { context } = this;
    if (phase !== "meta") return jointPass(context, episode, share);
    const { network } = context;
    const { order, metaTestStatistics } = this.options;
    const inner = trainingPass(context, episode.metaTrain);
    const step = innerStep(inner, trainedParameters(network), { rate: innerRate, order });
    probe?.("meta-train gradients", step.gradients);

    const outer = metaTestStatistics(network, step.adapted, (statistics) => {
      const pass = trainingPass(context, metaTestOf(episode, this.name));
      probe?.("meta-test statistics", statistics);
      step.backward(pass, share);
      return pass;
    });
    return { "meta-train": inner.losses, "meta-test": outer.losses };
  }
}
