// npm run bench -- evaluate: images per second of a whole evaluation (decoding, network, scores) at 1024x512, ResNet-50 and
// MobileNetV2 on two threads, against the same loop in Python with torch, Pillow and NumPy.
//
// The images are rendered streets with camera noise, as JPEG, their labels PNG. The peer is measured twice: reading in the loop
// itself, and with a DataLoader of one worker; the faster one counts. Further processes of ours evaluate with each picture's own
// statistics mixed into batch norm, and by the rule of image:auto where it leaves all pictures as they are, against the first,
// whose network is prepared.

import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Random, renderStreet, streetDomains, writeLabelPng } from "pinmem/data";
import sharp from "sharp";
import { benchOptions } from "./lib/options.js";
import { type Figure, report } from "./lib/report.js";
import { type Answer, Side } from "./lib/side.js";
import { median, medianRatio } from "./lib/statistics.js";
import { temporaryFolder } from "./lib/temporary-folder.js";

const chosen = benchOptions({
  name: "evaluate",
  about: "Images per second of a whole evaluation at 1024x512, against the same loop in Python with torch.",
  lines: [
    "--quick        few images and rounds",
    "PYTHON=PATH    the Python whose torch is the peer (default: /usr/bin/python3)",
  ],
  options: { quick: { type: "boolean", default: false } },
});

const THREADS = 2;
const ROUNDS = chosen.quick ? 3 : 4;
const IMAGES = chosen.quick ? 4 : 6;
const python = process.env.PYTHON ?? "/usr/bin/python3";
const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

const works = [
  { name: "MobileNetV2", backbone: "mobilenet_v2" },
  { name: "ResNet-50", backbone: "resnet50" },
] as const;

const folder = temporaryFolder("evaluate");
const sides = {
  ours: new Side("pinmem", process.execPath, [here("sides/evaluate.js")]),
  picture: new Side("pinmem, image:0.3", process.execPath, [here("sides/evaluate.js")]),
  auto: new Side("pinmem, image:auto", process.execPath, [here("sides/evaluate.js")]),
  theirs: new Side("python3-torch", python, ["-P", here("../peers/evaluate.py")]),
};
try {
  await writeScenes(folder);
  const versions = await Promise.all(Object.values(sides).map((side) => side.ask({ task: "versions" })));
  const rows: Record<string, string | number>[] = [];
  const figures: Record<string, Figure> = {};
  for (const { name, backbone } of works) {
    const request = { root: folder, backbone, threads: THREADS };
    const measured: Record<"ours" | "picture" | "auto" | "inLoop" | "worker", Answer[]> = {
      ours: [],
      picture: [],
      auto: [],
      inLoop: [],
      worker: [],
    };
    const forms = { ours: "prepared", picture: "image", auto: "auto", theirs: null };
    for (const [name, form] of Object.entries(forms)) {
      await sides[name as keyof typeof sides].ask({ ...request, task: "open", ...(form && { form }) });
    }
    for (let round = -1; round < ROUNDS; round++) {
      const ours = await sides.ours.ask({ task: "run" });
      const picture = await sides.picture.ask({ task: "run" });
      const auto = await sides.auto.ask({ task: "run" });
      const inLoop = await sides.theirs.ask({ task: "run", workers: 0 });
      const worker = await sides.theirs.ask({ task: "run", workers: 1 });
      const pixels = new Set([ours, picture, auto, inLoop, worker].map((one) => one.pixels));
      if (pixels.size !== 1) throw new Error(`the sides counted different pixels: ${[...pixels].join(", ")}`);
      if (round < 0) continue;
      measured.ours.push(ours);
      measured.picture.push(picture);
      measured.auto.push(auto);
      measured.inLoop.push(inLoop);
      measured.worker.push(worker);
    }
    const of = (who: keyof typeof measured, what: "seconds" | "cpuSeconds" | "peakMiB") =>
      measured[who].map((answer) => answer[what] as number);
    const best = median(of("inLoop", "seconds")) < median(of("worker", "seconds")) ? "inLoop" : "worker";
    const ratio = medianRatio(of(best, "seconds"), of("ours", "seconds"));
    const rate = (who: keyof typeof measured) => Number((IMAGES / median(of(who, "seconds"))).toPrecision(4));
    rows.push({
      network: name,
      "pinmem images/s": rate("ours"),
      "pinmem image:0.3 images/s": rate("picture"),
      "pinmem image:auto images/s": rate("auto"),
      "python images/s, in the loop": rate("inLoop"),
      "python images/s, one worker": rate("worker"),
      ratio: Number(ratio.toPrecision(4)),
      "pinmem CPU s/image": Number((median(of("ours", "cpuSeconds")) / IMAGES).toPrecision(4)),
      "python CPU s/image": Number((median(of(best, "cpuSeconds")) / IMAGES).toPrecision(4)),
    });
    figures[`${backbone}.speed-ratio`] = { value: ratio, goal: { at: "least", limit: 1.3 } };
    figures[`${backbone}.image-statistics.time`] = {
      value: medianRatio(of("picture", "seconds"), of("ours", "seconds")),
      goal: { at: "most", limit: 1.3 },
    };
    figures[`${backbone}.image-auto.time`] = {
      value: medianRatio(of("auto", "seconds"), of("ours", "seconds")),
      goal: { at: "most", limit: 1.05 },
    };
    figures[`${backbone}.image-statistics.memory`] = {
      value: Math.max(...of("picture", "peakMiB")) / Math.max(...of("ours", "peakMiB")),
      goal: { at: "most", limit: 1.2 },
    };
  }
  report({
    name: "evaluate",
    versions: Object.assign({}, ...versions) as Record<string, string>,
    settings: { threads: THREADS, rounds: ROUNDS, images: IMAGES, size: "1024x512" },
    rows,
    figures,
    notes: [
      "speed-ratio: images per second of ours over those of the faster of the peer's two loops, median over rounds",
      "image-statistics: each picture's own statistics mixed into batch norm with weight 0.3, over the prepared network: time, and the peak of resident memory",
      "image-auto: the rule of image:auto where all pictures are near, over the prepared network",
      "CPU s/image: of the main process and its threads; the peer's worker process is left out",
    ],
  });
} finally {
  await Promise.all(Object.values(sides).map((side) => side.close()));
}

async function writeScenes(root: string): Promise<void> {
  await mkdir(join(root, "images"), { recursive: true });
  for (let index = 0; index < IMAGES; index++) {
    const domain = streetDomains[index % streetDomains.length]?.name ?? "";
    const size = { width: 1024, height: 512 };
    const { image, label } = renderStreet({ domain, seed: 1, index, ...size });
    const random = new Random({ seed: 1, index, stream: "camera noise" });
    const pixels = Uint8Array.from(image, (value) =>
      Math.min(Math.max(value + random.randint(-1, 2), 0), 255),
    );
    await sharp(pixels, { raw: { ...size, channels: 3 } })
      .jpeg({ quality: 92 })
      .toFile(join(root, `images/${index}.jpg`));
    await writeLabelPng(join(root, `labels/${index}.png`), { ...size, labels: label });
  }
}
