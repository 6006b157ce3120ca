import { manualSeed, nn, randn, scope } from "@pinmem/torch";
import { describe, expect, it } from "vitest";
import { SecondLook } from "./second-look.js";
import { departureOf, predictionChange } from "./shift-rule.js";
import { TestTimeNormalization } from "./test-time-normalization.js";

/** Four batch norms, of which the first is early. */
function network(): nn.Sequential {
  manualSeed(4);
  const layers = [3, 8, 8, 8].flatMap((from) => [
    new nn.Conv2d(from, 8, 3, { padding: 1 }),
    new nn.BatchNorm2d(8),
  ]);
  const net = new nn.Sequential(...layers, new nn.Conv2d(8, 4, 1));
  return net.eval().requiresGrad_(false);
}

describe("a second look", () => {
  it("gives logits with own statistics, and how far the picture departs in the first quarter of the layers", () => {
    const [net, other, plain] = [network(), network(), network()];
    const second = new SecondLook(net, (image) => net.call(image));
    const normalization = new TestTimeNormalization(other, 0.3);
    scope(() => {
      const image = randn([1, 3, 12, 16]).mul(3);
      const trained = plain.call(image);
      expect(second.trained(image).sub(trained).abs().max().toNumber()).toBeLessThan(1e-5);
      const { logits, departure } = second.look(image, 0.3, trained);
      expect(normalization.weight).toBe(0.3);
      expect(logits.equal(other.call(image))).toBe(true);
      const [[, convolution]] = [...plain.namedChildren()] as [[string, nn.Conv2d]];
      const own = convolution.call(image).permute([1, 0, 2, 3]).flatten({ startDim: 1 });
      const variance = own
        .sub(own.mean([1], { keepdim: true }))
        .square()
        .mean([1]);
      const distance = variance
        .add(1e-5)
        .div(1 + 1e-5)
        .log()
        .abs()
        .mean()
        .toNumber();
      expect(departure).toBeCloseTo(departureOf(distance, predictionChange(trained, logits)), 4);
    });
  });

  it("finds no departure where nothing changes, and leaves the network as it was when it is removed", () => {
    const [net, plain] = [network(), network()];
    const second = new SecondLook(net, (image) => net.call(image));
    scope(() => {
      const image = randn([1, 3, 12, 16]);
      const trained = second.trained(image);
      expect(second.look(image, 0, trained).departure).toBe(0);
      second.normalization.remove();
      expect(net.call(image).equal(plain.call(image))).toBe(true);
    });
  });
});
