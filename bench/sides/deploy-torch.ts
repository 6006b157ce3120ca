// The libtorch side of `npm run bench -- deploy`: makes the run that is compared and exports it; segments pictures with the run in
// its prepared form, from pixels to labels.

import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { RgbImage } from "@pinmem/core";
import { buildInfo, dispose, setNumThreads } from "@pinmem/torch";
import { Predictor, predict, protocol } from "pinmem/evaluation";
import { exportRun } from "pinmem/export";
import { type OpenRun, openRun, resolveRecipe, train } from "pinmem/training";
import { answer } from "../lib/answer.js";
import type { Measured, Opening, PictureFile } from "../lib/deploy-side.js";

/** Trains for one step, so that there is a run with a memory, and exports it in both precisions. */
async function make({ folder, backbone, outputStride }: Making): Promise<Record<string, number>> {
  const streets = (count: number) =>
    ({ name: "streets", domain: "boulevard", count, width: 128, height: 64 }) as const;
  const recipe = resolveRecipe({
    name: backbone,
    data: {
      sources: [streets(4)],
      validation: [],
      targets: [],
      crop: { width: 64, height: 64 },
      perDomain: 2,
      workers: 0,
    },
    model: { backbone, outputStride },
    method: { name: "memory-erm", memoryStart: { batches: 1 } },
    length: { steps: 1 },
    validation: { preciseBatchNorm: 1 },
    calibration: { pictures: 0 },
  });
  const run = join(folder, "run");
  await train(recipe, { folder: run });
  const sizes: Record<string, number> = {};
  for (const [name, half] of [
    ["whole", false],
    ["half", true],
  ] as const) {
    const { graphs } = await exportRun(run, { out: join(folder, name), half });
    if (graphs.kind === "split") sizes[name] = graphs.encode.bytes + graphs.decode.bytes;
  }
  return sizes;
}

interface Making {
  readonly folder: string;
  readonly backbone: string;
  readonly outputStride: 16 | 32;
}

let run: OpenRun | undefined;
let predictor: Predictor | undefined;

function open({ folder, threads }: Opening): Record<string, never> {
  setNumThreads(threads);
  if (run) dispose([...run.network.stateDict().values()]);
  const opened = openRun(join(folder, "run"));
  run = opened;
  predictor = new Predictor({
    forward: (image) => predict(opened.network, image),
    protocol: protocol("whole"),
  });
  return {};
}

async function segment({ file, width, height, wantsLabels }: PictureFile): Promise<Measured> {
  const image: RgbImage = { width, height, pixels: await readFile(file) };
  const start = performance.now();
  const [labels] = predictor?.labels([image]) ?? [];
  const now = performance.now();
  const seen = wantsLabels && labels ? Buffer.from(labels).toString("base64") : null;
  return { ms: now - start, sinceStart: now, labels: seen };
}

await answer((request) => {
  const { task } = request;
  if (task === "versions") return { libtorch: buildInfo().libtorch, node: process.version };
  if (task === "make") return make(request as unknown as Making);
  if (task === "open") return open(request as unknown as Opening);
  return segment(request as unknown as PictureFile);
});
