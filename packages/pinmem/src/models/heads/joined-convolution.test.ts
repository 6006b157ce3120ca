import { grad, manualSeed, nn, noGrad, rand, randn, scope, type Tensor } from "@pinmem/torch";
import { beforeEach, describe, expect, it } from "vitest";
import { JoinedConv2d, joinFine } from "./joined-convolution.js";

beforeEach(() => manualSeed(7));

interface Case {
  batch?: number;
  fine: readonly [height: number, width: number];
  coarse: readonly [height: number, width: number];
}

const make = ({ batch = 2, fine: [H, W], coarse: [h, w] }: Case) => {
  const convolution = new JoinedConv2d(3, 40, 6);
  convolution.to({ dtype: "float64" });
  const [fine, coarse] = [randn([batch, 3, H, W]), randn([batch, 40, h, w])].map((map) =>
    map.to({ dtype: "float64" }).requiresGrad_(true),
  ) as [Tensor, Tensor];
  return { convolution, fine, coarse };
};

const joinedFirst = ({ weight, bias }: JoinedConv2d, fine: Tensor, coarse: Tensor) =>
  joinFine(fine, coarse).conv2d(weight, { bias, padding: 1 });

const largest = (difference: Tensor) => scope(() => difference.abs().max().toNumber());

/** Where the two ways differ by rounding they differ somewhere. */
const cases: [string, Case][] = [
  ["four times the resolution", { fine: [12, 20], coarse: [3, 5] }],
  ["odd sizes", { batch: 1, fine: [13, 9], coarse: [4, 3] }],
  ["a coarse map of one pixel", { fine: [5, 7], coarse: [1, 1] }],
  ["a coarse map of one row", { fine: [4, 16], coarse: [1, 4] }],
  ["a fine map of one column", { fine: [8, 1], coarse: [2, 1] }],
];

describe("a joined convolution", () => {
  it.each(cases)("is that of the joined maps, with %s", (_, sizes) => {
    const { convolution, fine, coarse } = make(sizes);
    scope(() => {
      const parts = convolution.call(fine, coarse);
      const whole = joinedFirst(convolution, fine, coarse);
      expect(parts.shape).toEqual(whole.shape);
      expect(largest(parts.sub(whole))).toBeLessThan(1e-12);
    });
  });

  it("does not make the joined map where that costs more", () => {
    const { convolution, fine, coarse } = make({ fine: [12, 20], coarse: [3, 5] });
    scope(() =>
      noGrad(() => {
        const same = convolution.call(fine, coarse).sub(joinedFirst(convolution, fine, coarse));
        expect(largest(same)).toBeGreaterThan(0);
      }),
    );
  });

  it("makes it where the coarse map is as large", () => {
    const { convolution, fine, coarse } = make({ fine: [12, 20], coarse: [12, 20] });
    scope(() =>
      noGrad(() => {
        const same = convolution.call(fine, coarse).sub(joinedFirst(convolution, fine, coarse));
        expect(largest(same)).toBe(0);
      }),
    );
  });

  it("has the same gradients, of first and second order", () => {
    const { convolution, fine, coarse } = make({ fine: [12, 8], coarse: [3, 2] });
    const inputs = [convolution.weight, fine, coarse];
    const gradients = (forward: (fine: Tensor, coarse: Tensor) => Tensor) => {
      const first = grad([forward(fine, coarse).tanh().sum()], inputs, { createGraph: true });
      const squares = first.map((gradient) => (gradient as Tensor).square().sum());
      return [...first, ...grad([squares.reduce((sum, square) => sum.add(square))], inputs)] as Tensor[];
    };
    scope(() => {
      const parts = gradients((...maps) => convolution.call(...maps));
      const whole = gradients((...maps) => joinedFirst(convolution, ...maps));
      for (const [at, gradient] of parts.entries()) {
        const expected = whole[at] as Tensor;
        expect(largest(gradient.sub(expected))).toBeLessThan(1e-12 * largest(expected));
      }
    });
  });

  it("adds bias and ReLU where they are folded into it", () => {
    const { convolution, fine, coarse } = make({ fine: [12, 20], coarse: [3, 5] });
    convolution.to({ dtype: "float32" }).requiresGrad_(false);
    (convolution as { bias: nn.Parameter | null }).bias = new nn.Parameter(rand([6]), {
      requiresGrad: false,
    });
    convolution.fusesReLU = true;
    scope(() =>
      noGrad(() => {
        const [thin, thick] = [fine, coarse].map((map) => map.to({ dtype: "float32" })) as [Tensor, Tensor];
        const expected = joinedFirst(convolution, thin, thick).relu();
        expect(largest(convolution.call(thin, thick).sub(expected))).toBeLessThan(1e-5);
        expect(largest(expected)).toBeGreaterThan(1);
      }),
    );
  });

  it("joins the maps in half precision, where the matrices of enlargement would be rounded", () => {
    const { convolution, fine, coarse } = make({ fine: [12, 20], coarse: [3, 5] });
    convolution.to({ dtype: "bfloat16" });
    scope(() =>
      noGrad(() => {
        const [thin, thick] = [fine, coarse].map((map) => map.to({ dtype: "bfloat16" })) as [Tensor, Tensor];
        const same = convolution.call(thin, thick).sub(joinedFirst(convolution, thin, thick));
        expect(largest(same.to({ dtype: "float32" }))).toBe(0);
      }),
    );
  });
});
