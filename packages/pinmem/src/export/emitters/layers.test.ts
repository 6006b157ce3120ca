// Every layer that networks of one's own may be made of computes what libtorch does; those of this package's networks are compared
// within them (parity.test.ts).

import { dispose, manualSeed, nn, noGrad, rand, randn, scope, type Tensor } from "@pinmem/torch";
import { expect, it } from "vitest";
import { ContextConv2d } from "../../models/heads/context-convolution.js";
import "./layers.js";
import "./normalization.js";
import { Graph } from "../onnx/graph.js";
import { OnnxSession } from "../onnxruntime.js";
import { emitContext } from "./registry.js";

const layers: [string, () => nn.Module, shape?: number[]][] = [
  ["an even kernel that keeps the size", () => new nn.Conv2d(4, 3, [2, 4], { padding: "same", dilation: 2 })],
  ["groups", () => new nn.Conv2d(4, 8, 3, { stride: 2, groups: 2, bias: false })],
  ["a 1x1 convolution with context", () => ContextConv2d.inPlaceOf(new nn.Conv2d(4, 3, 1)), [2, 4, 12, 7]],
  ["Linear", () => new nn.Linear(7, 3), [2, 4, 7]],
  ["ReLU6", () => new nn.ReLU6()],
  ["LeakyReLU", () => new nn.LeakyReLU({ negativeSlope: 0.2 })],
  ["ELU", () => new nn.ELU({ alpha: 0.7 })],
  ["GELU", () => new nn.GELU()],
  ["GELU of tanh", () => new nn.GELU({ approximate: "tanh" })],
  ["Sigmoid", () => new nn.Sigmoid()],
  ["Tanh", () => new nn.Tanh()],
  ["Mish", () => new nn.Mish()],
  ["SiLU", () => new nn.SiLU()],
  ["Hardsigmoid", () => new nn.Hardsigmoid()],
  ["Hardswish", () => new nn.Hardswish()],
  ["Softmax", () => new nn.Softmax(1)],
  ["Dropout2d", () => new nn.Dropout2d(0.5)],
  ["MaxPool2d", () => new nn.MaxPool2d(3, { stride: 2, padding: 1 })],
  ["MaxPool2d, rounded up", () => new nn.MaxPool2d(2, { ceilMode: true })],
  ["AvgPool2d", () => new nn.AvgPool2d(3, { stride: 2, padding: 1 })],
  ["AvgPool2d without padding", () => new nn.AvgPool2d(3, { padding: 1, countIncludePad: false })],
  ["AdaptiveAvgPool2d", () => new nn.AdaptiveAvgPool2d(1)],
  ["BatchNorm2d", () => new nn.BatchNorm2d(4, { eps: 1e-3 })],
  ["BatchNorm2d without a scale", () => new nn.BatchNorm2d(4, { affine: false })],
  ["InstanceNorm2d", () => new nn.InstanceNorm2d(4, { affine: true })],
  ["LayerNorm", () => new nn.LayerNorm(7, { eps: 1e-3 }), [2, 4, 7]],
  ["LayerNorm without a scale", () => new nn.LayerNorm([5, 7], { elementwiseAffine: false })],
  ["GroupNorm", () => new nn.GroupNorm(2, 4)],
];

it.each(layers)("%s", async (_, make, shape = [2, 4, 5, 7]) => {
  manualSeed(5);
  const layer = make().eval();
  const { input, expected } = noGrad(() =>
    scope(() => {
      for (const tensor of layer.stateDict().values())
        if (tensor.dtype === "float32") tensor.copy_(rand(tensor.shape).add(0.2));
      const values = (tensor: Tensor) => ({
        data: tensor.contiguous().toTypedArray() as Float32Array,
        shape: tensor.shape,
      });
      const tensor = randn(shape).mul(3);
      const input = values(tensor);
      return { input, expected: values(layer.call(tensor)) };
    }),
  );
  const graph = new Graph("layer");
  const value = graph.input(
    "input",
    "float32",
    shape.map((_, at) => `size_${at}`),
  );
  const output = emitContext(graph, layer, null).emit(layer, value);
  graph.output(
    output,
    "output",
    "float32",
    shape.map((_, at) => `out_${at}`),
  );
  const session = await OnnxSession.open(graph.encode({ name: "test", version: "0" }));
  const found = (await session.run({ input })).output;
  expect(found?.shape).toEqual(expected.shape);
  const apart = expected.data.map((one, at) => Math.abs(one - Number(found?.data[at])));
  expect(Math.max(...apart)).toBeLessThan(1e-5 * Math.max(1, ...expected.data.map(Math.abs)));
  dispose([...layer.stateDict().values()]);
});

it("says of pooling to another size that ONNX has none", () => {
  const layer = new nn.AdaptiveAvgPool2d(2);
  const graph = new Graph("layer");
  const value = graph.input("input", "float32", [1, 4, 5, 7]);
  expect(() => emitContext(graph, layer, null).emit(layer, value)).toThrow(
    /^an AdaptiveAvgPool2d to 2 x 2 cannot be exported/,
  );
});
