// Batch norm that follows each picture: its own mean and variance, mixed into the trained ones, layer by layer.
//
//   mean = (1 - w) trained + w own,   variance likewise,   w the weight in the layer (own-weight.ts)
//
// Own statistics are those of the whole picture, upright and at its own size, or where it has more than `LARGEST_FOR_STATISTICS`
// pixels brought down to that many. So they are the same for every view of it: mirrored, scaled, in windows or in tiles. A view that is the
// picture itself takes them as it goes; other views take what one pass over the picture noted before. Every picture of a
// batch has its own. Where a channel has a single value (image pooling), that says nothing of its spread: the trained ones
// stay. Instance norms and whitening have no trained statistics and are left alone.
// Source: Schneider et al., "Improving robustness against common corruptions by covariate shift adaptation", NeurIPS 2020;
// for segmentation Bahmani et al., TMLR 2023.
// Shapes: B pictures or views of pictures, C channels, h w of a layer.

import { dispose, keep, nn, scope, type Tensor } from "@pinmem/torch";
import { ClassMemory } from "../memory/class-memory.js";
import { WriteNetwork } from "../memory/write-network.js";
import { EndLayer } from "../models/backbones/shufflenet-v2.js";
import { runsInOrder } from "../models/inference.js";
import { replaceChild } from "../models/replace-module.js";
import { checkedWeight, type OwnWeight, weightInLayer } from "./own-weight.js";
import { type ChannelStatistics, PictureNorm } from "./picture-norm.js";

/** Pixels of a picture up to which its statistics are taken at its own size. */
export const LARGEST_FOR_STATISTICS = 2 ** 20;

/** A picture's own, of one layer. */
export interface OwnStatistics extends ChannelStatistics {
  /** Of each channel that they are of; without it, as many as what is normalized has. */
  readonly values?: number;
}
type Noted = Map<PictureNorm, OwnStatistics>;

/** Sees the own statistics that a layer finds in pictures, and over how many values of each channel. */
export type OnStatistics = (layer: PictureNorm, own: ChannelStatistics, values: number) => void;

/** Whether predictions of a network pass a batch norm with statistics: a memory that writes or only votes has some of no use to them. */
export const hasBatchNorm = (network: nn.AnyModule): boolean =>
  [...network.namedChildren()].some(([, child]) =>
    child instanceof nn.BatchNorm2d
      ? child.runningMean !== null
      : !(child instanceof WriteNetwork || (child instanceof ClassMemory && child.votesOnly)) &&
        hasBatchNorm(child),
  );

/**
 * Mixes each picture's own statistics into every batch norm of a network, one picture at a time.
 * Source: Schneider et al., NeurIPS 2020.
 */
export class TestTimeNormalization implements Disposable {
  #weight: OwnWeight;
  #noted: Noted | null = null;
  #notes = false;
  readonly #onStatistics: OnStatistics | undefined;
  /** Puts back what was replaced, the last first. */
  readonly #undo: (() => void)[] = [];
  #layers = 0;

  /**
   * Puts itself in the place of every batch norm of a network in its trained form, which it then belongs to, and of the
   * activation behind it where there is one.
   * @param network in evaluation mode, without gradients; its batch norms keep their weights and names
   * @param weight of a picture's own statistics
   */
  constructor(
    network: nn.AnyModule,
    weight: OwnWeight,
    { onStatistics }: { readonly onStatistics?: OnStatistics } = {},
  ) {
    this.#weight = checkedWeight(weight);
    this.#onStatistics = onStatistics;
    if (!hasBatchNorm(network)) {
      throw new RangeError(
        "TestTimeNormalization: the network has no batch norm; one prepared for inference has them folded away",
      );
    }
    this.#replaceIn(network);
  }

  /** Of a picture's own statistics; may be changed between pictures. */
  get weight(): OwnWeight {
    return this.#weight;
  }

  set weight(weight: OwnWeight) {
    this.#weight = checkedWeight(weight);
  }

  /** How many batch norms it is in the place of. */
  get layers(): number {
    return this.#layers;
  }

  /** Puts the network's batch norms and activations back. */
  remove(): void {
    for (const undo of this.#undo.splice(0).reverse()) undo();
  }

  [Symbol.dispose](): void {
    this.remove();
  }

  /**
   * Runs `body` with the statistics that `look` notes on its way: `look` sends the whole pictures through the network, `body`
   * any views of them. A batch of `body` holds as many views of each picture as of the others, pictures in turn.
   */
  with<T>(look: () => void, body: () => T): T {
    const outer = this.#note(look);
    try {
      return body();
    } finally {
      this.#forget(outer);
    }
  }

  /** The same for a body that waits; nothing else may go through the network meanwhile. */
  async withAsync<T>(look: () => void, body: () => Promise<T>): Promise<T> {
    const outer = this.#note(look);
    try {
      return await body();
    } finally {
      this.#forget(outer);
    }
  }

  /** The statistics that `look` notes on its way, for `withGiven`; the caller's, to be disposed. */
  note(look: () => void): ReadonlyMap<PictureNorm, OwnStatistics> {
    const outer = this.#note(look);
    const noted = this.#noted ?? new Map();
    this.#noted = outer;
    return noted;
  }

  /** The same as `with`, of statistics that were noted before or elsewhere, which stay the caller's; a layer that has none keeps the trained ones. */
  withGiven<T>(given: ReadonlyMap<PictureNorm, OwnStatistics>, body: () => T): T {
    const outer = this.#noted;
    this.#noted = new Map(given);
    try {
      return body();
    } finally {
      this.#noted = outer;
    }
  }

  /** Whether statistics were noted, which hold until `with` ends. */
  get isNoted(): boolean {
    return this.#noted !== null && !this.#notes;
  }

  /** The mixed statistics for an input of a layer; null: the trained ones. */
  #statisticsFor(layer: PictureNorm, input_BChw: Tensor): ChannelStatistics | null {
    const own = this.isNoted ? this.#noted?.get(layer) : this.#look(layer, input_BChw);
    if (!own || this.weight === 0) return null;
    const [, , height = 0, width = 0] = input_BChw.shape;
    return this.#mixed(layer, own, weightInLayer(this.weight, own.values ?? height * width));
  }

  #look(layer: PictureNorm, input_BChw: Tensor): OwnStatistics | undefined {
    const [, , height = 0, width = 0] = input_BChw.shape;
    if (height * width === 1 || (this.weight === 0 && !this.#onStatistics)) return undefined;
    const own = nn.imageStatistics(input_BChw);
    this.#onStatistics?.(layer, own, height * width);
    if (this.#notes) this.#noted?.set(layer, { ...keep(own), values: height * width });
    return own;
  }

  /** Returns what was noted before. */
  #note(look: () => void): Noted | null {
    const outer = this.#noted;
    this.#noted = new Map();
    this.#notes = true;
    try {
      scope(look);
    } catch (error) {
      this.#forget(outer);
      throw error;
    } finally {
      this.#notes = false;
    }
    return outer;
  }

  #forget(outer: Noted | null): void {
    for (const { mean, variance } of this.#noted?.values() ?? []) dispose([mean, variance]);
    this.#noted = outer;
  }

  #mixed(
    { runningMean, runningVar }: PictureNorm,
    own: ChannelStatistics,
    weight: number,
  ): ChannelStatistics {
    const mix = (trained: Tensor, one: Tensor) => one.mul(weight).add(trained.mul(1 - weight));
    return { mean: mix(runningMean, own.mean), variance: mix(runningVar, own.variance) };
  }

  #replaceIn(parent: nn.AnyModule): void {
    // There an instance norm stands in for the batch norm, which is not called.
    if (parent instanceof EndLayer && parent.instanceNormLayer) return;
    const inOrder = runsInOrder(parent);
    const children = [...parent.namedChildren()];
    for (const [at, [name, child]] of children.entries()) {
      if (!(child instanceof nn.BatchNorm2d && child.runningMean && child.runningVar)) {
        this.#replaceIn(child);
        continue;
      }
      const before = children[at - 1]?.[1];
      const [nextName, next] = children[at + 1] ?? [];
      const bounds = inOrder && next ? boundsOf(next) : null;
      const layer = new PictureNorm(child, (one, input) => this.#statisticsFor(one, input), {
        bounds: bounds ?? {},
        overwrites: inOrder && before instanceof nn.Conv2d,
      });
      this.#replace(parent, name, child, layer);
      if (bounds && nextName !== undefined && next) this.#replace(parent, nextName, next, new nn.Identity());
      this.#layers++;
    }
  }

  #replace(parent: nn.AnyModule, name: string, before: nn.AnyModule, after: nn.Module): void {
    replaceChild(parent, name, after);
    this.#undo.push(() => replaceChild(parent, name, before));
  }
}

/** Of an activation that is nothing but bounds; null of any other module. */
function boundsOf(module: nn.AnyModule): { low: number; high: number } | null {
  if (module instanceof nn.ReLU) return { low: 0, high: Number.POSITIVE_INFINITY };
  return module instanceof nn.ReLU6 ? { low: 0, high: 6 } : null;
}
