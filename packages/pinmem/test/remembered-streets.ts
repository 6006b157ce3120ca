// What tests take for @pinmem/streets (vitest.config.ts): the same, but a small scene is rendered once a process, since most
// tests train on the same dozen, and rendering is a third of a tiny run. That a scene is a function of what is asked for alone,
// and so may be remembered, is what the package's own tests show, which import its files.

import { renderStreet as render, type StreetImage, type StreetRequest } from "../../streets/src/index.js";

export * from "../../streets/src/index.js";

/** Larger ones are rare, and would fill the memory. */
const LARGEST = 256 * 128;
/** Some 30 MiB. */
const MOST = 1000;

const remembered = new Map<string, StreetImage>();

/** As the package's; each caller has arrays of its own. */
export function renderStreet(request: StreetRequest): StreetImage {
  const { domain, seed, index, width = 256, height = 128 } = request;
  if (width * height > LARGEST) return render(request);
  const key = [domain, seed, index, width, height].join();
  let scene = remembered.get(key);
  if (!scene) {
    scene = render(request);
    if (remembered.size < MOST) remembered.set(key, copyOf(scene));
  }
  return copyOf(scene);
}

const copyOf = ({ image, label, ...size }: StreetImage): StreetImage => ({
  ...size,
  image: image.slice(),
  label: label.slice(),
});
