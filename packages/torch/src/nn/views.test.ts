// Layers on views: what a layer computes must not depend on how its input lies in memory. oneDNN and libtorch's kernels for
// channels-last images look at strides, and dimensions of size one may have any; each view meets each layer here, in both
// directions, and is compared with the same layer on plain memory.

import { describe, expect, it } from "vitest";
import { manualSeed, rand, randn, scope, type Tensor } from "../index.js";
import { AddReLU, ConvReLU2d } from "./fused.js";
import {
  AdaptiveAvgPool2d,
  AvgPool2d,
  BatchNorm2d,
  Conv2d,
  type Conv2dOptions,
  F,
  InstanceNorm2d,
  MaxPool2d,
  ReLU6,
} from "./index.js";

const channelsLast = (tensor: Tensor): Tensor => tensor.contiguous({ memoryFormat: "channelsLast" });

type View = (B: number, C: number, H: number, W: number) => Tensor;

const views: Record<string, View> = {
  "of its own, channels-last": (B, C, H, W) => channelsLast(randn([B, C, H, W])),
  "rows of a channels-last image": (B, C, H, W) => channelsLast(randn([B, C, H + 7, W])).narrow(2, 3, H),
  "columns of a channels-last image": (B, C, H, W) => channelsLast(randn([B, C, H, W + 7])).narrow(3, 3, W),
  "a window of a channels-last image": (B, C, H, W) =>
    channelsLast(randn([B, C, H + 2, W + 3]))
      .narrow(2, 1, H)
      .narrow(3, 2, W),
  "channels of a channels-last image": (B, C, H, W) => channelsLast(randn([B, C + 4, H, W])).narrow(1, 2, C),
  "images of a channels-last batch": (B, C, H, W) => channelsLast(randn([B + 2, C, H, W])).narrow(0, 1, B),
  "rows of a contiguous image": (B, C, H, W) => randn([B, C, H + 7, W]).narrow(2, 3, H),
  "channels of a contiguous image": (B, C, H, W) => randn([B, C + 5, H, W]).narrow(1, 3, C),
  "every second image": (B, C, H, W) =>
    channelsLast(randn([2 * B, C, H, W])).slice({ dim: 0, start: 0, end: 2 * B, step: 2 }),
  "every second row": (B, C, H, W) =>
    channelsLast(randn([B, C, 2 * H, W])).slice({ dim: 2, start: 1, end: 2 * H, step: 2 }),
  "every second column": (B, C, H, W) =>
    channelsLast(randn([B, C, H, 2 * W])).slice({ dim: 3, start: 1, end: 2 * W, step: 2 }),
  "every second channel": (B, C, H, W) =>
    channelsLast(randn([B, 2 * C, H, W])).slice({ dim: 1, start: 1, end: 2 * C, step: 2 }),
  "one image, expanded": (B, C, H, W) => channelsLast(randn([1, C, H, W])).expand([B, C, H, W]),
  "one channel, expanded": (B, C, H, W) => randn([B, 1, H, W]).expand([B, C, H, W]),
  "one row, expanded": (B, C, H, W) => randn([B, C, 1, W]).expand([B, C, H, W]),
  "an image of pixels, permuted": (B, C, H, W) =>
    randn([B, H + 3, W, C])
      .narrow(1, 2, H)
      .permute([0, 3, 1, 2]),
  "transposed height and width": (B, C, H, W) => channelsLast(randn([B, C, W, H])).transpose(2, 3),
  "transposed batch and channels": (B, C, H, W) => randn([C, B, H, W]).transpose(0, 1),
  "a selected frame": (B, C, H, W) => randn([B, C, 3, H, W]).select(2, 1),
  "tokens as an image": (B, C, H, W) =>
    randn([B, H * W, C])
      .transpose(1, 2)
      .unflatten(2, [H, W]),
};

/** Without `full` one batch size stands for both. */
const full = process.env.PINMEM_TESTS === "full";

const sizes = [
  [7, 6],
  [1, 1],
  [1, 9],
  [9, 1],
] as const;

function* inputs(channels: number): Generator<[name: string, input: Tensor]> {
  for (const batch of full ? [1, 2] : [2]) {
    for (const [height, width] of sizes) {
      for (const [name, view] of Object.entries(views)) {
        const shape = [batch, channels, height, width] as const;
        yield [`${name} ${shape.join("x")}`, view(...shape)];
      }
      const tokens = randn([batch, height * width, channels]).transpose(1, 2);
      if (width === 1) yield [`tokens ${batch}x${channels}x${height}`, tokens.unsqueeze(-1)];
      if (height === 1) yield [`tokens ${batch}x${channels}x1x${width}`, tokens.unsqueeze(2)];
    }
  }
}

/** Largest difference, relative to the largest value where that exceeds one. NaN is one, too. */
function difference(found: Tensor, expected: Tensor): number {
  const largest = found.sub(expected).abs().max().toNumber() / Math.max(1, expected.abs().max().toNumber());
  return Number.isNaN(largest) ? Number.POSITIVE_INFINITY : largest;
}

const plain = (tensor: Tensor): Tensor => tensor.clone({ memoryFormat: "contiguous" });
/** Rounding where normalization divides by almost nothing; what is read from a wrong place is off by a tenth and more. */
const tolerance = 1e-4;

describe("fused layers give on every view what plain layers give on plain memory", () => {
  it.each<[number, number, number, Conv2dOptions]>([
    [8, 16, 3, { padding: 1 }],
    [8, 16, 3, { padding: 1, stride: 2, bias: false }],
    [8, 16, 1, {}],
    [3, 16, 7, { padding: 3, stride: 2 }],
    [8, 16, 3, { padding: 2, dilation: 2, groups: 4 }],
    [8, 8, 3, { padding: 1, groups: 8 }],
    [1, 16, 3, { padding: 1 }],
    [1, 1, 1, {}],
    [32, 1, 1, {}],
    [64, 64, 3, { padding: 1 }],
  ])("ConvReLU2d(%i, %i, %i, %o)", (inChannels, outChannels, kernel, options) => {
    const convolution = () => {
      manualSeed(1);
      return new Conv2d(inChannels, outChannels, kernel, options).requiresGrad_(false);
    };
    scope(() => {
      const peer = convolution();
      const fused = new ConvReLU2d(convolution().to({ memoryFormat: "channelsLast" }));
      for (const [name, input] of inputs(inChannels)) {
        const expected = peer.call(plain(input)).relu();
        expect(difference(fused.call(input), expected), name).toBeLessThan(tolerance);
      }
    });
  });

  it("AddReLU", () => {
    scope(() => {
      for (const [name, other] of inputs(8)) {
        const summand = rand(other.shape).sub(0.5);
        const expected = summand.add(plain(other)).relu();
        expect(difference(new AddReLU().call(channelsLast(summand).clone(), other), expected), name).toBe(0);
        const rows = channelsLast(randn([1, 8, 9, 5])).narrow(2, 1, 3);
        const sum = plain(rows).add(1).relu();
        expect(difference(new AddReLU().call(rows, rows.mul(0).add(1)), sum), name).toBe(0);
      }
    });
  });
});

type Layer = { call(input: Tensor): Tensor; parameters?(): Tensor[] };

const layers: Record<string, (channels: number) => Layer> = {
  "Conv2d, channels-last": (channels) =>
    new Conv2d(channels, 16, 3, { padding: 1 }).to({ memoryFormat: "channelsLast" }),
  "Conv2d of depth": (channels) =>
    new Conv2d(channels, channels, 3, { padding: 1, groups: channels }).to({ memoryFormat: "channelsLast" }),
  "Conv2d, contiguous": (channels) => new Conv2d(channels, 4, 1),
  "BatchNorm2d in training": (channels) => new BatchNorm2d(channels),
  "BatchNorm2d in evaluation": (channels) => new BatchNorm2d(channels).eval(),
  InstanceNorm2d: (channels) => new InstanceNorm2d(channels, { affine: true }),
  "ReLU6 in place": () => ({ call: (input) => new ReLU6({ inplace: true }).call(input.mul(3)) }),
  MaxPool2d: () => new MaxPool2d(3, { stride: 2, padding: 1 }),
  AvgPool2d: () => new AvgPool2d(3, { stride: 1, padding: 1 }),
  AdaptiveAvgPool2d: () => new AdaptiveAvgPool2d(2),
  bilinear: () => ({
    call: (input) => F.interpolate(input, { size: [11, 7], mode: "bilinear", alignCorners: true }),
  }),
  bicubic: () => ({
    call: (input) => F.interpolate(input, { size: [5, 12], mode: "bicubic", alignCorners: false }),
  }),
  nearest: () => ({ call: (input) => F.interpolate(input, { size: [11, 7], mode: "nearest" }) }),
};

/** Output, gradient of the input and gradients of the parameters, for a gradient of the output that `lay` lays out. */
function passes(layer: Layer, memory: Tensor, lay: (gradient: Tensor) => Tensor): Tensor[] {
  const input = memory.detach().requiresGrad_();
  const parameters = layer.parameters?.() ?? [];
  const output = layer.call(input);
  manualSeed(2);
  output.backward({ gradient: lay(randn(output.shape)) });
  const gradients = [input, ...parameters].map(({ grad }) => grad as Tensor);
  for (const parameter of parameters) parameter.grad = null;
  return [output.detach(), ...gradients];
}

/** The same gradient in memory that was turned before, as the next layer's transposition leaves it. */
const turned = (gradient: Tensor): Tensor =>
  channelsLast(gradient.transpose(2, 3).contiguous()).transpose(2, 3);

describe("layers compute on every view what they compute on plain memory, and so do their gradients", () => {
  it.each(Object.entries(layers))("%s", (_, make) => {
    manualSeed(1);
    for (const channels of [1, 8]) {
      const layer = scope(() => make(channels));
      for (const [name, memory] of inputs(channels)) {
        scope(() => {
          const input = memory;
          const needsMore = layer instanceof BatchNorm2d || layer instanceof InstanceNorm2d;
          if (needsMore && input.numel <= 2 * channels) return; // one value has no variance
          const expected = passes(layer, plain(input), plain);
          for (const lay of [plain, turned]) {
            for (const [at, found] of passes(layer, input, lay).entries()) {
              expect(difference(found, expected[at] as Tensor), `${name}, result ${at}`).toBeLessThan(
                tolerance,
              );
            }
          }
        });
        memory.dispose();
      }
    }
  });
});
