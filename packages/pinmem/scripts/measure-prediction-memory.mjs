// Measures what a forward pass of each prepared network needs per pixel, the figures of packages/core/src/tiling/memory-estimate.ts.
// One process for each case, on Linux: the peak of resident memory while predicting, less what was resident before.
//
//   node packages/pinmem/scripts/measure-prediction-memory.mjs [--at decoder] [BACKBONE…]

import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { bytesAtPeak } from "../../../scripts/peak-memory.mjs";

const sizes = [
  [512, 1024],
  [1024, 2048],
];
// Freed memory goes back to the system at once, so that what is resident is what is used.
const env = { ...process.env, MALLOC_MMAP_THRESHOLD_: "65536", MALLOC_TRIM_THRESHOLD_: "65536" };
const [, , ...words] = process.argv;
const at = words[0] === "--at" ? words.splice(0, 2)[1] : "encoder";
const [first, ...rest] = words;

if (first === "--case") await measure(JSON.parse(rest[0]));
else await measureAll([first, ...rest].filter(Boolean));

async function measureAll(names) {
  const { backboneNames } = await import("../dist/models/backbones/registry.js");
  const self = fileURLToPath(import.meta.url);
  for (const backbone of names.length > 0 ? names : backboneNames) {
    for (const outputStride of [8, 16, 32]) {
      const bytes = sizes.map(([height, width]) => {
        const args = [self, "--case", JSON.stringify({ backbone, outputStride, height, width, at })];
        return Number(execFileSync(process.execPath, args, { encoding: "utf8", env }));
      });
      const perPixel = bytes.map((total, size) => Math.round(total / (sizes[size][0] * sizes[size][1])));
      console.log(
        backbone.padEnd(20),
        "stride",
        String(outputStride).padStart(2),
        "bytes a pixel",
        ...perPixel,
      );
    }
  }
}

async function measure({ backbone, outputStride, height, width, at }) {
  const torch = await import("@pinmem/torch");
  const { createNetwork, prepareForInference } = await import("../dist/api/models.js");
  const { normalize } = await import("../dist/api/data.js");
  const network = prepareForInference(createNetwork({ backbone, outputStride, memory: { at } }));
  const predict = (h, w) =>
    torch.scope(() =>
      torch.noGrad(() => {
        const pixels = torch.fromTypedArray(new Uint8Array(h * w * 3), [1, h, w, 3]);
        const image = normalize(pixels.permute([0, 3, 1, 2]).to("float32").div(255));
        const { feature, lowLevel } = network.encode(image);
        const logits = network.decode(network.memory.read(feature).refined, lowLevel, [h, w]);
        logits.softmax(1).max(1);
      }),
    );
  predict(65, 65);
  console.log(await bytesAtPeak(() => predict(height, width)));
}
