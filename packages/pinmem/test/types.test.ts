// What the compiler promises about the main signatures of pinmem's doors. `npm run typecheck` fails where an expectation does
// not hold, and where a line marked as wrong is accepted; when the tests run, nothing here is computed.

import type { Tensor } from "@pinmem/torch";
import * as pinmem from "pinmem";
import { defineRecipe, type Recipe, type RecipeInput } from "pinmem";
import { openDomains, protocol } from "pinmem/evaluation";
import {
  type Backbone,
  type BackboneNetwork,
  createNetwork,
  registerBackbone,
  registerNetwork,
  SegmentationNetwork,
} from "pinmem/models";
import { type MethodFactory, openRun, train } from "pinmem/training";
import { expect, expectTypeOf, test } from "vitest";

/** Holds lines that the compiler has to refuse; they are never run. */
const refused = (body: () => unknown): void => expect(body).toBeTypeOf("function");

type Run = Awaited<ReturnType<typeof pinmem.openRun>>;

test("the front door promises what the doors by subject give at once", () => {
  expectTypeOf(openRun).returns.toEqualTypeOf<Run>();
  expectTypeOf<Run>().toExtend<Disposable>();
  expectTypeOf(createNetwork).returns.toEqualTypeOf<BackboneNetwork>();
  expectTypeOf(pinmem.createNetwork).returns.resolves.toEqualTypeOf<BackboneNetwork>();
  expectTypeOf(pinmem.predictImage).returns.resolves.toEqualTypeOf<pinmem.Prediction>();
  expectTypeOf<pinmem.Prediction["trainIds"]>().toEqualTypeOf<Uint8Array>();
  expectTypeOf(pinmem.loadRecipe).returns.resolves.toEqualTypeOf<Recipe>();
});

test("recipes: as written or resolved for the front door, resolved for pinmem/training", () => {
  expectTypeOf<Recipe>().toExtend<RecipeInput>();
  expectTypeOf<RecipeInput>().not.toExtend<Recipe>();
  expectTypeOf(pinmem.train).parameter(0).toEqualTypeOf<RecipeInput>();
  expectTypeOf(train).parameter(0).toEqualTypeOf<Recipe>();
  const fine = defineRecipe({
    name: "x",
    data: {
      sources: [{ name: "streets", domain: "night", count: 1 }],
      crop: { width: 8, height: 8 },
      perDomain: 1,
    },
    model: { backbone: "resnet18" },
    method: { name: "erm" },
    length: { steps: 1 },
  });
  refused(() => [
    defineRecipe({ ...fine, model: { backbone: "a-backbone-of-ones-own" } }),
    // @ts-expect-error no such method
    defineRecipe({ ...fine, method: { name: "erm2" } }),
    // @ts-expect-error no such field
    defineRecipe({ ...fine, epochs: 3 }),
    // @ts-expect-error a length is an object
    defineRecipe({ ...fine, length: 100 }),
  ]);
});

test("evaluations: names or opened domains at the front door, opened ones in pinmem/evaluation", () => {
  refused(() => (run: Run) => [
    pinmem.evaluateRun(run, { domains: ["streets:night"], protocol: "sliding" }),
    pinmem.evaluateRun(run, { domains: ["recipe"], protocol: protocol("whole", { flip: true }) }),
    // @ts-expect-error domains are needed
    pinmem.evaluateRun(run, {}),
    // @ts-expect-error a list of names
    openDomains("recipe", run),
    // @ts-expect-error no such kind of protocol
    protocol("whole", { kind: "half" }),
  ]);
});

test("parts of one's own: what is registered has to be what its kind is", () => {
  expectTypeOf(registerBackbone).parameter(1).returns.toEqualTypeOf<Backbone>();
  class Own extends SegmentationNetwork {
    readonly memory = null;
    readonly classes = 2;
    readonly outputStride = 4;
    encode(image: Tensor) {
      return { feature: image, lowLevel: null, auxiliary: image, whitening: [] };
    }
    decode(feature: Tensor) {
      return feature;
    }
    auxiliaryLogits() {
      return null;
    }
  }
  refused(() => [
    registerNetwork("own", () => new Own()),
    // @ts-expect-error a backbone is no network
    registerNetwork("own", () => null as unknown as Backbone),
    // @ts-expect-error a network is no backbone
    registerBackbone("own", () => new Own()),
  ]);
});

test("methods of one's own say how they gather gradients", () => {
  const method: MethodFactory = () => ({ name: "mine", splitsDomains: false, accumulate: () => ({}) });
  expectTypeOf(method).returns.toHaveProperty("accumulate");
  refused(() => {
    // @ts-expect-error without accumulate there is no method
    const wrong: MethodFactory = () => ({ name: "mine", splitsDomains: false });
    return wrong;
  });
});
