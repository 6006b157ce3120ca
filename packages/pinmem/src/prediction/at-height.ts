// A picture that the network sees at another height than its own, as evaluation's `height`: made smaller (or larger) as Pillow does,
// and the scores brought back to the picture's size bilinearly, some rows at a time, so that those of a camera's picture never lie
// in memory all at once.
// Shapes: K classes, h w as the network sees it, H W of the picture, r rows of a part.

import { BicubicResizer, type RgbImage, type Size } from "@pinmem/core";
import { protocol } from "@pinmem/core/formats";
import { fromTypedArray, keep, nn, noGrad, scope, type Tensor, zeros } from "@pinmem/torch";
import { show, type View, viewsOf } from "../inference/views.js";

/** The picture as the network sees it; itself where that is its own height, or none is given. @throws ZodError where the height is not from 16 to 16384 */
export function shownAt(image: RgbImage, height: number | undefined): RgbImage {
  if (height === undefined || height === image.height) return image;
  return show(image, viewAt(image, height), new BicubicResizer());
}

const viewAt = (size: Size, height: number): View =>
  viewsOf(protocol("whole", { resize: { height } }), size)[0] as View;

/** Collects rows of scores from top to bottom, and gives all of them on in another size. */
export class ScoresAtHeight {
  readonly #seen: Size;
  #scores_1Khw: Tensor | undefined;

  /** @param seen the size of the scores that come */
  constructor(seen: Size) {
    this.#seen = seen;
  }

  /** Takes the scores (1, K, r, w) of some rows. */
  add(scores_1Krw: Tensor, top: number): void {
    const { width, height } = this.#seen;
    const [, classes = 0, rows = 0] = scores_1Krw.shape;
    this.#scores_1Khw ??= keep(zeros([1, classes, height, width], { device: scores_1Krw.device }));
    this.#scores_1Khw.narrow(2, top, rows).copy_(scores_1Krw);
  }

  /** Gives the scores (1, K, r, W) of all rows of a picture, from top to bottom. */
  giveAt(size: Size, finish: (scores_1KrW: Tensor, top: number) => void): void {
    const scores_1Khw = this.#scores_1Khw;
    if (!scores_1Khw) throw new Error("internal: ScoresAtHeight.giveAt: there are no scores");
    const together = Math.max(1, Math.floor(PIXELS_AT_ONCE / size.width));
    noGrad(() =>
      scope(() => {
        const wide_1KhW = nn.F.interpolate(scores_1Khw, {
          size: [this.#seen.height, size.width],
          mode: "bilinear",
          alignCorners: false,
        });
        for (let top = 0; top < size.height; top += together) {
          const rows = Math.min(together, size.height - top);
          scope(() => finish(rowsBetween(wide_1KhW, { top, rows, height: size.height }), top));
        }
      }),
    );
  }

  /** Frees the scores. */
  dispose(): void {
    this.#scores_1Khw?.dispose();
  }
}

const PIXELS_AT_ONCE = 2 ** 18;

/** Rows (1, K, r, W) of the scores at `height`: each a mixture of the two nearest of those there are. */
function rowsBetween(
  scores_1KhW: Tensor,
  { top, rows, height }: { readonly top: number; readonly rows: number; readonly height: number },
): Tensor {
  const seen = scores_1KhW.size(2);
  const at = (row: number) => Math.max(0, ((row + 0.5) * seen) / height - 0.5);
  const first = Math.min(seen - 1, Math.floor(at(top)));
  const last = Math.min(seen - 1, Math.floor(at(top + rows - 1)) + 1);
  const count = last - first + 1;
  const shares = new Float32Array(rows * count);
  for (let row = 0; row < rows; row++) {
    const place = at(top + row);
    const above = Math.min(seen - 1, Math.floor(place));
    const below = Math.min(seen - 1, above + 1);
    const share = below === above ? 0 : place - above;
    shares[row * count + above - first] = 1 - share;
    if (share > 0) shares[row * count + below - first] = share;
  }
  const shares_rn = fromTypedArray(shares, [rows, count], { device: scores_1KhW.device });
  return shares_rn.matmul(scores_1KhW.narrow(2, first, count));
}
