import { type Exposure, exposed } from "@pinmem/core";
import { scope } from "@pinmem/torch";
import { describe, expect, it } from "vitest";
import { imageTensor, normalize } from "../loading/batch-tensors.js";
import { underExposure } from "./input-exposure.js";

const [width, height] = [7, 5];
const pixels = Uint8Array.from({ length: 3 * width * height }, (_, at) => (at * 53) % 256);
const input = (bytes: Uint8Array) => normalize(imageTensor(bytes, [1, height, width], { dtype: "float64" }));

describe("the exposure of a network's input", () => {
  it.each<Exposure>([0.35, 0.7, 1, 1.7])(
    "is that of the picture's bytes, but for their rounding: %s",
    (exposure) => {
      scope(() => {
        const wanted = input(exposed({ width, height, pixels }, exposure).pixels);
        const difference = underExposure(input(pixels), exposure).sub(wanted).abs().max().toNumber();
        expect(difference).toBeLessThan(0.51 / 255 / 0.224);
      });
    },
  );

  it("cuts off what no picture has, such as the rounding of black", () => {
    scope(() => {
      const black = input(new Uint8Array(3 * width * height)).sub(1e-6);
      expect(underExposure(black, 0.5).isfinite().all().toNumber()).toBe(1);
    });
  });
});
