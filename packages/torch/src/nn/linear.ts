// The fully connected layer and the table of vectors, initialized as PyTorch initializes them.

import { noGrad } from "../autograd.js";
import { TorchError } from "../errors.js";
import { readOptions } from "../options.js";
import { scope } from "../ownership.js";
import type { Tensor } from "../tensor.js";
import { checkIntegers, initialize, parameter } from "./construction.js";
import { normal_ } from "./init.js";
import { Module } from "./module.js";
import type { Parameter } from "./parameter.js";

/** Fully connected layer on the last dimension; weight (outFeatures, inFeatures). */
export class Linear extends Module {
  readonly weight: Parameter;
  readonly bias: Parameter | null;

  constructor(inFeatures: number, outFeatures: number, options?: { bias?: boolean });
  constructor(inFeatures: number, outFeatures: number, ...rest: unknown[]) {
    super();
    const { bias } = readOptions("Linear", rest, { bias: true });
    checkIntegers("Linear", { inFeatures, outFeatures });
    this.weight = parameter([outFeatures, inFeatures]);
    this.bias = bias ? parameter([outFeatures]) : null;
    initialize(this.weight, this.bias);
  }

  forward(input: Tensor): Tensor {
    return input.linear(this.weight, { bias: this.bias });
  }
}

export interface EmbeddingLayerOptions {
  /** Row that starts at zero and gets no gradient; negative ones count from the end. */
  paddingIdx?: number | null;
  /** Divide gradients by how often an index occurs in the batch. */
  scaleGradByFreq?: boolean;
}

const embeddingDefaults: Required<EmbeddingLayerOptions> = { paddingIdx: null, scaleGradByFreq: false };

/** A vector for each integer: from indices (…) to (…, embeddingDim); weight (numEmbeddings, embeddingDim). */
export class Embedding extends Module {
  readonly weight: Parameter;
  readonly paddingIdx: number | null;
  readonly scaleGradByFreq: boolean;

  constructor(numEmbeddings: number, embeddingDim: number, options?: EmbeddingLayerOptions);
  constructor(numEmbeddings: number, embeddingDim: number, ...rest: unknown[]) {
    super();
    const { paddingIdx, scaleGradByFreq } = readOptions("Embedding", rest, embeddingDefaults);
    checkIntegers("Embedding", { numEmbeddings, embeddingDim });
    const row = paddingIdx === null || paddingIdx >= 0 ? paddingIdx : paddingIdx + numEmbeddings;
    if (row !== null && !(Number.isInteger(row) && row >= 0 && row < numEmbeddings)) {
      throw new TorchError(`argument 'paddingIdx' must be one of ${numEmbeddings} rows, got ${paddingIdx}`, {
        operator: "Embedding",
        argument: "paddingIdx",
      });
    }
    this.paddingIdx = row;
    this.scaleGradByFreq = scaleGradByFreq;
    this.weight = normal_(parameter([numEmbeddings, embeddingDim])) as Parameter;
    if (row !== null) scope(() => noGrad(() => void this.weight.select(0, row).zero_()));
  }

  forward(indices: Tensor): Tensor {
    const { paddingIdx, scaleGradByFreq } = this;
    return this.weight.embedding(indices, { paddingIdx: paddingIdx ?? -1, scaleGradByFreq });
  }
}
