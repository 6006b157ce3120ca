// Segments an image with a trained network, and looks at what its memory had to do with it.
//
//   node examples/segment.mjs RUN IMAGE [OUT.png]
//
// RUN is the folder of a run, or a file of weights (best.safetensors). OUT gets the classes in their colors.

import { noGrad, scope } from "@pinmem/torch";
import { colorLabel, openRun, readImage, writeRgbPng } from "pinmem";
import { imageTensor, normalize } from "pinmem/data";

const [path, imageFile, out = "segmented.png"] = process.argv.slice(2);
if (!path || !imageFile) {
  console.error("usage: node examples/segment.mjs RUN IMAGE [OUT.png]");
  process.exit(2);
}

const { network, space } = await openRun(path);
const { width, height, pixels } = await readImage(imageFile);

// Tensors made within `scope` are freed at its end; what leaves it here are plain numbers.
const { trainIds, readShares } = scope(() =>
  noGrad(() => {
    const image = normalize(imageTensor(pixels, [1, height, width]));
    const { logits, reading } = network.call(image);
    return {
      trainIds: Uint8Array.from(logits.argmax({ dim: 1 }).flatten().toTypedArray(), Number),
      // The read weights (1, K, h, w) say how much each pixel takes of each class's row; their mean, what the image does.
      readShares: reading?.weights.mean([0, 2, 3]).toArray(),
    };
  }),
);
await writeRgbPng(out, { width, height, pixels: colorLabel(space, trainIds) });

for (const [trainId, { name }] of space.classes.entries()) {
  const pixelShare = trainIds.filter((id) => id === trainId).length / trainIds.length;
  const read = Array.isArray(readShares)
    ? `, ${(100 * Number(readShares[trainId])).toFixed(1)} % of what is read`
    : "";
  if (pixelShare > 0) console.log(`${name}: ${(100 * pixelShare).toFixed(1)} % of the pixels${read}`);
}
console.log(`written: ${out}`);
