// What takes several operators of ONNX: shapes that follow from others, products with every pixel, directions, resizing.
// Shapes: B batch, C channels, h w resolution, N = h w.

import type { Graph, Value } from "./graph.js";
import { type ElementType, elementCode } from "./message.js";

/** Sizes from `start` up to `end` of a shape, int64. */
export const sizesOf = (graph: Graph, value: Value, start = 0, end?: number): Value =>
  graph.node("Shape", [value], end === undefined ? { start } : { start, end });

/** The same numbers in another type. */
export const castTo = (graph: Graph, value: Value, type: ElementType): Value =>
  graph.node("Cast", [value], { to: elementCode(type) });

/** (B, C, h, w) to (B, C, N). */
export const flattenPixels = (graph: Graph, value: Value): Value =>
  graph.node("Reshape", [value, graph.ints([0, 0, -1])]);

/** (B, C, N) to (B, C, h, w), with the resolution of another value. */
export function unflattenPixels(graph: Graph, value: Value, like: Value): Value {
  const shape = graph.node("Concat", [sizesOf(graph, value, 0, 2), sizesOf(graph, like, 2, 4)], { axis: 0 });
  return graph.node("Reshape", [value, shape]);
}

const SMALLEST_LENGTH = 1e-12;

/** Vectors along an axis brought to length one, as `nn.F.normalize` does; zero stays zero. */
export function unitLength(graph: Graph, value: Value, axis: number): Value {
  const length = graph.node("ReduceL2", [value, graph.ints([axis])], { keepdims: 1 });
  return graph.node("Div", [value, graph.node("Max", [length, graph.floats(SMALLEST_LENGTH)])]);
}

/** Bilinear, to `size` (height and width, int64 [2]); `coordinates`: corners aligned, or centers of pixels. */
export function resize(
  graph: Graph,
  value: Value,
  size: Value,
  coordinates: "align_corners" | "half_pixel" = "align_corners",
): Value {
  const sizes = graph.node("Concat", [sizesOf(graph, value, 0, 2), size], { axis: 0 });
  return graph.node("Resize", [value, null, null, sizes], {
    mode: "linear",
    coordinate_transformation_mode: coordinates,
  });
}
