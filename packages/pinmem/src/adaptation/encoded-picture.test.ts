import { protocol } from "@pinmem/core/formats";
import { manualSeed, noGrad, scope } from "@pinmem/torch";
import { expect, it } from "vitest";
import { temporaryFolder } from "../../test/data-fixtures.js";
import { miniRecipe } from "../../test/mini-recipe.js";
import { untrainedRun } from "../../test/untrained-run.js";
import { winners } from "../inference/predictor.js";
import { imageTensor, normalize } from "../loading/batch-tensors.js";
import { createNetwork } from "../models/network.js";
import { predict } from "../models/segment.js";
import { openRun } from "../runs/open-run.js";
import { predictorOf } from "../runs/predictor-of.js";
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

it("answers of a picture larger than statistics need what is predicted of it with its own, kept or encoded again", () => {
  using run = openRun(untrainedRun(`${temporaryFolder()}/run`, { recipe: miniRecipe({}) }), {
    normalize: { kind: "image", weight: 0.5 },
  });
  const { network, normalization } = run;
  const items = network.memory?.items;
  if (!items) throw new Error("there is no memory");
  const [width, height] = [1216, 928];
  const given = picture(width, height);
  const by = protocol("whole", { normalize: { kind: "image", weight: 0.5 } });
  const shown = { width, height, pixels: given.image };
  const [wanted] = predictorOf(run, { protocol: by }).labels([shown]);
  for (const keepUpTo of [0, Number.POSITIVE_INFINITY]) {
    scope(() => {
      using encoded = new EncodedPicture(network, given, { device: "cpu", normalization, keepUpTo });
      const [answer] = encoded.answers(items, [{ vote: network.memory?.voteWeight ?? 0 }]);
      const differing = answer?.reduce((sum, one, at) => sum + Number(one !== wanted?.[at]), 0) ?? 0;
      expect(differing / (width * height)).toBeLessThan(1e-4);
    });
  }
});

it("knows what the network sees of other classes where labels that name a few leave it open, and lets a fit know them", () => {
  manualSeed(4);
  const names = { backbone: "mobilenet_v2", head: "deeplab-v3+" } as const;
  const network = createNetwork({ ...names, width: 16, classes: 5, memory: { vote: 10 } }).eval();
  const whole = picture(48, 32);
  scope(() => {
    const seen = noGrad(() => winners(predict(network, normalize(imageTensor(whole.image, [1, 32, 48])))));
    const [first = 0] = seen;
    const named = new Set([(first + 1) % 5]);
    const given = { ...whole, label: seen.map((_, at) => (at % 3 === 0 ? (first + 1) % 5 : 255)) };
    const options = { device: "cpu", classifier: true, keepUpTo: 0 } as const;
    const others = { named, asked: { vote: 10 }, frequencies: null };
    using alone = new EncodedPicture(network, given, options);
    using encoded = new EncodedPicture(network, given, { ...options, others });
    expect(alone.rest).toBeNull();
    const wanted = seen.map((id, at) => (at % 3 === 0 || named.has(id) ? 255 : id));
    const differing = wanted.filter((id, at) => id !== encoded.rest?.[at]).length;
    expect(differing).toBeLessThanOrEqual(2); // votes are added in another order
    expect(wanted).toContain(first);
    expect([...(alone.classifier?.classes.keys() ?? [])]).toEqual([...named]);
    expect(encoded.classifier?.classes.has(first)).toBe(true);
    const rows = (one: EncodedPicture) => one.sums.count_K.toTypedArray();
    expect(rows(encoded)).toEqual(rows(alone));
  });
});
