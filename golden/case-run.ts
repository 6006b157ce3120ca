// One golden case in one precision: the network that it describes, with weights by formula, and its inputs.

import { type Device, dispose, keep, nn, type Tensor } from "@pinmem/torch";
import {
  type BackboneNetwork,
  createNetwork,
  fromOfficialWhitening,
  NetworkOptionsError,
} from "pinmem/models";
import { type LabeledBatch, lossWeightsSchema, type PassContext } from "pinmem/training";
import { architectureOf, UnknownNetworkError } from "./architecture.js";
import { type CaseConfig, type CaseFile, type HyperParameters, hyperParameters } from "./case-file.js";
import type { Precision } from "./compare.js";
import { formulaGumbel, formulaImages, formulaLabels, formulaState } from "./formula.js";
import { roundParameters } from "./rounding.js";
import { selectCovariances } from "./whitening.js";

export interface CaseRunOptions {
  precision: Precision;
  /** Where it is computed. Default "cpu". */
  device?: Device;
  /**
   * Moves every weight by what single precision would lose, differently for each number: how far the figures move shows how
   * sensitive the case is to rounding. Default: weights exactly by formula.
   */
  rounding?: number | null;
}

export class CaseRun implements Disposable {
  readonly file: CaseFile;
  readonly precision: Precision;
  readonly device: Device;
  readonly hyper: HyperParameters;
  readonly #rounding: number | null;
  #network: BackboneNetwork | null = null;
  #state: Map<string, Tensor> | null = null;

  constructor(file: CaseFile, { precision, device = "cpu", rounding = null }: CaseRunOptions) {
    this.file = file;
    this.precision = precision;
    this.device = device;
    this.#rounding = rounding;
    this.hyper = hyperParameters(file);
  }

  /**
   * The network in the case's first state: parameters, statistics and rows by formula, no gradients, in training mode.
   *
   * @throws UnknownNetworkError when the project does not have the case's network
   */
  network(): BackboneNetwork {
    this.#network ??= officialNetwork(this.file.config).to({ dtype: this.precision, device: this.device });
    const network = this.#network;
    this.#state ??= formulaState(new Map([...network.stateDict()].map(([name, { shape }]) => [name, shape])));
    for (const tensor of this.#state.values()) keep(tensor);
    network.loadStateDict(this.#state);
    if (this.#rounding !== null) roundParameters(network, this.#rounding);
    network.zeroGrad();
    return network.train();
  }

  /** Numbered images and their labels. */
  batch(numbers: readonly number[]): LabeledBatch {
    const { hw } = this.file.config;
    return {
      image: this.widened(formulaImages(numbers, hw)),
      label: formulaLabels(numbers, hw).to(this.device),
    };
  }

  /** In the precision of the run, where it is computed. */
  widened(tensor: Tensor): Tensor {
    return tensor.to({ dtype: this.precision, device: this.device });
  }

  /** The submodules whose outputs the file's section shows. */
  tapNames(section: string): string[] {
    const { taps } = this.file.f64[section] as { taps?: Record<string, unknown> };
    return Object.keys(taps ?? {});
  }

  /** Loss weights as the file's recipe says, and where the network whitens, its loss with the covariances selected. */
  passContext(network: BackboneNetwork): PassContext {
    const { auxiliary, cohesion, divergence, classification } = this.hyper;
    const whitening = this.file.config.wt_reg_weight ?? 0;
    const weights = lossWeightsSchema.parse({ auxiliary, cohesion, divergence, classification, whitening });
    if (whitening === 0) return { network, weights };
    const { loss } = selectCovariances(this, network);
    return { network, weights, whiteningLoss: (whitened) => loss?.call(whitened) ?? null };
  }

  [Symbol.dispose](): void {
    dispose([this.#network?.stateDict(), this.#state]);
  }
}

/**
 * The network that a case or a key list describes, with random weights and without dropout.
 *
 * @throws UnknownNetworkError when the project does not have it
 */
export function officialNetwork(
  config: Pick<CaseConfig, "arch" | "memory" | "wt_layer" | "gumbel">,
): BackboneNetwork {
  const make = () =>
    createNetwork({
      ...architectureOf(config.arch),
      ...(config.wt_layer && { normalization: fromOfficialWhitening(config.wt_layer) }),
      memory: config.memory ? { read: { gumbel: config.gumbel ? "always" : "never" } } : null,
    });
  // Its weights are those of a formula, or nobody asks for them.
  const network = ofProject(config.arch, () => nn.init.skipInit(make));
  if (network.memory)
    network.memory.noise = (logits) =>
      formulaGumbel(1, logits.shape).to({ dtype: logits.dtype, device: logits.device });
  return withoutDropout(network);
}

function ofProject(arch: string, create: () => BackboneNetwork): BackboneNetwork {
  try {
    return create();
  } catch (error) {
    if (!(error instanceof NetworkOptionsError || error instanceof RangeError)) throw error;
    throw new UnknownNetworkError(`there is no such network: ${arch}: ${error.message}`);
  }
}

/** The golden runs are without dropout. */
function withoutDropout(network: BackboneNetwork): BackboneNetwork {
  for (const [index, layer] of [...network.dsn].entries()) {
    if (layer instanceof nn.Dropout2d) network.dsn.replace(index, new nn.Identity());
  }
  return network;
}
