// A 3x3 convolution of wide maps in a third of its multiplications, by Winograd's minimal filtering: tiles of 4x4 results are polynomial
// products, which are taken at 6x6 points, where a convolution is a product of channels alone. Each of the 36 points is a matrix
// product of its own; going there and back takes a small convolution of every channel by itself. Rounding apart it is the same
// convolution; runtimes compute such products faster than anything else.
// Source: Lavin and Gray, "Fast Algorithms for Convolutional Neural Networks", CVPR 2016; points of mixed sizes as in Barabasz et al.,
// "Error Analysis and Improving the Accuracy of Winograd Convolution for Deep Neural Networks", TOMS 2020: these round to a third
// of what 0, 1, -1, 2 and -2 do.
// Shapes: B batch, C channels, O channels of the result, H W resolution, n = 36 points, t u tiles down and across, T = t u.

import { nn, noGrad, scope, type Tensor } from "@pinmem/torch";
import type { Graph, Value } from "../onnx/graph.js";
import { sizesOf } from "../onnx/operations.js";

/** Results of a tile along one side. */
const TILE = 4;
const TAPS = 3;
/** What of its input a tile sees, and at how many points. */
const SEEN = TILE + TAPS - 1;
/** And infinity. */
const POINTS = [0, 1, -1, 0.5, -2] as const;

type Matrix = readonly (readonly number[])[];

/** Coefficients of the product of all (x - root), from the lowest. */
function polynomial(roots: readonly number[]): number[] {
  let product = [1];
  for (const root of roots) product = [0, ...product].map((lower, at) => lower - root * (product[at] ?? 0));
  return product;
}

const others = (point: number): number[] => POINTS.filter((other) => other !== point);

const powers = (point: number, count: number): number[] =>
  Array.from({ length: count }, (_, exponent) => point ** exponent);

const atInfinity = (count: number): number[] =>
  Array.from({ length: count }, (_, exponent) => Number(exponent === count - 1));

/** From the input of a tile to the points: (SEEN, SEEN). */
const toPoints: Matrix = [...POINTS.map((point) => [...polynomial(others(point)), 0]), polynomial(POINTS)];

/** From a kernel to the points: (SEEN, TAPS). */
const kernelToPoints: Matrix = [
  ...POINTS.map((point) => {
    const scale = others(point).reduce((product, other) => product * (point - other), 1);
    return powers(point, TAPS).map((power) => power / scale);
  }),
  atInfinity(TAPS),
];

/** From the points to the results of a tile: (SEEN, TILE). */
const fromPoints: Matrix = [...POINTS.map((point) => powers(point, TILE)), atInfinity(TILE)];

/** Of rows and of columns in one: (rows of both, columns of both). */
const twofold = (matrix: Matrix): number[][] =>
  matrix.flatMap((down) => matrix.map((across) => down.flatMap((a) => across.map((b) => a * b))));

/** Rows to columns. */
const turned = (matrix: Matrix): number[][] =>
  (matrix[0] ?? []).map((_, column) => matrix.map((row) => row[column] as number));

const isAll = (values: readonly number[], wanted: number): boolean =>
  values.every((value) => value === wanted);

/** Whether it is one of 3x3, one pixel of zeros around, each pixel a result. */
export const isTileable = (convolution: nn.Conv2d): boolean => {
  const { weight, stride, padding, paddingBehind, dilation, groups } = convolution;
  return (
    convolution.constructor === nn.Conv2d &&
    isAll(weight.shape.slice(2), TAPS) &&
    isAll([...stride, ...padding, ...dilation, groups], 1) &&
    isAll(paddingBehind, 0)
  );
};

/** One pixel of zeros around, each pixel a result: (B, C, H, W) to (B, O, H, W). */
export function emitTiled(
  graph: Graph,
  { weight, bias }: { readonly weight: Tensor; readonly bias: Tensor | null },
  input: Value,
): Value {
  const points = SEEN ** 2;
  const [out = 0, channels = 0] = weight.shape;
  const batch = sizesOf(graph, input, 0, 1);
  const size = sizesOf(graph, input, 2, 4);
  const shaped = (value: Value, ...sizes: (Value | readonly number[])[]): Value => {
    const parts = sizes.map((part) => (typeof part === "string" ? part : graph.ints(part as number[])));
    return graph.node("Reshape", [value, graph.node("Concat", parts, { axis: 0 })]);
  };
  /** Of the two numbers before the last, the second in front. */
  const exchanged = (value: Value): Value => graph.node("Transpose", [value], { perm: [0, 2, 1, 3] });
  const matrix = (rows: Matrix, ...shape: number[]): Value => graph.floats(rows.flat(), shape);

  const { kernels, shift } = scope(() =>
    noGrad(() => ({
      kernels: graph.weights(weight.reshape([out * channels, TAPS ** 2])),
      shift: bias && graph.weights(bias.reshape([out, 1, 1])),
    })),
  );
  const kernels_OCn = graph.node("MatMul", [
    kernels,
    matrix(turned(twofold(kernelToPoints)), TAPS ** 2, points),
  ]);
  const kernels_nOC = shaped(graph.node("Transpose", [kernels_OCn], { perm: [1, 0] }), [
    points,
    out,
    channels,
  ]);

  const seen = graph.node(
    "Conv",
    [shaped(input, [-1, 1], size), matrix(twofold(toPoints), points, 1, SEEN, SEEN)],
    { kernel_shape: [SEEN, SEEN], strides: [TILE, TILE], pads: [1, 1, TILE, TILE] },
  );
  const tiles = sizesOf(graph, seen, 2, 4);
  const product_BnOT = graph.node("MatMul", [
    kernels_nOC,
    exchanged(shaped(seen, batch, [channels, points, -1])),
  ]);
  const back = graph.node(
    "Conv",
    [
      shaped(exchanged(product_BnOT), [-1, points], tiles),
      matrix(turned(twofold(fromPoints)), TILE ** 2, points, 1, 1),
    ],
    { kernel_shape: [1, 1] },
  );
  const whole = graph.node("DepthToSpace", [back], { blocksize: TILE });
  const cut = graph.node("Slice", [
    shaped(whole, batch, [out], sizesOf(graph, whole, 2, 4)),
    graph.ints([0, 0]),
    size,
    graph.ints([2, 3]),
  ]);
  return shift ? graph.node("Add", [cut, shift]) : cut;
}
