// What a network is made of: parameters, multiply-adds for an image of some size, and the resolution of each part.
//
// The network runs once on a small image to see which layer works at which resolution; sizes for the image asked about follow
// by arithmetic, because every layer that shrinks halves, rounding up; or, of backbones of patches, because pictures are filled up to
// whole ones. Counted are convolutions, linear layers, attention's and the memory's two products; norms, activations and resizing are
// left out, as is usual.

import { nn, noGrad, scope, Tensor, zeros } from "@pinmem/torch";
import { BackboneNetwork } from "./backbone-network.js";
import { Attention } from "./backbones/vit/attention.js";
import { TransformerStage } from "./backbones/vit/block.js";
import { Embedding } from "./backbones/vit/embedding.js";
import { upTo } from "./backbones/vit/grid.js";
import { ContextConv2d } from "./heads/context-convolution.js";
import type { SegmentationNetwork } from "./segmentation-network.js";

export interface PartDescription {
  /** Name of a part in the state dict, such as "layer3". */
  readonly name: string;
  readonly parameters: number;
  /** Those of them that are trained; the others are frozen, as an adapter leaves them. */
  readonly trained: number;
  /** For one image; null for parts that prediction does not need. */
  readonly multiplyAdds: number | null;
  /** Ratio of the image's resolution to the part's output; null as before. */
  readonly stride: number | null;
}

export interface NetworkDescription {
  readonly height: number;
  readonly width: number;
  /** All of them, also those that only training needs. */
  readonly parameters: number;
  /** Those of them that are trained; the others are frozen. */
  readonly trained: number;
  /** Of predicting one image. */
  readonly multiplyAdds: number;
  /** Ratio of the image's resolution to the feature's. */
  readonly outputStride: number;
  readonly parts: readonly PartDescription[];
}

export interface DescribeOptions {
  /** Of the image that multiply-adds are counted for. */
  height: number;
  width: number;
}

/** Every resolution down to a 64th has a side of its own, which tells them apart. */
const PROBE = 64;
/** Side of the small image in patches, of backbones that have them. */
const PATCHES = 8;

/** Multiples that pictures are filled up to; 1: they are not. */
const gridOf = (network: SegmentationNetwork): number =>
  network instanceof BackboneNetwork ? network.backbone.grid : 1;

const probeOf = (network: SegmentationNetwork): number => {
  const grid = gridOf(network);
  return grid === 1 ? PROBE : PATCHES * grid;
};

/**
 * Describes a network for images of a size.
 * @throws RangeError when the size is not two positive integers
 */
export function describe(
  network: SegmentationNetwork,
  { height, width }: DescribeOptions,
): NetworkDescription {
  for (const [field, value] of Object.entries({ height, width })) {
    if (Number.isInteger(value) && value >= 1) continue;
    throw new RangeError(`describe: option '${field}' must be an integer of at least 1, got ${value}`);
  }
  const [layers, grid, probe] = [observe(network), gridOf(network), probeOf(network)];
  const sizeAt = (size: number, side: number) =>
    grid === 1 ? shrink(size, side) : side === 1 ? 1 : (upTo(size, grid) * side) / probe;
  const pixels = (side: number) => sizeAt(height, side) * sizeAt(width, side);
  const multiplyAdds = new Map<string, number>();
  for (const { part, count } of layers.products) {
    multiplyAdds.set(part, (multiplyAdds.get(part) ?? 0) + count(pixels));
  }
  const parts = [...network.namedChildren()].map(([name, module]): PartDescription => {
    const side = layers.sides.get(name);
    return {
      name,
      ...counted(module),
      multiplyAdds: side === undefined ? null : (multiplyAdds.get(name) ?? 0),
      stride: side === undefined ? null : probe / side,
    };
  });
  return {
    height,
    width,
    ...counted(network),
    multiplyAdds: [...multiplyAdds.values()].reduce((sum, count) => sum + count, 0),
    outputStride: network.outputStride,
    parts,
  };
}

function counted(module: nn.AnyModule): { parameters: number; trained: number } {
  let [parameters, trained] = [0, 0];
  for (const { numel, requiresGrad } of module.parameters()) {
    parameters += numel;
    if (requiresGrad) trained += numel;
  }
  return { parameters, trained };
}

/** The size of `full` at the resolution at which the probe image has `side`; a side of 1 is the mean of the image. */
function shrink(full: number, side: number): number {
  if (side === 1) return 1;
  let size = full;
  for (let at = PROBE; at > side; at /= 2) size = Math.ceil(size / 2);
  return size;
}

interface Product {
  part: string;
  /** Multiply-adds; `pixels` says how many there are at the resolution at which the probe image has a side. */
  count: (pixels: (side: number) => number) => number;
}

function observe(network: SegmentationNetwork): { products: Product[]; sides: Map<string, number> } {
  const names = new Map([...network.namedModules()].map(([name, module]) => [module, name]));
  const [products, sides] = [[] as Product[], new Map<string, number>()];
  const probe = probeOf(network);
  /** Tokens beside the patches. */
  let special = 0;
  const isTraining = [...network.namedModules()].map(([, module]) => [module, module.training] as const);
  const [parameter] = network.parameters();
  const { dtype = "float32", device = "cpu" } = parameter ?? {};
  network.eval();
  try {
    nn.observeModules(
      (module, inputs, output) => {
        const name = names.get(module);
        const image = firstTensor(output);
        if (!name || !image) return;
        const [part = ""] = name.split(".");
        if (module instanceof Embedding) special = module.special;
        const isOfTokens = image.dim === 3;
        // Patches of tokens (B, N, C); maps are (B, C, h, w), of linear layers (B, h, w, C).
        const side = isOfTokens ? PATCHES : image.size(module instanceof nn.Linear ? 1 : 2);
        const add = (count: Product["count"]) => products.push({ part, count });
        if (name === part) sides.set(part, module instanceof TransformerStage ? PATCHES : side);
        if (module instanceof nn.Conv2d) add((pixels) => module.weight.numel * pixels(side));
        if (module instanceof ContextConv2d) add((pixels) => module.context.numel * pixels(side));
        if (module instanceof nn.ConvTranspose2d) {
          const perPixel = module.weight.numel / (module.stride[0] * module.stride[1]);
          add((pixels) => perPixel * pixels(side));
        }
        if (module instanceof nn.Linear) {
          const others = isOfTokens ? special : 0;
          add((pixels) => module.weight.numel * (others + pixels(side)));
        }
        if (module instanceof Attention) {
          const [others, width] = [special, image.size(2)];
          add((pixels) => 2 * width * (others + pixels(PATCHES)) ** 2);
        }
        if (module === network.memory) {
          const { classes, width } = network.memory;
          const at = (inputs[0] as Tensor).size(2);
          add((pixels) => 2 * classes * width * pixels(at));
        }
      },
      () => scope(() => noGrad(() => void network.call(zeros([1, 3, probe, probe], { dtype, device })))),
    );
  } finally {
    for (const [module, training] of isTraining) module.training = training;
  }
  return { products, sides };
}

function firstTensor(value: unknown): Tensor | undefined {
  if (value instanceof Tensor) return value;
  return typeof value === "object" && value !== null ? firstTensor(Object.values(value)[0]) : undefined;
}

const inMillions = (count: number): string => `${(count / 1e6).toFixed(2)} M`;
const inBillions = (count: number): string => `${(count / 1e9).toFixed(2)} G`;

/** The description as a table in text. */
export function formatDescription(description: NetworkDescription): string {
  const { height, width, parameters, trained, multiplyAdds, outputStride, parts } = description;
  const rows = parts.map((part) => [
    part.name,
    inMillions(part.parameters),
    part.multiplyAdds === null ? "training only" : inBillions(part.multiplyAdds),
    part.stride === null ? "" : `1/${part.stride}`,
  ]);
  const table = [["part", "parameters", "multiply-adds", "resolution"], ...rows];
  const widths = [0, 1, 2, 3].map((column) => Math.max(...table.map((row) => row[column]?.length ?? 0)));
  const lines = table.map((row) =>
    row
      .map((cell, column) =>
        column === 0 ? cell.padEnd(widths[0] as number) : cell.padStart(widths[column] as number),
      )
      .join("  ")
      .trimEnd(),
  );
  const frozen = trained < parameters ? ` (${inMillions(trained)} trained)` : "";
  const total = `${inMillions(parameters)} parameters${frozen}, ${inBillions(multiplyAdds)} multiply-adds for ${width} x ${height}`;
  return [...lines, `${total}, feature at 1/${outputStride}`].join("\n");
}
