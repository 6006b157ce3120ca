// The pictures that an exported model is tried with: procedural streets, so that nothing has to be at hand. Whether a network
// knows what they show does not matter: both engines have to say the same of them.

import type { RgbImage } from "@pinmem/core";
import { renderStreet } from "@pinmem/streets";

const render = (width: number, height: number, index: number): RgbImage => ({
  width,
  height,
  pixels: renderStreet({ domain: "boulevard", seed: 18, index, width, height }).image.slice(),
});

/** Of three sizes, two of them odd. */
export const verificationPictures = (): RgbImage[] => [
  render(128, 64, 0),
  render(173, 97, 1),
  render(75, 211, 2),
];

/** Small enough for the slowest device. */
export const selfTestPicture = (): RgbImage => render(64, 48, 3);
