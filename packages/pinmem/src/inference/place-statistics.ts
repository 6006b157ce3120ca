// What batch norm finds in the pictures of a place: mean and variance of every channel over all of them, to be mixed into
// those of training. Unlike a picture's own (test-time-normalization.ts) they are the same for every picture, so that the
// network can be prepared for inference with them and is as fast as before.
//
// Each picture goes through the network alone, normalized with its own statistics mixed in, so that the layers behind see
// roughly what they will see; its moments count by its number of values. The order of pictures matters to nothing but the
// last bits.
// Source: Schneider et al., NeurIPS 2020; Nado et al., "Evaluating prediction-time batch normalization", 2020.

import { dispose, keep, type nn, noGrad, scope, type Tensor } from "@pinmem/torch";
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
  /** Told after each picture. */
  readonly onPicture?: (done: number) => void;
}

/** Statistics of a place for one network; dispose them (`using`) when they are mixed in. */
export class PlaceStatistics implements Disposable {
  readonly #layers: ReadonlyMap<PictureNorm, LayerMoments>;

  private constructor(
    layers: ReadonlyMap<PictureNorm, LayerMoments>,
    /** How many were looked at. */
    readonly pictures: number,
  ) {
    this.#layers = layers;
  }

  /**
   * Looks at pictures of a place.
   * @param network in its trained form and evaluation mode, without gradients; it is the same afterwards
   * @param pictures each sends one picture through the network when it is called
   * @throws RangeError where there is no picture, or the network has no batch norm with statistics
   */
  static async of(
    network: nn.AnyModule,
    pictures: AsyncIterable<() => void> | Iterable<() => void>,
    { weight = 1, onPicture }: PlaceStatisticsOptions = {},
  ): Promise<PlaceStatistics> {
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
    }
    if (count === 0) throw new RangeError("PlaceStatistics: there is no picture of the place");
    return new PlaceStatistics(layers, count);
  }

  /** Makes (1 - weight) trained + weight place the running statistics of the network's batch norms; 0 puts the trained ones back. */
  mixInto(weight: number): void {
    if (!(weight >= 0 && weight <= 1)) {
      throw new RangeError(`PlaceStatistics: weight is ${weight}, but must be a number from 0 to 1`);
    }
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
