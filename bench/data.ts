// `npm run bench -- data`: images per second from 1024x2048 PNG and from CamVid to 512x512 crops, against a torch
// DataLoader with Pillow doing the same work, with one worker and with two.
//
// The PNG files are street scenes rendered at that size, with camera noise, so that they pack and unpack like
// photographs (about 2.4 MB each, as Cityscapes' do). CamVid is read from the folder in the variable CAMVID, and left
// out without it. Goals: twice the peer's images per second; no waiting in a training loop.

import { existsSync } from "node:fs";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Random, renderStreet, streetDomains, writeLabelPng, writeRgbPng } from "pinmem/data";
import { benchOptions, positive } from "./lib/options.js";
import { type Figure, report } from "./lib/report.js";
import { type Answer, Side } from "./lib/side.js";
import { median, medianRatio } from "./lib/statistics.js";
import { temporaryFolder } from "./lib/temporary-folder.js";
import type { DataRequest } from "./sides/data.js";

benchOptions({
  name: "data",
  about:
    "Images per second from 1024x2048 PNG and from CamVid to crops, against a torch DataLoader with Pillow.",
  lines: [
    "CAMVID=FOLDER  also measure on CamVid, which lies there",
    "ROUNDS=COUNT   of each measurement (default: 3)",
    "PYTHON=PATH    the Python whose torch is the peer (default: /usr/bin/python3)",
  ],
  options: {},
});
const rounds = positive("data", "ROUNDS", process.env.ROUNDS ?? "3");
const python = process.env.PYTHON ?? "/usr/bin/python3";
const scenes = 24;

const folder = temporaryFolder("data");
const ours = new Side("pinmem", process.execPath, [fileURLToPath(new URL("sides/data.js", import.meta.url))]);
// -P: modules of that folder must not stand in for those of the same name.
const theirs = new Side("torch", python, ["-P", fileURLToPath(new URL("../peers/data.py", import.meta.url))]);
try {
  const megabytes = await writeScenes(folder);
  const rows: Record<string, string | number>[] = [];
  const figures: Record<string, Figure> = {};
  let peakMemory = 0;
  const camvid = process.env.CAMVID;
  const works = [
    { name: "1024x2048 PNG", key: "png", root: folder, dataset: "folder", batches: 12 },
    ...(camvid && existsSync(camvid)
      ? [
          { name: "CamVid", key: "camvid", root: camvid, dataset: "camvid", batches: 48 },
          // After one pass over the 530 images ours has them decoded in memory; the peer has no such cache.
          {
            name: "CamVid, cached",
            key: "camvid.cached",
            root: camvid,
            dataset: "camvid",
            batches: 48,
            cacheBytes: 2 ** 29,
          },
        ]
      : []),
  ];
  for (const { name, key, ...work } of works) {
    for (const workers of [1, 2]) {
      const warmUp = "cacheBytes" in work ? 70 : 3;
      const request: DataRequest = { ...work, crop: 512, batchSize: 8, warmUp, workers };
      const pairs: [Answer, Answer][] = [];
      for (let round = 0; round < rounds; round++) {
        ours.resetPeakMemory();
        const mine = await ours.ask({ ...request });
        if (!("cacheBytes" in work)) peakMemory = Math.max(peakMemory, ours.peakMemory);
        pairs.push([mine, await theirs.ask({ ...request, warmUp: 3 })]);
      }
      const rates = (side: 0 | 1) => pairs.map((pair) => pair[side].imagesPerSecond as number);
      const cpu = (side: 0 | 1) => median(pairs.map((pair) => pair[side].cpuMsPerImage as number));
      const ratio = medianRatio(rates(0), rates(1));
      rows.push({
        work: name,
        workers,
        "pinmem images/s": Math.round(median(rates(0)) * 10) / 10,
        "torch images/s": Math.round(median(rates(1)) * 10) / 10,
        ratio: Math.round(ratio * 100) / 100,
        "pinmem CPU ms/image": Math.round(cpu(0) * 10) / 10,
        "torch CPU ms/image": Math.round(cpu(1) * 10) / 10,
      });
      figures[`${key}.workers${workers}`] = { value: ratio, goal: { at: "least", limit: 2 } };
    }
  }
  const busyMs = 400;
  const batches = 20;
  const training = await ours.ask({
    root: folder,
    dataset: "folder",
    crop: 512,
    batchSize: 4,
    batches,
    warmUp: 2,
    workers: 2,
    busyMs,
  });
  figures["waiting.share"] = {
    value: (training.waitedMs as number) / (busyMs * (batches - 1)),
    goal: { at: "most", limit: 0.01 },
  };
  figures["memory.MiB"] = { value: peakMemory / 2 ** 20 };
  const { versions } = await theirs.ask({ versions: true });
  report({
    name: "data",
    versions: { ...(versions as Record<string, string>), node: process.version },
    settings: { crop: 512, batchSize: 8, rounds, scenes, megabytesPerScene: megabytes },
    rows,
    figures,
    notes: [
      `waiting.share: of the time of a loop that is busy for ${busyMs} ms with each batch of 4 crops of 1024x2048 PNG`,
      "memory.MiB: peak of the loader's process, Node.js and its threads included, without a cache of decoded images",
      "CPU ms/image: processor time of all threads or processes; the peer's includes starting its workers",
    ],
  });
} finally {
  await Promise.all([ours.close(), theirs.close()]);
}

/** Writes scenes of all domains with noise, and returns the mean size of an image in MB. */
async function writeScenes(root: string): Promise<number> {
  let bytes = 0;
  for (let index = 0; index < scenes; index++) {
    const domain = streetDomains[index % streetDomains.length]?.name ?? "";
    const { width, height, image, label } = renderStreet({
      domain,
      seed: 1,
      index,
      width: 2048,
      height: 1024,
    });
    const random = new Random({ seed: 1, index, stream: "camera noise" });
    const pixels = Uint8Array.from(image, (value) =>
      Math.min(Math.max(value + random.randint(-1, 2), 0), 255),
    );
    const file = join(root, `images/${index}.png`);
    await writeRgbPng(file, { width, height, pixels });
    await writeLabelPng(join(root, `labels/${index}.png`), { width, height, labels: label });
    bytes += (await stat(file)).size;
  }
  return Math.round(bytes / scenes / 1e5) / 10;
}
