import { manualSeed, noGrad, scope } from "@pinmem/torch";
import { expect, it } from "vitest";
import { winners } from "../inference/predictor.js";
import { imageTensor, normalize } from "../loading/batch-tensors.js";
import { createNetwork } from "../models/network.js";
import { predict } from "../models/segment.js";
import { EncodedPicture } from "./encoded-picture.js";

const picture = (width: number, height: number) => ({
  index: 0,
  name: "picture",
  width,
  height,
  image: Uint8Array.from({ length: 3 * width * height }, (_, at) => (at * 37) % 256),
  label: Uint8Array.from({ length: width * height }, (_, at) => at % 5),
});

it.each([
  { backbone: "dinov2_debug", head: "linear" },
  { backbone: "dinov2_debug", head: "deeplab-v3+" },
  { backbone: "mobilenet_v2", head: "deeplab-v3+" },
] as const)("answers as the network of $backbone and $head does, whatever the picture's size", (names) => {
  manualSeed(4);
  const network = createNetwork({ ...names, width: 16, classes: 5, memory: { vote: 10 } }).eval();
  const given = picture(45, 31);
  scope(() => {
    using encoded = new EncodedPicture(network, given, { device: "cpu", keepUpTo: Number.POSITIVE_INFINITY });
    const items = network.memory?.items;
    if (!items) throw new Error("there is no memory");
    const [answer] = encoded.answers(items, [{ vote: 10 }]);
    const wanted = noGrad(() => winners(predict(network, normalize(imageTensor(given.image, [1, 31, 45])))));
    const differing = wanted.filter((label, at) => label !== answer?.[at]).length;
    expect(differing).toBeLessThanOrEqual(2); // votes are added in another order
    expect(new Set(wanted).size).toBeGreaterThan(1);
  });
});
