import { expect, it } from "vitest";
import { framed, framingKinds } from "./simulated-framings.js";

it("shows a part of a picture with the same part of its label", () => {
  const [width, height] = [10, 8];
  const label = Uint8Array.from({ length: width * height }, (_, at) => at);
  const pixels = Uint8Array.from({ length: 3 * width * height }, (_, at) => Math.floor(at / 3));
  const sizes = framingKinds.map((kind) => {
    const part = framed({ image: { width, height, pixels }, label }, kind);
    const red = part.image.pixels.filter((_, at) => at % 3 === 0);
    expect(red).toEqual(part.label);
    return [part.image.width, part.image.height, part.label[0]];
  });
  expect(sizes).toEqual([
    [10, 4, 0],
    [10, 4, 40],
    [5, 4, 20],
    [4, 4, 23],
  ]);
});

it("leaves a pixel of the smallest picture", () => {
  const image = { width: 1, height: 1, pixels: new Uint8Array(3) };
  for (const kind of framingKinds)
    expect(framed({ image, label: new Uint8Array(1) }, kind).label).toHaveLength(1);
});
