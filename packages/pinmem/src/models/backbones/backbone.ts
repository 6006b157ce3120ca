// A backbone: five stages, layer0 (the stem) to layer4, whatever the family, and what a head needs to know of them.
//
// State-dict names are those of the released checkpoints; `torchvisionName` translates torchvision's. The classifier of the
// ImageNet network is no part of it.
//
// Transformers and ConvNeXts (vit/) have the names of `PublishedNames` instead.

import { nn, scope, type Tensor } from "@pinmem/torch";
import type { NormalizationPlacement, StageName } from "../normalization/placement.js";
import type { PublishedNames } from "./published-names.js";
import type { StageModule, StageOutput } from "./stage.js";

/** Ratio of the image's resolution to that of the last feature; 14 is that of DINOv2's patches. */
export type OutputStride = 8 | 14 | 16 | 32;

export interface BackboneOptions {
  outputStride: OutputStride;
  /** Default: batch norm alone. */
  normalization?: NormalizationPlacement;
  /** Halve the resolution of layer2 in the first convolution of its first block, as DeepLabV2's Caffe networks do. */
  strideInFirstConvolution?: boolean;
}

export interface BackboneOutput {
  /** Output of layer1, for the decoder's skip. */
  readonly lowLevel: Tensor;
  /** Output of layer3, for the auxiliary head. */
  readonly auxiliary: Tensor;
  /** Output of layer4. */
  readonly deep: Tensor;
  /** Outputs of the whitening layers, in their order. */
  readonly whitening: readonly Tensor[];
}

type PerStage<T> = Readonly<Record<StageName, T>>;

export interface BackboneParts {
  readonly name: string;
  readonly stages: PerStage<StageModule>;
  /** Channels of each stage's output. */
  readonly channels: PerStage<number>;
  /** Ratio of the image's resolution to each stage's. */
  readonly strides: PerStage<number>;
  /** Our name for one of the ImageNet weights'; null for the classifier's. Default: the same name. */
  readonly torchvisionName?: (name: string) => string | null;
  /** Sides of pictures are filled up to multiples of it. Default 1: they stay as they are. */
  readonly grid?: number;
  /** How weights are published that are named after another network than torchvision's. */
  readonly published?: PublishedNames;
}

/** Five stages, and what heads need to know of them: channels and strides. Takes normalized images (B, 3, H, W). */
export class Backbone extends nn.Module<[Tensor], BackboneOutput> {
  readonly layer0: StageModule;
  readonly layer1: StageModule;
  readonly layer2: StageModule;
  readonly layer3: StageModule;
  readonly layer4: StageModule;
  readonly name: string;
  readonly channels: PerStage<number>;
  readonly strides: PerStage<number>;
  readonly torchvisionName: (name: string) => string | null;
  /** Sides of pictures are filled up to multiples of it, at the bottom and at the right. */
  readonly grid: number;
  readonly #published: PublishedNames | null;
  /** Names of parameters that stay as the published file has them, where an adapter is trained; files of runs lack them. */
  baseNames: ReadonlySet<string> = new Set();
  /** What becomes of each stage's output (B, C, h, w), where training changes it; null: nothing. */
  afterStage: ((stage: StageName, feature: Tensor) => Tensor) | null = null;

  constructor(parts: BackboneParts) {
    super();
    const { name, stages, channels, strides, torchvisionName = (name) => name, grid = 1, published } = parts;
    this.layer0 = stages.layer0;
    this.layer1 = stages.layer1;
    this.layer2 = stages.layer2;
    this.layer3 = stages.layer3;
    this.layer4 = stages.layer4;
    this.name = name;
    this.channels = channels;
    this.strides = strides;
    this.torchvisionName = torchvisionName;
    this.grid = grid;
    this.#published = published ?? null;
  }

  /** How its weights are published; null: by torchvision, or by nobody. */
  get published(): PublishedNames | null {
    return this.#published;
  }

  /** What activation checkpointing computes twice, in order. */
  get recomputed(): readonly nn.Module<[Tensor], unknown>[] {
    return [this.layer0, this.layer1, this.layer2, this.layer3, this.layer4];
  }

  forward(image: Tensor): BackboneOutput {
    const shallow = this.#inTurn(image, "layer0", "layer1");
    const late = this.#inTurn(shallow.feature, "layer2", "layer3");
    const last = this.#visit("layer4", late.feature);
    return {
      lowLevel: shallow.feature,
      auxiliary: late.feature,
      deep: last.feature,
      whitening: [shallow, late, last].flatMap(({ whitening }) => whitening),
    };
  }

  /** Frees what only the second stage needed. */
  #inTurn(input: Tensor, first: StageName, second: StageName): StageOutput {
    return scope(() => {
      const before = this.#visit(first, input);
      const after = this.#visit(second, before.feature);
      return { feature: after.feature, whitening: [...before.whitening, ...after.whitening] };
    });
  }

  #visit(stage: StageName, input: Tensor): StageOutput {
    const { feature, whitening } = this[stage].call(input);
    return { feature: this.afterStage?.(stage, feature) ?? feature, whitening };
  }
}
