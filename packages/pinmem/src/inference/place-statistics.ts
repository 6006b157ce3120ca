// What batch norm finds in the pictures of a place: mean and variance of every channel over all of them, to be mixed into
// those of training. Unlike a picture's own (test-time-normalization.ts) they are the same for every picture, so that the
// network can be prepared for inference with them and is as fast as before.
//
// Each picture goes through the network alone, normalized with its own statistics mixed in, so that the layers behind see
// roughly what they will see; its moments count by its number of values. The order of pictures matters to nothing but the
// last bits.
// Source: Schneider et al., NeurIPS 2020; Nado et al., "Evaluating prediction-time batch normalization", 2020.

import type { Exposure } from "@pinmem/core";
import { dispose, keep, type nn, noGrad, scope, type Tensor } from "@pinmem/torch";
import { BackboneNetwork } from "../models/backbone-network.js";
import type { PictureNorm } from "./picture-norm.js";
import { TestTimeNormalization } from "./test-time-normalization.js";

interface LayerMoments {
  /** The running statistics, which `mixInto` changes. */
  readonly running: { readonly mean: Tensor; readonly variance: Tensor };
  /** As they were trained, float64 (C). */
  readonly trained: { readonly mean: Tensor; readonly variance: Tensor };
  /** Sum of values, and of their squares, float64 (C). */
  readonly sum: Tensor;
  readonly squares: Tensor;
  count: number;
}

export interface PlaceStatisticsOptions {
  /** Of a picture's own statistics while the place is looked at, 0 to 1. Default 1. */
  readonly weight?: number;
  /** That pictures are seen under, and are to be seen under where their statistics are mixed in. Default: as the network sees them. */
  readonly exposure?: Exposure;
  /** Told after each picture. */
  readonly onPicture?: (done: number) => void;
}

/** Statistics of a place for one network; dispose them (`using`) when they are mixed in. */
export class PlaceStatistics implements Disposable {
  readonly #layers: ReadonlyMap<PictureNorm, LayerMoments>;
  readonly #expose: (exposed: boolean) => void;

  private constructor(
    layers: ReadonlyMap<PictureNorm, LayerMoments>,
    /** How many were looked at. */
    readonly pictures: number,
    expose: (exposed: boolean) => void,
  ) {
    this.#layers = layers;
    this.#expose = expose;
  }

  /**
   * Looks at pictures of a place.
   * @param network in its trained form and evaluation mode, without gradients; it is the same afterwards
   * @param pictures each sends one picture through the network when it is called
   * @throws RangeError where there is no picture, the network has no batch norm with statistics, or it cannot be exposed
   */
  static async of(
    network: nn.AnyModule,
    pictures: AsyncIterable<() => void> | Iterable<() => void>,
    { weight = 1, exposure, onPicture }: PlaceStatisticsOptions = {},
  ): Promise<PlaceStatistics> {
    const expose = exposing(network, exposure);
    const layers = new Map<PictureNorm, LayerMoments>();
    const normalization = new TestTimeNormalization(network, weight, {
      onStatistics: (layer, { mean, variance }, values) => {
        const moments = layers.get(layer) ?? begin(layer);
        layers.set(layer, moments);
        scope(() => {
          const wide = mean.to("float64");
          moments.sum.add_(wide.sum(0), { alpha: values });
          moments.squares.add_(variance.to("float64").add(wide.mul(wide)).sum(0), { alpha: values });
        });
        moments.count += values * mean.size(0);
      },
    });
    let count = 0;
    expose(true);
    try {
      for await (const picture of pictures) {
        scope(() => noGrad(picture));
        count++;
        onPicture?.(count);
      }
    } catch (error) {
      free(layers);
      throw error;
    } finally {
      normalization.remove();
      expose(false);
    }
    if (count === 0) throw new RangeError("PlaceStatistics: there is no picture of the place");
    return new PlaceStatistics(layers, count, expose);
  }

  /**
   * Makes (1 - weight) trained + weight place the running statistics of the network's batch norms, and lets it see pictures under their
   * exposure; 0 puts back what was before.
   */
  mixInto(weight: number): void {
    if (!(weight >= 0 && weight <= 1)) {
      throw new RangeError(`PlaceStatistics: weight is ${weight}, but must be a number from 0 to 1`);
    }
    this.#expose(weight > 0);
    for (const { running, trained, sum, squares, count } of this.#layers.values()) {
      scope(() =>
        noGrad(() => {
          const mean = sum.div(count);
          const variance = squares.div(count).sub(mean.mul(mean)).clamp({ min: 0 });
          running.mean.copy_(trained.mean.mul(1 - weight).add(mean, { alpha: weight }));
          running.variance.copy_(trained.variance.mul(1 - weight).add(variance, { alpha: weight }));
        }),
      );
    }
  }

  [Symbol.dispose](): void {
    free(this.#layers);
  }
}

/** Lets a network see pictures under an exposure, or as before. */
function exposing(network: nn.AnyModule, exposure: Exposure | undefined): (exposed: boolean) => void {
  if (exposure === undefined) return () => {};
  if (!(network instanceof BackboneNetwork))
    throw new RangeError(
      "PlaceStatistics: a network of one's own sees pictures as they are: leave exposure out",
    );
  const before = network.exposure;
  return (exposed) => {
    network.exposure = exposed ? exposure : before;
  };
}

function free(layers: ReadonlyMap<PictureNorm, LayerMoments>): void {
  for (const { trained, sum, squares } of layers.values()) dispose([trained, sum, squares]);
}

function begin({ runningMean, runningVar }: PictureNorm): LayerMoments {
  return scope(() => {
    const trained = { mean: runningMean.to("float64").clone(), variance: runningVar.to("float64").clone() };
    const sum = trained.mean.mul(0);
    return {
      running: { mean: runningMean, variance: runningVar },
      ...keep({ trained, sum, squares: sum.clone() }),
      count: 0,
    };
  });
}
