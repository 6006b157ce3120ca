// From JavaScript, or through a cast: options that do not exist, and options by position.

import { describe, expect, it } from "vitest";
import { autocast, backward, grad, nn, ones, optim, TorchError, tensor } from "./index.js";
import { readOptions } from "./options.js";

const { F } = nn;
// biome-ignore lint/suspicious/noExplicitAny: what JavaScript sees
type Untyped = any;
const js: { nn: Untyped; F: Untyped; optim: Untyped; grad: Untyped; backward: Untyped; autocast: Untyped } = {
  nn,
  F,
  optim,
  grad,
  backward,
  autocast,
};
const image = () => ones([1, 3, 8, 8]);
const leaf = () => tensor([1, 2], { requiresGrad: true });

describe("options", () => {
  const cases: Record<string, readonly [() => unknown, string]> = {
    "Conv2d by position": [
      () => new js.nn.Conv2d(3, 8, 3, 1, 1),
      "Conv2d: takes its other arguments by name, { stride, padding, dilation, groups, bias }, got 1, 1 after the positional " +
        "ones: write { stride: 1, padding: 1 }",
    ],
    "Linear by position": [
      () => new js.nn.Linear(10, 5, false),
      "Linear: takes its other arguments by name, { bias }, got false",
    ],
    "Linear's remedy": [() => new js.nn.Linear(10, 5, false), "write { bias: false }"],
    "a misspelled option": [
      () => new js.nn.BatchNorm2d(3, { momentm: 0.2 }),
      "BatchNorm2d: there is no option 'momentm'; it takes eps, momentum, affine, trackRunningStats",
    ],
    "an option in Python's spelling": [
      () => js.F.crossEntropy(image(), ones([1, 8, 8]).long(), { ignore_index: 1 }),
      "crossEntropy: there is no option 'ignore_index', did you mean ignoreIndex?",
    ],
    "interpolate without a mode": [
      () => js.F.interpolate(image(), { size: [4, 4] }),
      `interpolate: argument 'mode' is missing: pass { mode: "nearest", "bilinear" or "bicubic" }`,
    ],
    "interpolate with an unknown mode": [
      () => js.F.interpolate(image(), { size: [4, 4], mode: "area" }),
      `interpolate: argument 'mode' must be "nearest", "bilinear" or "bicubic", got "area"`,
    ],
    "interpolate without a size": [
      () => js.F.interpolate(image(), { mode: "nearest" }),
      "interpolate: needs either { size: [height, width] } or { scaleFactor }, got neither",
    ],
    "interpolate with scale_factor": [
      () => js.F.interpolate(image(), { scale_factor: 2, mode: "nearest" }),
      "did you mean scaleFactor?",
    ],
    "Upsample without a mode": [
      () => new js.nn.Upsample({ scaleFactor: 2 }),
      "Upsample: argument 'mode' is missing",
    ],
    "MaxPool2d by position": [() => new js.nn.MaxPool2d(2, 2), "write { stride: 2 }"],
    "Dropout's second argument": [
      () => new js.nn.Dropout(0.5, true),
      "Dropout: takes its other arguments by name, { p }",
    ],
    "Softmax without dim": [() => new js.nn.Softmax(), "Softmax: argument 'dim' is missing: pass { dim: 1 }"],
    "ReLU by position": [
      () => new js.nn.ReLU(true),
      "ReLU: takes its other arguments by name, { inplace }, got true",
    ],
    "relu with options": [
      () => js.F.relu(image(), { inplace: true }),
      "relu: there is no option 'inplace': it takes no options",
    ],
    "relu by position": [() => js.F.relu(image(), true), "relu: takes no further arguments, got true"],
    "relu of no tensor": [
      () => js.F.relu([1]),
      "relu: argument 'input' must be a tensor, got a Array object",
    ],
    "a string that is no padding": [
      () => new js.nn.Conv2d(3, 8, 3, { padding: "full" }),
      `Conv2d: argument 'padding' must be "same", "valid" or numbers, got "full"`,
    ],
    "same with a stride": [
      () => new nn.Conv2d(3, 8, 3, { padding: "same", stride: 2 }),
      'Conv2d: padding "same" needs a stride of 1, got 2, 2',
    ],
    "a loss with an unknown option": [
      () => new js.nn.CrossEntropyLoss({ label_smoothing: 0.1 }),
      "did you mean labelSmoothing?",
    ],
    "a loss with an unknown reduction": [
      () => new js.nn.MSELoss({ reduction: "average" }),
      `MSELoss: argument 'reduction' must be "none", "mean" or "sum", got "average"`,
    ],
    "attention with other widths": [
      () => new js.nn.MultiheadAttention(8, 2, { kdim: 4 }),
      "MultiheadAttention: there is no option 'kdim'",
    ],
    "attention with heads that do not divide": [
      () => new nn.MultiheadAttention(8, 3),
      "argument 'numHeads' (3) must divide embedDim (8)",
    ],
    "attention with an unknown call option": [
      () =>
        new js.nn.MultiheadAttention(4, 1).call(ones([2, 1, 4]), ones([2, 1, 4]), ones([2, 1, 4]), {
          attn_mask: null,
        }),
      "MultiheadAttention.call: there is no option 'attn_mask', did you mean attnMask?",
    ],
    "attention over another width": [
      () => new nn.MultiheadAttention(4, 1).call(ones([2, 1, 4]), ones([2, 1, 5]), ones([2, 1, 4])),
      "argument 'key' must be (length, batch, 4), got float32[2, 1, 5] on cpu",
    ],
    "GroupNorm with groups that do not divide": [
      () => new nn.GroupNorm(3, 4),
      "argument 'numGroups' (3) must divide numChannels (4)",
    ],
    "BatchNorm1d of an image": [
      () => new nn.BatchNorm1d(3).call(image()),
      "BatchNorm1d: argument 'input' must be (B, 3) or (B, 3, L), got float32[1, 3, 8, 8] on cpu",
    ],
    "Embedding with a padding row that is none": [
      () => new nn.Embedding(3, 2, { paddingIdx: 3 }),
      "argument 'paddingIdx' must be one of 3 rows, got 3",
    ],
    "ConvTranspose2d with an output padding too large": [
      () => new nn.ConvTranspose2d(1, 1, 2, { outputPadding: 1 }),
      "argument 'outputPadding' must be below stride or dilation (1), got 1",
    ],
    "backward in Python's spelling": [
      () =>
        leaf()
          .sum()
          .backward({ retain_graph: true } as never),
      "backward: there is no option 'retain_graph', did you mean retainGraph?",
    ],
    "grad in Python's spelling": [
      () => js.grad(leaf().sum(), [leaf()], { allow_unused: true }),
      "grad: there is no option 'allow_unused', did you mean allowUnused?",
    ],
    "tensor in Python's spelling": [
      () => tensor([1], { requires_grad: true } as never),
      "tensor: there is no option 'requires_grad', did you mean requiresGrad?",
    ],
    "a schedule without a total": [
      () => optim.schedule.polynomial({ base: 0.1 } as never),
      "polynomial: argument 'total' is missing: pass { total: 1000 }",
    ],
    "Module.to a device by position": [
      () => new js.nn.Linear(1, 1).to("cpu"),
      "Module.to: takes its other arguments by name, { device",
    ],
    "loadStateDict by position": [
      () => new js.nn.Linear(1, 1).loadStateDict({}, false),
      "loadStateDict: takes its other arguments by name, { strict, skipMismatched }, got false after the positional ones: write { strict: false }",
    ],
  };

  it.each(Object.entries(cases))("%s", (_, [call, says]) => {
    expect(call).toThrow(TorchError);
    expect(call).toThrow(says);
  });

  it("that are undefined mean their defaults, and none given cost no copy", () => {
    const defaults = { a: 1, b: 2 };
    expect(readOptions("f", [{ a: undefined, b: 3 }], defaults)).toEqual({ a: 1, b: 3 });
    expect(readOptions("f", [], defaults)).toBe(defaults);
    expect(readOptions("f", [undefined], defaults)).toBe(defaults);
  });

  it("of layers with one number may be given either way", () => {
    expect(new nn.Dropout({ p: 0.1 }).p).toBe(0.1);
    expect(new nn.Dropout(0.2).p).toBe(0.2);
    expect(new nn.Softmax({ dim: 1 }).dim).toBe(1);
  });
});
