import { exposed, type RgbImage } from "@pinmem/core";
import { manualSeed, nn, randn, scope, type Tensor, tensor } from "@pinmem/torch";
import { describe, expect, it } from "vitest";
import { clearestLooks, EXPOSURES, togetherOf } from "./clearest-looks.js";
import { pictureInput } from "./picture-input.js";
import { SecondLook } from "./second-look.js";

const picture: RgbImage = {
  width: 12,
  height: 8,
  pixels: Uint8Array.from({ length: 12 * 8 * 3 }, (_, at) => (at * 37) % 199),
};

function network(): nn.Sequential {
  manualSeed(5);
  const net = new nn.Sequential(
    new nn.Conv2d(3, 6, 3, { padding: 1 }),
    new nn.BatchNorm2d(6),
    new nn.Conv2d(6, 4, 1),
  );
  return net.eval().requiresGrad_(false);
}

/** Information by entropy, from its definition. */
function clarityOf(logits: Tensor): number {
  const [, classes = 0, height = 0, width = 0] = logits.shape;
  const p = [...(logits.softmax(1).toTypedArray() as Float32Array)];
  const pixels: number[][] = [];
  for (let y = 0; y < height; y += 4)
    for (let x = 0; x < width; x += 4)
      pixels.push(Array.from({ length: classes }, (_, k) => p[(k * height + y) * width + x] as number));
  const entropyOf = (one: readonly number[]) => -one.reduce((sum, q) => sum + q * Math.log(q), 0);
  const entropy = pixels.reduce((sum, one) => sum + entropyOf(one), 0) / pixels.length;
  const mean = Array.from({ length: classes }, (_, k) =>
    pixels.reduce((sum, one) => sum + (one[k] as number) / pixels.length, 0),
  );
  return (entropyOf(mean) - entropy) / entropy;
}

describe("the clearest looks", () => {
  it("are the two that tell most for what they are unsure of, and their probabilities are averaged", () => {
    scope(() => {
      const net = network();
      const second = new SecondLook(net, (image) => net.call(image).mul(4));
      const input = pictureInput([picture], "cpu");
      const trained = second.trained(input);
      second.normalization.weight = 0.5;
      const ofExposure = (one: number) => second.forward(pictureInput([exposed(picture, one)], "cpu"));
      const all = [
        { look: "trained", logits: trained },
        ...EXPOSURES.map((look) => ({ look, logits: ofExposure(look) })),
      ].sort((a, b) => clarityOf(b.logits) - clarityOf(a.logits));
      const [first, next] = all as [(typeof all)[number], (typeof all)[number]];
      const { looks, logits } = clearestLooks(second, picture, { trained, own: ofExposure(1) }, "cpu");
      expect(looks).toEqual([first.look, next.look]);
      const wanted = first.logits.softmax(1).add(next.logits.softmax(1)).div(2);
      expect(logits.exp().sub(wanted).abs().max().toNumber()).toBeLessThan(1e-6);
    });
  });

  it("keep the trained one where it is among them", () => {
    scope(() => {
      const net = network();
      const second = new SecondLook(net, (image) => net.call(image));
      const own = second.trained(pictureInput([picture], "cpu"));
      // Surer than any other, of pixels that differ.
      const trained = randn([1, 4, 8, 12]).mul(100);
      expect(clearestLooks(second, picture, { trained, own }, "cpu").looks[0]).toBe("trained");
    });
  });

  it("say numbers also of classes that none of them holds possible, which tiles weigh with 0", () => {
    scope(() => {
      const net = network();
      const second = new SecondLook(net, (image) => net.call(image).mul(1e4));
      const input = pictureInput([picture], "cpu");
      const [trained, own] = [second.trained(input), second.look(input, 0.5, second.trained(input)).logits];
      const { logits } = clearestLooks(second, picture, { trained, own }, "cpu");
      expect(logits.mul(0).abs().max().toNumber()).toBe(0);
    });
  });

  it("are averaged as probabilities", () => {
    scope(() => {
      const together = togetherOf([tensor([[0.2, 0.8]]), tensor([[0.6, 0.4]]), tensor([[0.1, 0.9]])]);
      expect(
        together
          .sub(tensor([[0.3, 0.7]]))
          .abs()
          .max()
          .toNumber(),
      ).toBeLessThan(1e-6);
    });
    expect(() => togetherOf([])).toThrow("there is no look");
  });
});
