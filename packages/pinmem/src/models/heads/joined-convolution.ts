// A 3x3 convolution of a fine map and, behind its channels, a coarse one that is enlarged to its resolution; without the enlarged map.
//
// Convolution and bilinear enlargement are linear, so they may change places: the kernel's nine taps, each a product of pixels and
// weights, are taken at the coarse resolution, of which a decoder has a sixteenth of the pixels. What they gave is then enlarged,
// shifted and added up in two products with small matrices, along the rows and along the columns. Enlarged and joined maps are
// never made, nor kept for the backward pass. Of DeepLabV3+'s first convolution after the join this leaves a quarter of the work.
// Rounding apart it is the same convolution, of any order of gradients; bench/model has what it saves.
// Shapes: B batch, F channels of the fine map (B, F, H, W), C of the coarse one (B, C, h, w), O of the result.

import { cat, eye, nn, scope, stack, type Tensor, zeros } from "@pinmem/torch";

/** Multiply-adds of matrix products take a little longer than those of convolutions. */
const COST_OF_PRODUCTS = 1.5;

/** A convolution that also takes its input in two parts. */
export class JoinedConv2d extends nn.Conv2d {
  /** Channels of the fine map, F. */
  readonly fineChannels: number;
  /** Whether the ReLU behind it is done here, as in a network prepared for inference. */
  fusesReLU = false;
  readonly #addReLU = new nn.AddReLU();

  /** 3x3, one pixel of zeros around. */
  constructor(fineChannels: number, coarseChannels: number, outChannels: number) {
    super(fineChannels + coarseChannels, outChannels, 3, { padding: 1, bias: false });
    this.fineChannels = fineChannels;
  }

  override call(...maps: [fine_BFHW: Tensor, coarse_BChw?: Tensor]): Tensor {
    return super.call(...(maps as [Tensor]));
  }

  /** (B, O, H, W) of both maps; corners are aligned. */
  override forward(fine_BFHW: Tensor, coarse_BChw?: Tensor): Tensor {
    if (!coarse_BChw) throw new Error("internal: a joined convolution takes two maps");
    return scope(() => {
      if (!this.#isCheaperInParts(fine_BFHW, coarse_BChw)) {
        const whole = super.forward(joinFine(fine_BFHW, coarse_BChw));
        return this.fusesReLU ? whole.relu_() : whole;
      }
      const { weight, bias, fineChannels } = this;
      const ofFine = fine_BFHW.conv2d(weight.narrow(1, 0, fineChannels), { bias, padding: 1 });
      const ofCoarse = enlargedConvolution(coarse_BChw, weight.narrow(1, fineChannels, coarse_BChw.size(1)), [
        fine_BFHW.size(2),
        fine_BFHW.size(3),
      ]);
      return this.fusesReLU ? this.#addReLU.call(ofFine, ofCoarse) : ofFine.add_(ofCoarse);
    });
  }

  #isCheaperInParts(fine: Tensor, coarse: Tensor): boolean {
    // Lower precision would round the matrices of enlargement, and on GPUs nothing has been measured.
    const isExact = [fine, coarse, this.weight].every(
      ({ device, dtype }) => device === "cpu" && (dtype === "float32" || dtype === "float64"),
    );
    const [, channels = 0, h = 0, w = 0] = coarse.shape;
    const [, , height = 0, width = 0] = fine.shape;
    // For each channel of the result.
    const whole = 9 * channels * height * width;
    const parts = 9 * channels * h * w + 9 * h * w * width + 3 * h * height * width;
    return isExact && COST_OF_PRODUCTS * parts < whole;
  }
}

/** Layers one after the other, of which the first takes two maps. */
export class JoinedLayers extends nn.Sequential {
  constructor(first: JoinedConv2d, ...others: nn.Module[]) {
    super(first, ...others);
  }

  get first(): JoinedConv2d {
    return this.at(0) as JoinedConv2d;
  }

  override call(...maps: [fine_BFHW: Tensor, coarse_BChw?: Tensor]): Tensor {
    return super.call(...(maps as [Tensor]));
  }

  override forward(...maps: [fine_BFHW: Tensor, coarse_BChw?: Tensor]): Tensor {
    let value = this.first.call(...maps);
    for (const layer of [...this].slice(1)) {
      const next = layer.call(value);
      if (next !== value) value.dispose();
      value = next;
    }
    return value;
  }
}

/** A fine map (B, F, H, W), and behind it a coarse one that is brought to its resolution. */
export function joinFine(fine_BFHW: Tensor, coarse_BChw: Tensor): Tensor {
  return scope(() => {
    const size = [fine_BFHW.size(2), fine_BFHW.size(3)] as const;
    return cat([fine_BFHW, nn.F.interpolate(coarse_BChw, { size, mode: "bilinear", alignCorners: true })], {
      dim: 1,
    });
  });
}

/** The 3x3 convolution (one pixel of zeros around, no bias) of a map that is enlarged to `size`: (B, O, H, W), channels-last. */
export function enlargedConvolution(
  map_BChw: Tensor,
  weight_OC33: Tensor,
  [height, width]: readonly [height: number, width: number],
): Tensor {
  const [batch = 0, channels = 0, h = 0, w = 0] = map_BChw.shape;
  const out = weight_OC33.size(0);
  return scope(() => {
    // Columns of the kernel first, then its rows, then O: the two products below take them in this order.
    const taps = weight_OC33.permute([3, 2, 0, 1]).reshape([9 * out, channels]);
    const pixels = map_BChw.permute([0, 2, 3, 1]).reshape([batch * h * w, channels]);
    const tapped = pixels.matmul(taps.t()).view([batch * h, w * 3, 3 * out]);
    const alongRows = enlargement(w, width, map_BChw)
      .expand([batch * h, -1, -1])
      .bmm(tapped)
      .view([batch, h, width, 3, out])
      .permute([0, 1, 3, 2, 4])
      .reshape([batch, h * 3, width * out]);
    return enlargement(h, height, map_BChw)
      .expand([batch, -1, -1])
      .bmm(alongRows)
      .view([batch, height, width, out])
      .permute([0, 3, 1, 2]);
  });
}

/** What each of `to` places takes of each of `from` pixels through each of the kernel's three taps: (to, from * 3). */
function enlargement(from: number, to: number, { dtype, device }: Tensor): Tensor {
  return scope(() => {
    const pixels = eye(from, { dtype, device }).view([1, from, 1, from]);
    const size = [1, to] as const;
    const places = nn.F.interpolate(pixels, { size, mode: "bilinear", alignCorners: true })
      .view([from, to])
      .t();
    const outside = zeros([1, from], { dtype, device });
    const before = cat([outside, places.narrow(0, 0, to - 1)], { dim: 0 });
    const behind = cat([places.narrow(0, 1, to - 1), outside], { dim: 0 });
    return stack([before, places, behind], { dim: 2 }).view([to, from * 3]);
  });
}
