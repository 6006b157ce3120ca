// From images to class scores by a protocol: every view of an image through the network, whole or in windows, brought back to
// the image's size and combined. Knows nothing of labels and data sets, so that whoever predicts can use it.
//
// Memory beside the network's own: the sum of scores (B, K, H, W), in double precision where there are several views, and
// those of the view in work. Windows are taken a few at a time.
// Shapes: B images of one size, K classes, H W their size, h w the size of a view.

import { BicubicResizer, type RgbImage, type Size, windowStarts } from "@pinmem/core";
import type { Protocol } from "@pinmem/core/formats";
import { cat, type Device, nn, noGrad, scope, type Tensor, zeros } from "@pinmem/torch";
import { pictureInput, statisticsView } from "./picture-input.js";
import { LARGEST_FOR_STATISTICS, type TestTimeNormalization } from "./test-time-normalization.js";
import { show, type View, viewsOf } from "./views.js";

/** Logits (B, K, h, w) of normalized images (B, 3, h, w). */
export type Forward = (image_B3hw: Tensor) => Tensor;

/** From images to scores and labels, by a protocol. */
export interface ImagePredictor {
  readonly protocol: Protocol;
  /** Images that go through the network together. */
  readonly batch: number;
  /** Scores (B, K, H, W) of images of one size: probabilities or logits, as the protocol combines them. */
  scores(images: readonly RgbImage[]): Tensor;
  /** The winning train id of every pixel, H x W for each image. */
  labels(images: readonly RgbImage[]): Uint8Array[];
  /** Runs `body`, which scores parts of an image, such as tiles, as the whole image is normalized. */
  withStatisticsOf<T>(image: RgbImage, body: () => Promise<T>): Promise<T>;
}

export interface PredictorOptions {
  readonly forward: Forward;
  readonly protocol: Protocol;
  /** Where the network is. Default "cpu". */
  readonly device?: Device;
  /** Images, or windows of one image, that go through the network together. Default 1. */
  readonly batch?: number;
  /** Of the network, with the protocol's weight; needed where the protocol does not take the trained statistics. */
  readonly normalization?: TestTimeNormalization | null;
}

/**
 * Class scores of images by a protocol: its views through the network, combined at the size of the image.
 * @throws RangeError where `batch` is no positive integer
 */
export class Predictor implements ImagePredictor {
  readonly protocol: Protocol;
  readonly batch: number;
  readonly #forward: Forward;
  readonly #device: Device;
  readonly #normalization: TestTimeNormalization | null;
  readonly #resizer = new BicubicResizer();

  /** @throws RangeError where the batch is no positive number, or the normalization is not the protocol's */
  constructor({ forward, protocol, device = "cpu", batch = 1, normalization = null }: PredictorOptions) {
    if (!Number.isInteger(batch) || batch < 1) {
      throw new RangeError(`Predictor: batch is ${batch}, but must be a positive number of images`);
    }
    const { normalize } = protocol;
    const weight = normalize.kind === "image" ? normalize.weight : 0;
    // A run that was adapted brings a weight of its own, and so does a place whose pictures decide.
    const isGiven = normalize.kind !== "trained" && normalize.weight !== "auto";
    if (isGiven && (normalization?.weight ?? 0) !== weight) {
      throw new RangeError(
        `Predictor: the protocol mixes a picture's own statistics with weight ${weight}, but the network does so with ${normalization?.weight ?? 0}; give the network's TestTimeNormalization of that weight as normalization`,
      );
    }
    this.#normalization = normalization;
    this.protocol = protocol;
    this.batch = batch;
    this.#forward = forward;
    this.#device = device;
  }

  /**
   * Scores (B, K, H, W) of images of one size: probabilities or logits, as the protocol combines them.
   * @throws RangeError where sizes differ
   */
  scores(images: readonly RgbImage[]): Tensor {
    const size = sizeOf(images);
    const views = viewsOf(this.protocol, size);
    return this.#normalized(images, views, () => {
      let total: Tensor | undefined;
      for (const view of views) {
        const scores = scope(() => {
          const logits = this.#logits(images, view, size);
          return this.protocol.combine === "probabilities" ? logits.softmax(1) : logits;
        });
        if (views.length === 1) return scores;
        if (total) total.add_(scores);
        else total = scores.to("float64");
        scores.dispose();
      }
      return (total as Tensor).div_(views.length);
    });
  }

  /** The winning train id of every pixel, H x W for each image; of equal ones the first. */
  labels(images: readonly RgbImage[]): Uint8Array[] {
    const size = sizeOf(images);
    const views = viewsOf(this.protocol, size);
    const [view, ...others] = views;
    const bytes = noGrad(() =>
      scope(() => {
        // The largest logit has the largest probability, so that one view needs no softmax.
        const scores =
          view && others.length === 0
            ? this.#normalized(images, views, () => this.#logits(images, view, size))
            : this.scores(images);
        return winners(scores);
      }),
    );
    const area = size.width * size.height;
    return images.map((_, at) => bytes.subarray(at * area, (at + 1) * area));
  }

  /**
   * Runs `body`, which sends parts of an image through the network, such as tiles, with the statistics of the whole image. What
   * it returns must not be a tensor of a scope.
   */
  async withStatisticsOf<T>(image: RgbImage, body: () => Promise<T>): Promise<T> {
    const normalization = this.#normalization;
    if (!normalization || normalization.isNoted) return body();
    return normalization.withAsync(() => noGrad(() => this.#look([image])), body);
  }

  /** Without gradients, in a scope, with the statistics of the images that the views are of. */
  #normalized(images: readonly RgbImage[], views: readonly View[], body: () => Tensor): Tensor {
    return noGrad(() =>
      scope(() => {
        const normalization = this.#normalization;
        if (!normalization || normalization.isNoted || this.#areWhole(images, views)) return body();
        return normalization.with(() => this.#look(images), body);
      }),
    );
  }

  /** Whether what the network sees of an image is the image itself, once. */
  seesWhole(image: RgbImage): boolean {
    return this.#areWhole([image], viewsOf(this.protocol, image));
  }

  /** Whether the one view is the image itself, whose statistics are then those that its layers see. */
  #areWhole(images: readonly RgbImage[], [view, ...others]: readonly View[]): boolean {
    const { width, height } = sizeOf(images);
    return (
      this.protocol.kind === "whole" &&
      view !== undefined &&
      others.length === 0 &&
      !view.mirrored &&
      view.size.width === width &&
      view.size.height === height &&
      width * height <= LARGEST_FOR_STATISTICS
    );
  }

  /** Sends images through the network upright, whole, and not larger than their statistics need. */
  #look(images: readonly RgbImage[]): void {
    const views = images.map((image) => statisticsView(image, this.#resizer));
    this.#forward(pictureInput(views, this.#device));
  }

  #logits(images: readonly RgbImage[], view: View, size: Size): Tensor {
    const { kind, crop, overlap } = this.protocol;
    const views = images.map((image) => show(image, view, this.#resizer));
    const input = pictureInput(views, this.#device);
    const window =
      kind === "sliding"
        ? { crop: Math.trunc((crop as number) * Math.max(1, view.scale)), overlap: overlap as number }
        : null;
    return viewLogits(this.#forward, input, { window, size, mirrored: view.mirrored, batch: this.batch });
  }
}

/** The class of each pixel with the largest score (B, K, H, W). Of `max`, since `argmax` takes five times as long on the CPU. */
export const winners = (scores_BKHW: Tensor): Uint8Array =>
  scope(() => {
    const [, classes] = scores_BKHW.max(1) as [Tensor, Tensor];
    return classes.to("uint8").toTypedArray() as Uint8Array;
  });

export interface ViewOptions {
  /** null: the view in one piece. */
  readonly window: { readonly crop: number; readonly overlap: number } | null;
  /** Of the scores. */
  readonly size: Size;
  /** The view is mirrored; the scores are not. */
  readonly mirrored: boolean;
  readonly batch?: number;
}

/** Logits (B, K, H, W) from one normalized view (B, 3, h, w). */
export function viewLogits(
  forward: Forward,
  view_B3hw: Tensor,
  { window, size, mirrored, batch = 1 }: ViewOptions,
): Tensor {
  return scope(() => {
    const logits = window ? slide(forward, view_B3hw, { ...window, batch }) : forward(view_B3hw);
    const [, , height, width] = logits.shape;
    const resized =
      height === size.height && width === size.width
        ? logits
        : nn.F.interpolate(logits, {
            size: [size.height, size.width],
            mode: "bilinear",
            alignCorners: false,
          });
    return mirrored ? resized.flip([3]) : resized;
  });
}

/** Mean of the logits of all windows that see a pixel. */
function slide(
  forward: Forward,
  view_B3hw: Tensor,
  { crop, overlap, batch }: { crop: number; overlap: number; batch: number },
): Tensor {
  const [images = 0, , height = 0, width = 0] = view_B3hw.shape;
  const [rows, columns] = [Math.min(crop, height), Math.min(crop, width)];
  const places = windowStarts(height, crop, overlap).flatMap((top) =>
    windowStarts(width, crop, overlap).map((left) => ({ top, left })),
  );
  const at = (tensor: Tensor, { top, left }: { top: number; left: number }) =>
    tensor.narrow(2, top, rows).narrow(3, left, columns);
  const together = Math.max(1, Math.floor(batch / images));
  return scope(() => {
    let sum: Tensor | undefined;
    const count = zeros([1, 1, height, width], { device: view_B3hw.device });
    for (let first = 0; first < places.length; first += together) {
      const some = places.slice(first, first + together);
      const seen = scope(() => {
        const windows = some.map((place) => at(view_B3hw, place));
        return forward(windows.length === 1 ? (windows[0] as Tensor) : cat(windows));
      });
      sum ??= zeros([images, seen.size(1), height, width], { device: seen.device, dtype: seen.dtype });
      for (const [turn, place] of some.entries()) {
        scope(() => {
          at(sum as Tensor, place).add_(seen.narrow(0, turn * images, images));
          at(count, place).add_(1);
        });
      }
      seen.dispose();
    }
    return (sum as Tensor).div_(count);
  });
}

function sizeOf(images: readonly RgbImage[]): Size {
  const [first] = images;
  if (!first) throw new RangeError("Predictor: there are no images");
  const { width, height } = first;
  const other = images.find((image) => image.width !== width || image.height !== height);
  if (!other) return { width, height };
  throw new RangeError(
    `Predictor: images that go through the network together must be of one size; these are ${width}x${height} and ${other.width}x${other.height}`,
  );
}
