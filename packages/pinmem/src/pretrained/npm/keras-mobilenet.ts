// MobileNetV2 of Keras under torchvision's names, for pictures as torchvision normalizes them. What differs besides names:
//
//   kernels     Keras has H W I O (depthwise H W I 1), torchvision O I H W (I 1 H W)
//   batch norm  Keras divides by sqrt(variance + 1e-3), torchvision by sqrt(variance + 1e-5): the difference goes into the variances
//   pictures    Keras was fed 2 p - 1 for p in 0 to 1, torchvision feeds (p - mean) / deviation: as the first convolution is linear,
//               its kernel is scaled by 2 deviation for each color, and the mean after it lowered by the sum of W (2 mean - 1)
//
// Keras pads convolutions of stride 2 at the bottom and right alone, torchvision on all sides: a shift by a pixel, which is left.

import { PullError } from "../../web/pull-error.js";
import type { KerasWeight } from "./quantized-weights.js";

export interface ConvertedWeight {
  readonly dtype: "float32" | "int64";
  readonly shape: readonly number[];
  readonly data: Uint8Array;
}

const mean = [0.485, 0.456, 0.406];
const deviation = [0.229, 0.224, 0.225];
const EPSILON = { keras: 1e-3, torchvision: 1e-5 };

/**
 * All tensors of torchvision's mobilenet_v2 but the classifier's.
 * @param source names the package in errors
 * @throws PullError where a weight is missing or has another shape
 */
export function toTorchvision(
  weights: ReadonlyMap<string, KerasWeight>,
  source: string,
): Map<string, ConvertedWeight> {
  const out = new Map<string, { shape: readonly number[]; values: Float32Array }>();

  const get = (name: string, axes: number): KerasWeight => {
    const weight = weights.get(name);
    if (weight?.shape.length === axes) return weight;
    throw new PullError(
      source,
      `${name} is ${weight ? `[${weight.shape}]` : "not there"}, so it is no MobileNetV2 of Keras`,
    );
  };
  const convolution = (from: string, to: string): void => {
    const { shape, values } = get(`${from}/kernel`, 4);
    out.set(`${to}.weight`, transposed(values, shape, [3, 2, 0, 1]));
  };
  const depthwise = (from: string, to: string): void => {
    const { shape, values } = get(`${from}/depthwise_kernel`, 4);
    out.set(`${to}.weight`, transposed(values, shape, [2, 3, 0, 1]));
  };
  const batchNorm = (from: string, to: string): void => {
    out.set(`${to}.weight`, get(`${from}/gamma`, 1));
    out.set(`${to}.bias`, get(`${from}/beta`, 1));
    out.set(`${to}.running_mean`, get(`${from}/moving_mean`, 1));
    const { shape, values } = get(`${from}/moving_variance`, 1);
    out.set(`${to}.running_var`, {
      shape,
      values: values.map((value) => value + EPSILON.keras - EPSILON.torchvision),
    });
  };

  convolution("Conv1", "features.0.0");
  batchNorm("bn_Conv1", "features.0.1");
  depthwise("expanded_conv_depthwise", "features.1.conv.0.0");
  batchNorm("expanded_conv_depthwise_BN", "features.1.conv.0.1");
  convolution("expanded_conv_project", "features.1.conv.1");
  batchNorm("expanded_conv_project_BN", "features.1.conv.2");
  for (let block = 1; block <= 16; block++) {
    const [from, to] = [`block_${block}`, `features.${block + 1}.conv`];
    convolution(`${from}_expand`, `${to}.0.0`);
    batchNorm(`${from}_expand_BN`, `${to}.0.1`);
    depthwise(`${from}_depthwise`, `${to}.1.0`);
    batchNorm(`${from}_depthwise_BN`, `${to}.1.1`);
    convolution(`${from}_project`, `${to}.2`);
    batchNorm(`${from}_project_BN`, `${to}.3`);
  }
  convolution("Conv_1", "features.18.0");
  batchNorm("Conv_1_bn", "features.18.1");

  const kernel = out.get("features.0.0.weight") as KerasWeight;
  if (kernel.shape[1] !== 3)
    throw new PullError(source, `its first kernel is [${kernel.shape}], not one for colors`);
  const after = out.get("features.0.1.running_mean") as KerasWeight;
  out.set("features.0.1.running_mean", { shape: after.shape, values: takePictures(kernel, after.values) });

  const converted = new Map<string, ConvertedWeight>();
  for (const [name, { shape, values }] of out) {
    converted.set(name, { dtype: "float32", shape, data: bytesOf(values) });
    if (name.endsWith(".running_var")) {
      // One, so that it is not taken for statistics that nothing has come into.
      const counter = bytesOf(BigInt64Array.of(1n));
      converted.set(name.replace(/running_var$/, "num_batches_tracked"), {
        dtype: "int64",
        shape: [],
        data: counter,
      });
    }
  }
  return converted;
}

/** Scales the first kernel in place (its values are nobody else's), and returns the means after it. */
function takePictures({ shape, values }: KerasWeight, means: Float32Array): Float32Array {
  const [, , height = 0, width = 0] = shape;
  const area = height * width;
  return means.map((value, output) => {
    let sum = 0;
    for (let color = 0; color < 3; color++) {
      for (let place = 0; place < area; place++) {
        const at = (output * 3 + color) * area + place;
        sum += (values[at] as number) * (2 * (mean[color] as number) - 1);
        values[at] = (values[at] as number) * 2 * (deviation[color] as number);
      }
    }
    return value - sum;
  });
}

/** Axis `k` of the result is axis `order[k]` of what is given. */
function transposed(values: Float32Array, shape: readonly number[], order: readonly number[]) {
  const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((product, size) => product * size, 1));
  const sizes = order.map((axis) => shape[axis] as number);
  const steps = order.map((axis) => strides[axis] as number);
  const [a = 0, b = 0, c = 0, d = 0] = sizes;
  const [sa = 0, sb = 0, sc = 0, sd = 0] = steps;
  const out = new Float32Array(values.length);
  let at = 0;
  for (let i = 0; i < a; i++)
    for (let j = 0; j < b; j++)
      for (let k = 0; k < c; k++)
        for (let l = 0; l < d; l++) out[at++] = values[i * sa + j * sb + k * sc + l * sd] as number;
  return { shape: sizes, values: out };
}

const bytesOf = ({ buffer, byteOffset, byteLength }: Float32Array | BigInt64Array): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength);
