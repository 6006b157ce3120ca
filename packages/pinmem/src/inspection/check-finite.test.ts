import { nn, noGrad, rand, randint } from "@pinmem/torch";
import { describe, expect, test } from "vitest";
import { ClassMemory } from "../memory/class-memory.js";
import { checkFinite, NonFiniteError } from "./check-finite.js";

class Network extends nn.Module {
  readonly layer1 = new nn.Sequential(new nn.Conv2d(3, 4, 3), new nn.BatchNorm2d(4), new nn.ReLU());
  readonly layer2 = new nn.Sequential(new nn.Conv2d(4, 8, 3), new nn.BatchNorm2d(8));
  readonly memory = new ClassMemory({ classes: 3, width: 8 });

  forward(image: ReturnType<typeof rand>) {
    return this.memory.read(this.layer2.call(this.layer1.call(image))).refined;
  }
}

const failure = (body: () => unknown): NonFiniteError => {
  try {
    body();
  } catch (error) {
    if (error instanceof NonFiniteError) return error;
    throw error;
  }
  throw new Error("nothing was found");
};

describe("checkFinite", () => {
  test("gives what the body gives when all is finite", () => {
    const model = new Network();
    const output = checkFinite(model, () => model.call(rand([2, 3, 8, 8])));
    expect(output.shape).toEqual([2, 8, 4, 4]);
  });

  test.each([Number.NaN, Number.POSITIVE_INFINITY])("names the layer whose weights hold %f", (value) => {
    const model = new Network();
    noGrad(() => (model.layer2.at(0) as nn.Conv2d).weight.select(0, 5).fill_(value));
    const image = rand([2, 3, 8, 8]);
    const error = failure(() => checkFinite(model, () => model.call(image)));
    expect(error.layer).toBe("layer2.0");
    expect(error.message).toMatch(
      /^checkFinite: layer 'layer2\.0' \(Conv2d\) gives \d+ NaN and \d+ infinite values? in float32\[2, 8, 4, 4\] on cpu; its input is finite/,
    );
  });

  test("says so when the image itself is at fault", () => {
    const model = new Network();
    const image = rand([2, 3, 8, 8]).div(randint(2, [2, 3, 8, 8]));
    const error = failure(() => checkFinite(model, () => model.call(image)));
    expect(error.layer).toBe("layer1.0");
    expect(error.message).toContain("its input holds such values already");
  });

  test("is what the memory's own refusal asks for", () => {
    const model = new Network();
    noGrad(() => (model.layer1.at(0) as nn.Conv2d).bias?.fill_(Number.NaN));
    expect(() => model.call(rand([2, 3, 8, 8]))).toThrow("checkFinite(model, () => …) names the layer");
  });
});
