// First and second derivatives of every differentiable operator that models use, against finite differences in float64.

import { beforeEach, describe, expect, it } from "vitest";
import {
  cat,
  type Device,
  type Differentiable,
  einsum,
  gradcheck,
  gradgradcheck,
  manualSeed,
  nn,
  ones,
  randn,
  randperm,
  stack,
  type Tensor,
  tensor,
  zeros,
} from "../src/index.js";
import { devices } from "./devices.js";

const { F } = nn;

// Difference quotients in float64 are good to about 1e-9 here, so these bounds leave two digits, where gradcheck's own
// (1e-5 and 1e-3, PyTorch's) leave four and more. One bound serves both orders.
const bounds = { atol: 1e-7, rtol: 1e-6 };

let device: Device = "cpu";

/** Normal random numbers that require gradients. */
const normal = (...shape: number[]): Tensor => randn(shape, { dtype: "float64", device }).requiresGrad_();

/** At least 0.1 away from zero, where relu, abs and their kind have a kink. */
const awayFromZero = (...shape: number[]): Tensor => {
  const values = randn(shape, { dtype: "float64", device });
  return values.add(values.sign().mul(0.1)).requiresGrad_();
};

/** Between 0.5 and 2.5: inside the domain of log, sqrt and division. */
const positive = (...shape: number[]): Tensor =>
  zeros(shape, { dtype: "float64", device }).uniform_({ from: 0.5, to: 2.5 }).requiresGrad_();

/** All different by 0.05 at least, so that no two elements change places. */
const distinct = (...shape: number[]): Tensor => {
  const count = shape.reduce((product, size) => product * size, 1);
  return randperm(count, { dtype: "float64", device })
    .mul(0.05)
    .sub(count * 0.025)
    .reshape(shape)
    .requiresGrad_();
};

const labels = (values: readonly number[], shape: readonly number[] = [values.length]): Tensor =>
  tensor(values, { dtype: "int64", device }).reshape(shape);
const constant = (values: readonly number[]): Tensor => tensor(values, { dtype: "float64", device });
const channelsLast = (input: Tensor): Tensor => input.contiguous({ memoryFormat: "channelsLast" });
const seeded =
  (compute: Differentiable): Differentiable =>
  (...inputs) => {
    manualSeed(3);
    return compute(...inputs);
  };

interface Case {
  readonly compute: Differentiable;
  readonly inputs: () => readonly Tensor[];
  /** "first" where libtorch has no second derivative. */
  readonly orders?: "first";
}

const cases: Record<string, Record<string, Case>> = {
  convolution: {
    "conv2d with stride and padding": {
      compute: (x, w, b) => x.conv2d(w, { bias: b, stride: [2, 1], padding: [1, 2] }),
      inputs: () => [normal(2, 3, 5, 4), normal(2, 3, 3, 2), normal(2)],
    },
    "conv2d with dilation": {
      compute: (x, w, b) => x.conv2d(w, { bias: b, padding: 2, dilation: 2 }),
      inputs: () => [normal(1, 2, 5, 5), normal(2, 2, 3, 3), normal(2)],
    },
    "conv2d with groups": {
      compute: (x, w, b) => x.conv2d(w, { bias: b, padding: 1, groups: 2 }),
      inputs: () => [normal(2, 4, 3, 3), normal(4, 2, 3, 3), normal(4)],
    },
    "conv2d of each channel alone": {
      compute: (x, w) => x.conv2d(w, { padding: 1, groups: 3 }),
      inputs: () => [normal(1, 3, 4, 4), normal(3, 1, 3, 3)],
    },
    "conv2d of single pixels": {
      compute: (x, w, b) => x.conv2d(w, { bias: b }),
      inputs: () => [normal(2, 3, 3, 3), normal(2, 3, 1, 1), normal(2)],
    },
    "conv2d in channels-last": {
      compute: (x, w) => channelsLast(x).conv2d(channelsLast(w), { padding: 1, stride: 2 }),
      inputs: () => [normal(2, 3, 4, 4), normal(2, 3, 3, 3)],
    },
    convTranspose2d: {
      compute: (x, w, b) => x.convTranspose2d(w, { bias: b, stride: 2, padding: 1, outputPadding: 1 }),
      inputs: () => [normal(1, 2, 3, 3), normal(2, 2, 3, 3), normal(2)],
    },
    linear: {
      compute: (x, w, b) => x.linear(w, { bias: b }),
      inputs: () => [normal(2, 3, 4), normal(5, 4), normal(5)],
    },
    im2col: {
      compute: (x) => x.im2col([2, 3], 1, [1, 0], 2),
      inputs: () => [normal(1, 2, 4, 5)],
    },
  },

  normalization: {
    "batch norm in training": {
      compute: (x, w, b) =>
        x.batchNorm(
          w,
          b,
          zeros([3], { dtype: "float64", device }),
          ones([3], { dtype: "float64", device }),
          true,
          0.1,
          1e-5,
          true,
        ),
      inputs: () => [normal(3, 3, 2, 2), normal(3), normal(3)],
    },
    "batch norm in evaluation": {
      compute: (x, w, b) =>
        x.batchNorm(w, b, constant([0.3, -0.2, 0]), constant([0.5, 1, 2]), false, 0.1, 1e-5, true),
      inputs: () => [normal(2, 3, 2, 2), normal(3), normal(3)],
    },
    "batch norm without scale and shift": {
      compute: (x) => x.batchNorm(null, null, null, null, true, 0, 1e-5, true),
      inputs: () => [normal(3, 2, 2, 2)],
    },
    "instance norm in training": {
      compute: (x, w, b) =>
        x.instanceNorm(
          w,
          b,
          zeros([2], { dtype: "float64", device }),
          ones([2], { dtype: "float64", device }),
          true,
          0.1,
          1e-5,
          true,
        ),
      inputs: () => [normal(2, 2, 3, 3), normal(2), normal(2)],
    },
    "instance norm in evaluation": {
      compute: (x, w, b) =>
        x.instanceNorm(w, b, constant([0.3, -0.2]), constant([0.5, 2]), false, 0.1, 1e-5, true),
      inputs: () => [normal(2, 2, 2, 2), normal(2), normal(2)],
    },
    "group norm": {
      compute: (x, w, b) => x.groupNorm(2, { weight: w, bias: b }),
      inputs: () => [normal(2, 4, 2, 2), normal(4), normal(4)],
    },
    "layer norm": {
      compute: (x, w, b) => x.layerNorm([4], { weight: w, bias: b }),
      inputs: () => [normal(3, 4), normal(4), normal(4)],
    },
    normalize: { compute: (x) => F.normalize(x), inputs: () => [normal(2, 3, 2, 2)] },
    "normalize by the sum of absolute values": {
      compute: (x) => F.normalize(x, { p: 1, dim: -1 }),
      inputs: () => [awayFromZero(3, 4)],
    },
  },

  interpolation: {
    "bilinear upwards, corners aligned": {
      compute: (x) => F.interpolate(x, { size: [5, 7], mode: "bilinear", alignCorners: true }),
      inputs: () => [normal(1, 2, 3, 4)],
    },
    "bilinear upwards, corners not aligned": {
      compute: (x) => F.interpolate(x, { size: [5, 7], mode: "bilinear", alignCorners: false }),
      inputs: () => [normal(1, 2, 3, 4)],
    },
    "bilinear downwards": {
      compute: (x) => F.interpolate(x, { scaleFactor: 0.5, mode: "bilinear", alignCorners: false }),
      inputs: () => [normal(2, 1, 5, 6)],
    },
    nearest: {
      compute: (x) => F.interpolate(x, { scaleFactor: 1.5, mode: "nearest" }),
      inputs: () => [normal(1, 2, 3, 4)],
    },
    bicubic: {
      compute: (x) => F.interpolate(x, { size: [6, 5], mode: "bicubic", alignCorners: false }),
      inputs: () => [normal(1, 1, 4, 4)],
    },
    "sampling at coordinates": {
      compute: (x, theta) => x.gridSampler(theta.affineGridGenerator([1, 2, 3, 3], false), 0, 0, false),
      // A shear and a shift that put no sample onto a grid line.
      inputs: () => [
        normal(1, 2, 4, 4),
        constant([0.71, 0.13, 0.05, -0.17, 0.83, 0.11]).reshape([1, 2, 3]).requiresGrad_(),
      ],
      orders: "first",
    },
  },

  pooling: {
    "max pooling": {
      compute: (x) => x.maxPool2d(3, { stride: 2, padding: 1 }),
      inputs: () => [distinct(2, 2, 5, 5)],
    },
    "max pooling with dilation": {
      compute: (x) => x.maxPool2d(2, { stride: 1, dilation: 2, ceilMode: true }),
      inputs: () => [distinct(1, 2, 4, 5)],
    },
    "average pooling": {
      compute: (x) => x.avgPool2d([3, 2], { stride: 2, padding: 1, countIncludePad: false }),
      inputs: () => [normal(2, 2, 5, 4)],
    },
    "adaptive average pooling": {
      compute: (x) => x.adaptiveAvgPool2d([2, 3]),
      inputs: () => [normal(2, 2, 5, 7)],
    },
    "global average pooling": {
      compute: (x) => x.adaptiveAvgPool2d(1),
      inputs: () => [normal(2, 3, 3, 4)],
    },
    "adaptive max pooling": {
      compute: (x) => x.adaptiveMaxPool2d([2, 2])[0],
      inputs: () => [distinct(1, 2, 5, 4)],
    },
  },

  losses: {
    softmax: { compute: (x) => x.softmax(1), inputs: () => [normal(2, 4, 3)] },
    logSoftmax: { compute: (x) => x.logSoftmax(1), inputs: () => [normal(2, 4, 3)] },
    "cross entropy with ignored labels": {
      compute: (x) =>
        F.crossEntropy(x, labels([0, 255, 2, 1, 255, 3, 3, 0], [2, 2, 2]), { ignoreIndex: 255 }),
      inputs: () => [normal(2, 4, 2, 2)],
    },
    "cross entropy with class weights": {
      compute: (x) =>
        F.crossEntropy(x, labels([0, 2, 255, 1]), { ignoreIndex: 255, weight: constant([0.5, 2, 1.5]) }),
      inputs: () => [normal(4, 3)],
    },
    "cross entropy of each pixel": {
      compute: (x) => F.crossEntropy(x, labels([0, 2, 255, 1]), { ignoreIndex: 255, reduction: "none" }),
      inputs: () => [normal(4, 3)],
    },
    "cross entropy with smoothed labels": {
      compute: (x) => F.crossEntropy(x, labels([0, 2, 1]), { labelSmoothing: 0.1, reduction: "sum" }),
      inputs: () => [normal(3, 3)],
    },
    "cross entropy with probabilities": {
      compute: (x, target) => F.crossEntropy(x, target.softmax(1)),
      inputs: () => [normal(3, 4), normal(3, 4)],
    },
    "negative log likelihood": {
      compute: (x) => x.nllLossNd(labels([1, 0, 2])),
      inputs: () => [normal(3, 4)],
    },
    "binary cross entropy of logits": {
      compute: (x, target) => x.binaryCrossEntropyWithLogits(target.sigmoid()),
      inputs: () => [awayFromZero(2, 3), normal(2, 3)],
    },
    "mean squared error": {
      compute: (x, y) => x.mseLoss(y),
      inputs: () => [normal(2, 3), normal(2, 3)],
    },
    "mean absolute error": {
      compute: (x) => x.l1Loss(zeros([2, 3], { dtype: "float64", device })),
      inputs: () => [awayFromZero(2, 3)],
    },
    "smooth absolute error": {
      compute: (x) => x.smoothL1Loss(zeros([6], { dtype: "float64", device })),
      inputs: () => [constant([-2, -0.6, -0.1, 0.2, 0.7, 3]).requiresGrad_()],
    },
    "Kullback-Leibler divergence": {
      compute: (x, y) => x.logSoftmax(1).klDiv(y.softmax(1)),
      inputs: () => [normal(2, 3), normal(2, 3)],
    },
    "cosine similarity": {
      compute: (x, y) => x.cosineSimilarity(y),
      inputs: () => [normal(2, 4, 3), normal(2, 4, 3)],
    },
  },

  matrices: {
    "matmul, broadcasting": {
      compute: (a, b) => a.matmul(b),
      inputs: () => [normal(2, 1, 3, 4), normal(3, 4, 2)],
    },
    mm: { compute: (a, b) => a.mm(b), inputs: () => [normal(3, 4), normal(4, 2)] },
    bmm: { compute: (a, b) => a.bmm(b), inputs: () => [normal(2, 3, 4), normal(2, 4, 2)] },
    mv: { compute: (a, b) => a.mv(b), inputs: () => [normal(3, 4), normal(4)] },
    dot: { compute: (a, b) => a.dot(b), inputs: () => [normal(4), normal(4)] },
    outer: { compute: (a, b) => a.outer(b), inputs: () => [normal(3), normal(4)] },
    addmm: {
      compute: (c, a, b) => c.addmm(a, b, { beta: 0.5, alpha: 2 }),
      inputs: () => [normal(3, 2), normal(3, 4), normal(4, 2)],
    },
    baddbmm: {
      compute: (c, a, b) => c.baddbmm(a, b, { beta: 0.5, alpha: 2 }),
      inputs: () => [normal(2, 3, 2), normal(2, 3, 4), normal(2, 4, 2)],
    },
    "einsum of features and a memory": {
      compute: (feature, memory) => einsum("bchw,kc->bkhw", [feature, memory]),
      inputs: () => [normal(2, 3, 2, 2), normal(4, 3)],
    },
    "einsum of three": {
      compute: (a, b, c) => einsum("ij,jk,ik->i", [a, b, c]),
      inputs: () => [normal(2, 3), normal(3, 4), normal(2, 4)],
    },
    cdist: {
      compute: (a, b) => a.cdist(b, { computeMode: 2 }),
      inputs: () => [normal(3, 2), normal(4, 2)],
      orders: "first",
    },
    "cdist by matrix products": {
      compute: (a, b) => a.cdist(b, { computeMode: 1 }),
      inputs: () => [normal(3, 2), normal(4, 2)],
    },
    linalgInv: {
      compute: (a) => a.add(constant([3, 3, 3]).expand([3, 3]).tril().triu()).linalgInv(),
      inputs: () => [normal(3, 3)],
    },
    "eigenvalues of a symmetric matrix": {
      compute: (a) => a.add(a.t()).linalgEigh()[0],
      inputs: () => [normal(3, 3)],
    },
  },

  indexing: {
    "index with repetitions": {
      compute: (x) => x.index([null, labels([2, 0, 0])]),
      inputs: () => [normal(2, 3, 2)],
    },
    "index with two tensors": {
      compute: (x) => x.index([labels([1, 0, 1]), null, labels([0, 0, 1])]),
      inputs: () => [normal(2, 3, 2)],
    },
    indexPut: {
      compute: (x, v) => x.indexPut([labels([0, 2, 0])], v, { accumulate: true }),
      inputs: () => [normal(3, 2), normal(3, 2)],
    },
    "indexPut in place": {
      compute: (x, v) => x.mul(1).indexPut_([labels([2, 0])], v),
      inputs: () => [normal(3, 2), normal(2, 2)],
    },
    indexSelect: { compute: (x) => x.indexSelect(1, labels([2, 0, 2])), inputs: () => [normal(2, 3)] },
    indexAdd: {
      compute: (x, y) => x.indexAdd(0, labels([0, 2, 0]), y, { alpha: 2 }),
      inputs: () => [normal(3, 2), normal(3, 2)],
    },
    gather: { compute: (x) => x.gather(1, labels([0, 0, 2, 1], [2, 2])), inputs: () => [normal(2, 3)] },
    scatter: {
      compute: (x, y) => x.scatter(1, labels([0, 2, 2, 1], [2, 2]), y),
      inputs: () => [normal(2, 3), normal(2, 2)],
    },
    "scatter of a value": {
      compute: (x) => x.scatter(1, labels([0, 2, 2, 1], [2, 2]), 0.5),
      inputs: () => [normal(2, 3)],
    },
    scatterAdd: {
      compute: (x, y) => x.scatterAdd(1, labels([0, 0, 2, 1], [2, 2]), y),
      inputs: () => [normal(2, 3), normal(2, 2)],
    },
    takeAlongDim: {
      compute: (x) => x.takeAlongDim(labels([1, 0], [2, 1]), { dim: 1 }),
      inputs: () => [normal(2, 3)],
    },
    "narrow, select and slice": {
      compute: (x) => [x.narrow(0, 1, 2), x.select(1, -1), x.slice({ dim: 1, start: 0, end: 4, step: 2 })],
      inputs: () => [normal(3, 4)],
    },
    maskedFill: {
      compute: (x) => x.maskedFill(tensor([[true], [false]], { device }), -3),
      inputs: () => [normal(2, 3)],
    },
    "maskedFill with a tensor": {
      compute: (x, value) => x.maskedFill(tensor([true, false, true], { device }), value),
      inputs: () => [normal(2, 3), normal()],
    },
    maskedSelect: {
      compute: (x) => x.maskedSelect(tensor([true, false, true], { device })),
      inputs: () => [normal(2, 3)],
    },
    where: {
      compute: (x, y) => x.where(tensor([true, false, true], { device }), y),
      inputs: () => [normal(2, 3), normal(3)],
    },
    "where with a number": {
      compute: (x) => x.where(tensor([true, false, true], { device }), 0),
      inputs: () => [normal(2, 3)],
    },
    "sums over classes by a one-hot mask": {
      compute: (x) => einsum("nk,nc->kc", [labels([2, 0, 2]).oneHot({ numClasses: 3 }).to("float64"), x]),
      inputs: () => [normal(3, 2)],
    },
    embedding: { compute: (w) => w.embedding(labels([2, 0, 2])), inputs: () => [normal(3, 2)] },
    diagonal: { compute: (x) => x.diagonal({ offset: 1 }), inputs: () => [normal(3, 4)] },
    triangles: { compute: (x) => [x.tril(), x.triu({ diagonal: 1 })], inputs: () => [normal(3, 3)] },
    "topk and sort": {
      compute: (x) => [x.topk(2)[0], x.sort({ descending: true })[0], x.kthvalue(2)[0]],
      inputs: () => [distinct(3, 4)],
    },
    "sliding windows": { compute: (x) => x.unfold(1, 3, 2), inputs: () => [normal(2, 5)] },
    asStrided: {
      compute: (x) => x.asStrided([2, 3], [2, 1], { storageOffset: 1 }),
      inputs: () => [normal(8)],
    },
  },

  shape: {
    cat: {
      compute: (x, y) => cat([x, y, x], { dim: 1 }),
      inputs: () => [normal(2, 3), normal(2, 1)],
    },
    stack: {
      compute: (x, y) => stack([x, y], { dim: 1 }),
      inputs: () => [normal(2, 3), normal(2, 3)],
    },
    "expand and broadcastTo": {
      compute: (x) => [x.expand([4, 2, 3]), x.broadcastTo([2, 2, 3])],
      inputs: () => [normal(2, 1).detach().expand([2, 3]).contiguous().requiresGrad_()],
    },
    "permute, transpose, t, movedim": {
      compute: (x) => [x.permute([2, 0, 1]), x.transpose(0, 2), x.select(0, 0).t(), x.movedim(0, 2)],
      inputs: () => [normal(2, 3, 2)],
    },
    "reshape, view, flatten, unflatten, squeeze, unsqueeze": {
      compute: (x) => [
        x.transpose(0, 1).reshape([6]),
        x.view([3, 2]),
        x.flatten(),
        x.unflatten(1, [3, 1]),
        x.unsqueeze(1).squeeze(1),
      ],
      inputs: () => [normal(2, 3)],
    },
    "split, chunk, unbind": {
      compute: (x) => [...x.split(2, { dim: 1 }), ...x.chunk(2), ...x.unbind()],
      inputs: () => [normal(2, 3)],
    },
    "flip, roll, repeat": {
      compute: (x) => [
        x.flip([1]),
        x.roll(1, { dims: 1 }),
        x.repeat([2, 1]),
        x.repeatInterleave(2, { dim: 0 }),
      ],
      inputs: () => [normal(2, 3)],
    },
    "padding with a value": {
      compute: (x) => x.pad([1, 2, 0, 1], { value: 0.5 }),
      inputs: () => [normal(1, 1, 2, 3)],
    },
    "padding by reflection": {
      compute: (x) => x.pad([1, 2, 1, 1], { mode: "reflect" }),
      inputs: () => [normal(1, 1, 3, 3)],
    },
    "padding by replication": {
      compute: (x) => x.pad([1, 2, 0, 1], { mode: "replicate" }),
      inputs: () => [normal(1, 1, 2, 3)],
    },
    "pixel shuffles": {
      compute: (x) => [x.pixelShuffle(2), x.pixelUnshuffle(2)],
      inputs: () => [normal(1, 4, 2, 2)],
    },
    "channels-last copies": { compute: (x) => channelsLast(x).mul(2), inputs: () => [normal(1, 3, 2, 2)] },
  },

  arithmetic: {
    "sum and difference": {
      compute: (x, y) => [x.add(y, { alpha: 2 }), x.sub(y, { alpha: 3 }), x.rsub(y)],
      inputs: () => [normal(2, 3), normal(3)],
    },
    product: { compute: (x, y) => x.mul(y), inputs: () => [normal(2, 3), normal(2, 1)] },
    quotient: { compute: (x, y) => x.div(y), inputs: () => [normal(2, 3), positive(3)] },
    "power of a number": {
      compute: (x) => [x.pow(2.5), x.pow(3), x.square()],
      inputs: () => [positive(4)],
    },
    "power of a tensor": { compute: (x, y) => x.pow(y), inputs: () => [positive(4), normal(4)] },
    "roots and reciprocals": {
      compute: (x) => [x.sqrt(), x.rsqrt(), x.reciprocal()],
      inputs: () => [positive(4)],
    },
    exponentials: { compute: (x) => [x.exp(), x.expm1()], inputs: () => [normal(4)] },
    logarithms: { compute: (x) => [x.log(), x.log2(), x.log1p()], inputs: () => [positive(4)] },
    "sine, cosine, arctangent": {
      compute: (x, y) => [x.sin(), x.cos(), x.atan2(y)],
      inputs: () => [normal(4), positive(4)],
    },
    "negative and absolute value": {
      compute: (x) => [x.neg(), x.abs()],
      inputs: () => [awayFromZero(4)],
    },
    clamp: {
      compute: (x) => [x.clamp({ min: -1, max: 1 }), x.clamp({ min: 0.25 })],
      inputs: () => [constant([-2, -0.4, 0.1, 0.6, 1.7]).requiresGrad_()],
    },
    "clamp with tensors": {
      compute: (x, low) => x.clamp({ min: low }),
      inputs: () => [constant([-2, 0.4, 1.7]).requiresGrad_(), constant([-1, 0.1, 2]).requiresGrad_()],
    },
    "maximum and minimum": {
      compute: (x, y) => [x.maximum(y), x.minimum(y)],
      inputs: () => [distinct(2, 3), normal(3).detach().mul(0.01).add(0.02).requiresGrad_()],
    },
    "lerp, addcmul, addcdiv": {
      compute: (x, y, z) => [x.lerp(y, 0.3), x.addcmul(y, z, { value: 2 }), x.addcdiv(y, z, { value: 0.5 })],
      inputs: () => [normal(3), normal(3), positive(3)],
    },
    "changes in place": {
      compute: (x, y) => x.mul(1).add_(y).mul_(y).sub_(0.5).div_(2),
      inputs: () => [normal(2, 3), normal(3)],
    },
  },

  activations: {
    "relu and its kind": {
      compute: (x) => [x.relu(), x.leakyRelu({ negativeSlope: 0.2 }), x.mul(1).relu_()],
      inputs: () => [awayFromZero(2, 5)],
    },
    "relu6, hardtanh, hardswish": {
      compute: (x) => [
        x.relu6(),
        x.hardtanh({ minVal: -1, maxVal: 6 }),
        x.mul(1).hardtanh_({ minVal: 0, maxVal: 6 }),
        x.hardswish(),
      ],
      inputs: () => [constant([-4, -2, -0.5, 0.4, 2, 5.5, 7]).requiresGrad_()],
    },
    "sigmoid, tanh, softplus": {
      compute: (x) => [x.sigmoid(), x.tanh(), x.softplus()],
      inputs: () => [normal(5)],
    },
    "gelu, silu, elu": {
      compute: (x) => [x.gelu(), x.silu(), x.elu()],
      inputs: () => [awayFromZero(5)],
    },
  },

  reductions: {
    sum: {
      compute: (x) => [x.sum(), x.sum([0, 2]), x.sum(1, { keepdim: true })],
      inputs: () => [normal(2, 3, 2)],
    },
    mean: {
      compute: (x) => [x.mean(), x.mean([0, 2], { keepdim: true })],
      inputs: () => [normal(2, 3, 2)],
    },
    variance: {
      compute: (x) => [x.var(), x.var([0, 2], { unbiased: false }), ...x.varMean(1, { correction: 1 })],
      inputs: () => [normal(2, 3, 2)],
    },
    "standard deviation": {
      compute: (x) => [x.std(), x.std(1, { keepdim: true })],
      inputs: () => [normal(2, 4)],
    },
    product: { compute: (x) => [x.prod(), x.prod(1)], inputs: () => [awayFromZero(2, 3)] },
    "largest and smallest": {
      compute: (x) => [
        x.max(),
        x.max(1)[0],
        x.amax({ dim: [0] }),
        x.min(),
        x.amin({ dim: 1, keepdim: true }),
      ],
      inputs: () => [distinct(3, 4)],
    },
    norms: {
      compute: (x) => [
        x.norm(),
        x.norm(2, 1),
        x.norm(3, [0], { keepdim: true }),
        x.linalgVectorNorm({ dim: 1 }),
      ],
      inputs: () => [awayFromZero(3, 4)],
    },
    distance: { compute: (x, y) => x.dist(y), inputs: () => [normal(5), normal(5)] },
    "logsumexp and running sum": {
      compute: (x) => [x.logsumexp(1), x.cumsum(1)],
      inputs: () => [normal(2, 4)],
    },
    trace: { compute: (x) => x.trace(), inputs: () => [normal(3, 3)] },
    quantile: { compute: (x) => x.quantile(0.3, { dim: 1 }), inputs: () => [distinct(2, 5)] },
  },

  "random operators with a fixed seed": {
    dropout: { compute: seeded((x) => x.dropout(0.4, true)), inputs: () => [normal(4, 5)] },
    dropout2d: {
      compute: seeded((x) => x.featureDropout(0.4, true)),
      inputs: () => [normal(2, 5, 2, 2)],
    },
    gumbelSoftmax: {
      compute: seeded((x) => F.gumbelSoftmax(x, { tau: 0.7 })),
      inputs: () => [normal(3, 4)],
    },
  },
};

describe.each(devices)("gradients on %s", (on) => {
  beforeEach(() => {
    device = on;
    manualSeed(0);
  });

  for (const [group, members] of Object.entries(cases)) {
    describe(group, () => {
      for (const [name, { compute, inputs, orders }] of Object.entries(members)) {
        it(`${name}: first order`, () => {
          expect(gradcheck(compute, inputs(), bounds)).toBeLessThan(1e-6);
        });
        it.skipIf(orders === "first")(`${name}: second order`, () => {
          expect(gradgradcheck(compute, inputs(), bounds)).toBeLessThan(1e-6);
        });
      }
    });
  }
});
