// One golden case in one precision: the network that it describes, with weights by formula, and its inputs.

import { dispose, keep, scope, type Tensor } from "@pinmem/torch";
import type { LabelledBatch } from "../training/episode.js";
import { lossWeightsSchema } from "../training/losses.js";
import type { PassContext } from "../training/methods/training-pass.js";
import type { TrainableNetwork } from "../training/network.js";
import { architectureOf, UnknownNetworkError } from "./architecture.js";
import { type CaseConfig, type CaseFile, type HyperParameters, hyperParameters } from "./case-file.js";
import type { Precision } from "./compare.js";
import { formulaImages, formulaLabels, formulaState } from "./formula.js";

export class CaseRun implements Disposable {
  readonly hyper: HyperParameters;
  #network: TrainableNetwork | null = null;
  #state: Map<string, Tensor> | null = null;

  constructor(
    readonly file: CaseFile,
    readonly precision: Precision,
  ) {
    this.hyper = hyperParameters(file);
  }

  /** The network in the case's first state: parameters, statistics and rows by formula, no gradients. */
  network(): TrainableNetwork {
    this.#network ??= createNetwork(this.file.config).to({ dtype: this.precision });
    const network = this.#network;
    this.#state ??= keepAll(() =>
      formulaState(new Map([...network.stateDict()].map(([name, { shape }]) => [name, shape]))),
    );
    network.loadStateDict(this.#state);
    network.zeroGrad();
    return network.train();
  }

  /** Numbered images and their labels. */
  batch(numbers: readonly number[]): LabelledBatch {
    const { hw } = this.file.config;
    return { image: this.widened(formulaImages(numbers, hw)), label: formulaLabels(numbers, hw) };
  }

  /** In the precision of the run. */
  widened(tensor: Tensor): Tensor {
    return tensor.to(this.precision);
  }

  /** The submodules whose outputs the file's section shows. */
  tapNames(section: string): string[] {
    const { taps } = this.file.f64[section] as { taps?: Record<string, unknown> };
    return Object.keys(taps ?? {});
  }

  /** Loss weights as the file's recipe says. */
  passContext(network: TrainableNetwork): PassContext {
    const { auxiliary, cohesion, divergence, classification } = this.hyper;
    const whitening = this.file.config.wt_reg_weight ?? 0;
    const weights = lossWeightsSchema.parse({ auxiliary, cohesion, divergence, classification, whitening });
    return { network, weights };
  }

  [Symbol.dispose](): void {
    dispose([this.#network?.stateDict(), this.#state]);
  }
}

const keepAll = (make: () => Map<string, Tensor>): Map<string, Tensor> => {
  const made = scope(make);
  for (const tensor of made.values()) keep(tensor);
  return made;
};

/** The network that a case or a key list describes. @throws UnknownNetworkError where there is none here */
export function createNetwork(
  config: Pick<CaseConfig, "arch" | "memory" | "wt_layer" | "gumbel">,
): TrainableNetwork {
  architectureOf(config.arch);
  throw new UnknownNetworkError(`${config.arch} is being built`);
}
