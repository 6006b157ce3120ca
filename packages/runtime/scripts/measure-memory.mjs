// Measures what a pass of exported models takes for each pixel of a picture in Node, the figures of "exported" in
// packages/core/src/tiling/memory-estimate.ts. One process for each case, on Linux: the peak of resident memory while a picture of
// 0.5 or 2 megapixels is segmented, less what was resident after a small one.
//
//   node packages/runtime/scripts/measure-memory.mjs EXPORTED…

import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { bytesAtPeak } from "../../../scripts/peak-memory.mjs";

const sizes = [
  [512, 1024],
  [1024, 2048],
];
const [, , first, ...rest] = process.argv;

if (first === "--case") await measure(...rest);
else {
  for (const folder of [first, ...rest]) {
    const perPixel = sizes.map(([height, width]) => {
      const args = [fileURLToPath(import.meta.url), "--case", folder, height, width];
      const bytes = Number(execFileSync(process.execPath, args, { encoding: "utf8" }));
      return Math.round(bytes / (height * width));
    });
    console.log(folder, "bytes a pixel", ...perPixel);
  }
}

async function measure(folder, height, width) {
  const { load } = await import("../dist/index.js");
  const model = await load(folder, { memory: 2 ** 20 });
  const segment = (h, w) => model.segment({ width: w, height: h, pixels: new Uint8Array(h * w * 3) });
  await segment(65, 65);
  console.log(await bytesAtPeak(() => segment(Number(height), Number(width))));
}
