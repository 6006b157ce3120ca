// Our side of `npm run bench -- data`: the loader, asked for batches as a trainer asks.

import { domainSampler, Loader, openNamedDataset } from "pinmem/data";
import { answer } from "../lib/answer.js";

export interface DataRequest {
  readonly root: string;
  readonly dataset: string;
  readonly crop: number;
  readonly batchSize: number;
  /** Batches to be timed, after as many as it takes to get going. */
  readonly batches: number;
  readonly warmUp: number;
  readonly workers: number;
  readonly cacheBytes?: number;
  /** Milliseconds that the calling thread is busy with each batch, as a trainer's is. */
  readonly busyMs?: number;
}

await answer((request) => run(request as unknown as DataRequest));

async function run({
  root,
  dataset,
  crop,
  batchSize,
  batches,
  warmUp,
  workers,
  cacheBytes,
  busyMs,
}: DataRequest) {
  const opened = await openNamedDataset(dataset, { root, split: "all" });
  await using loader = new Loader({
    datasets: [opened],
    sampler: domainSampler({
      lengths: [opened.samples.length],
      perDomain: batchSize,
      seed: 1,
      epoch: batches + warmUp,
    }),
    crop: { size: { width: crop, height: crop } },
    seed: 1,
    workers,
    ...(cacheBytes === undefined ? {} : { cacheBytes }),
  });
  let seen = 0;
  let begin = 0;
  let waited = 0;
  let cpu = process.cpuUsage();
  for await (const { image } of loader.batches({ epoch: 0 })) {
    if (seen++ === warmUp) {
      begin = performance.now();
      waited = loader.waitedMs;
      cpu = process.cpuUsage();
    }
    if (image.length === 0) throw new Error("an empty batch");
    if (busyMs !== undefined) keepBusy(busyMs);
  }
  const { user, system } = process.cpuUsage(cpu);
  const images = (batches - 1) * batchSize;
  return {
    imagesPerSecond: images / ((performance.now() - begin) / 1e3),
    cpuMsPerImage: (user + system) / 1e3 / images,
    waitedMs: loader.waitedMs - waited,
  };
}

function keepBusy(milliseconds: number): void {
  const end = performance.now() + milliseconds;
  while (performance.now() < end);
}
