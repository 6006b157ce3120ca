import { dispose, manualSeed, nn, noGrad, randn, scope, type Tensor } from "@pinmem/torch";
import { expect, it } from "vitest";
import { Graph } from "../onnx/graph.js";
import { OnnxSession } from "../onnxruntime.js";
import { emitTiled, isTileable } from "./tiled-convolution.js";

const valuesOf = (tensor: Tensor) => ({
  data: tensor.contiguous().toTypedArray() as Float32Array,
  shape: tensor.shape,
});

it.each([
  [[1, 48, 1, 1], true],
  [[2, 48, 5, 7], false],
  [[1, 48, 8, 12], true],
  [[1, 48, 35, 66], true],
])("is the convolution of %j", async (shape, bias) => {
  manualSeed(3);
  const layer = new nn.Conv2d(48, 40, 3, { padding: 1, bias }).eval();
  expect(isTileable(layer)).toBe(true);
  const { input, expected } = noGrad(() =>
    scope(() => {
      const input = randn(shape);
      return { input: valuesOf(input), expected: valuesOf(layer.call(input)) };
    }),
  );
  const graph = new Graph("tiled");
  const value = graph.input("input", "float32", ["batch", 48, "height", "width"]);
  graph.output(emitTiled(graph, layer, value), "output", "float32", ["batch", 40, "height", "width"]);
  const session = await OnnxSession.open(graph.encode({ name: "test", version: "0" }));
  const { output: found } = await session.run({ input });
  await session.release();
  expect(found?.shape).toEqual(expected.shape);
  const apart = expected.data.map((one, at) => Math.abs(one - Number(found?.data[at])));
  expect(Math.max(...apart)).toBeLessThan(1e-5 * Math.max(...expected.data.map(Math.abs)));
  dispose([...layer.stateDict().values()]);
});

it.each([
  ["another kernel", new nn.Conv2d(4, 4, 1)],
  ["no zeros around", new nn.Conv2d(4, 4, 3)],
  ["zeros behind alone", new nn.Conv2d(4, 4, 2, { padding: "same" })],
  ["a stride", new nn.Conv2d(4, 4, 3, { padding: 1, stride: 2 })],
  ["holes", new nn.Conv2d(4, 4, 3, { padding: 2, dilation: 2 })],
  ["groups", new nn.Conv2d(4, 4, 3, { padding: 1, groups: 2 })],
])("is not for convolutions with %s", (_, layer) => {
  expect(isTileable(layer)).toBe(false);
  dispose([...layer.stateDict().values()]);
});
