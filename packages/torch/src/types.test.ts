// What the compiler promises about the main signatures. `npm run typecheck` fails where an expectation does not hold, and where
// a line marked as wrong is accepted; when the tests run, nothing here is computed.

import { expect, expectTypeOf, test } from "vitest";
import * as torch from "./index.js";
import { type Device, type DType, nn, optim, type Tensor } from "./index.js";

/** Holds lines that the compiler has to refuse; they are never run. */
const refused = (body: () => unknown): void => expect(body).toBeTypeOf("function");

test("tensors: made from nested numbers, described by plain values, taken out as typed arrays", () => {
  expectTypeOf(torch.tensor).returns.toEqualTypeOf<Tensor>();
  expectTypeOf(torch.zeros).parameter(0).toExtend<readonly number[]>();
  expectTypeOf<Tensor["shape"]>().toEqualTypeOf<number[]>();
  expectTypeOf<Tensor["dtype"]>().toEqualTypeOf<DType>();
  expectTypeOf<Tensor["toTypedArray"]>().returns.toEqualTypeOf<torch.TypedArray>();
  expectTypeOf<"cuda:1">().toExtend<Device>();
  refused(() => [
    // @ts-expect-error there is no such element type
    torch.zeros([2], { dtype: "float31" }),
    // @ts-expect-error a device is a name
    torch.zeros([2], { device: 0 }),
    // @ts-expect-error options are spelled as in JavaScript
    torch.zeros([2], { requires_grad: true }),
  ]);
});

test("operators: one result or a pair, as the overload says", () => {
  const largest = (x: Tensor) => ({ all: x.max(), along: x.max(1), kept: x.max({ dim: 1, keepdim: true }) });
  expectTypeOf(largest).returns.toEqualTypeOf<{
    all: Tensor;
    along: [Tensor, Tensor];
    kept: [Tensor, Tensor];
  }>();
  const added = (x: Tensor) => x.add(1).mul(x);
  expectTypeOf(added).returns.toEqualTypeOf<Tensor>();
  refused(() => (x: Tensor) => [
    // @ts-expect-error softmax needs a dimension
    x.softmax(),
    // @ts-expect-error text is no number
    x.add("1"),
  ]);
});

test("bodies: scopes and modes give back what the body does", () => {
  expectTypeOf(torch.scope<{ loss: Tensor; share: number }>).returns.toEqualTypeOf<{
    loss: Tensor;
    share: number;
  }>();
  expectTypeOf(torch.noGrad<number>).returns.toEqualTypeOf<number>();
});

test("gradients: null only where unused inputs are allowed", () => {
  const strict = (x: Tensor) => torch.grad(x, [x]);
  const lenient = (x: Tensor) => torch.grad(x, [x], { allowUnused: true });
  expectTypeOf(strict).returns.toEqualTypeOf<Tensor[]>();
  expectTypeOf(lenient).returns.toEqualTypeOf<(Tensor | null)[]>();
});

test("modules: inputs and output are those of forward, and call has the same", () => {
  class Pair extends nn.Module<[left: Tensor, right: Tensor], { sum: Tensor }> {
    forward(left: Tensor, right: Tensor) {
      return { sum: left.add(right) };
    }
  }
  expectTypeOf<Pair["call"]>().parameters.toEqualTypeOf<[left: Tensor, right: Tensor]>();
  expectTypeOf<Pair["call"]>().returns.toEqualTypeOf<{ sum: Tensor }>();
  expectTypeOf<nn.Conv2d["call"]>().returns.toEqualTypeOf<Tensor>();
  refused(() => (pair: Pair, x: Tensor) => [
    // @ts-expect-error two inputs
    pair.call(x),
    // @ts-expect-error no such option
    new nn.Conv2d(1, 1, 3, { strides: 2 }),
  ]);
});

test("optimizers: a rate is needed, for all or in every group", () => {
  refused(() => (params: Tensor[]) => [
    new optim.SGD(params, { lr: 0.1, momentum: 0.9 }),
    new optim.SGD([{ params, lr: 0.1 }]),
    // @ts-expect-error without a rate
    new optim.SGD(params, { momentum: 0.9 }),
    // @ts-expect-error a setting of Adam's
    new optim.SGD(params, { lr: 0.1, betas: [0.9, 0.99] }),
  ]);
});
