// npm run bench -- meta-step: one full iteration of the method, two domains x 2 images of 256 x 256, two threads, float32,
// against the official training function in Python's torch (four full passes, three copies of the network).
//
// Each measurement has processes of its own, since the peak memory of a process never falls. Times are wall-clock, and CPU
// time beside them, which says more where the machine is shared.
//
// With --device cuda it has not come to its end yet.

import { fileURLToPath } from "node:url";
import { benchOptions, misuse, positive } from "./lib/options.js";
import { report } from "./lib/report.js";
import { Side } from "./lib/side.js";
import { median, medianRatio } from "./lib/statistics.js";

const python = process.env.PYTHON ?? "/usr/bin/python3";
const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const chosen = benchOptions({
  name: "meta-step",
  about: "One full iteration of the method, against the official training function in Python's torch.",
  lines: [
    "--quick        few steps",
    "--size PIXELS  of the images (default: 256)",
    "--device NAME  cpu, or cuda for both sides, and its memory instead of the process's (default: cpu)",
    "PYTHON=PATH    the Python whose torch is the peer (default: /usr/bin/python3)",
  ],
  options: {
    quick: { type: "boolean", default: false },
    device: { type: "string", default: "cpu" },
    size: { type: "string", default: "256" },
  },
});
const { quick, device } = chosen;
if (device !== "cpu" && device !== "cuda")
  misuse("meta-step", `--device is "${device}", but must be cpu or cuda`);
const onGpu = device !== "cpu";
const STEPS = (quick ? 3 : 9) * (onGpu ? 4 : 1);
const WARM_UP = (quick ? 1 : 2) * (onGpu ? 4 : 1);
const THREADS = 2;
const [SIZE, IMAGES] = [positive("meta-step", "--size", chosen.size), 2];

const ours = () => new Side("pinmem", process.execPath, [here("sides/meta-step.js")]);
const theirs = () => new Side("python3-torch", python, ["-P", here("../peers/meta_step.py")]);

interface Measured {
  readonly seconds: number[];
  readonly cpu: number[];
  readonly peak: number;
  readonly parameters: number;
  /** Seconds that the arithmetic takes at the rate of a single convolution; of our side on the CPU only. */
  readonly floor: number | undefined;
}

interface Contender {
  readonly side: Side;
  readonly order?: "first" | "second";
}

/** Both take their steps in turn, so that a slow minute hits both. */
async function compare(backbone: string, contenders: readonly Contender[]): Promise<Measured[]> {
  const built: Record<string, unknown>[] = [];
  for (const { side, order } of contenders) {
    const request = {
      task: "build",
      backbone,
      size: SIZE,
      images: IMAGES,
      threads: THREADS,
      device,
      ...(order && { order }),
    };
    built.push(await side.ask(request));
  }
  const results = contenders.map(() => ({ seconds: [] as number[], cpu: [] as number[] }));
  for (let step = 0; step < WARM_UP + STEPS; step++) {
    for (const [at, { side }] of contenders.entries()) {
      const { seconds, cpuSeconds } = await side.ask({ task: "step", backbone });
      if (step < WARM_UP) continue;
      results[at]?.seconds.push(seconds as number);
      results[at]?.cpu.push(cpuSeconds as number);
    }
  }
  const peaks: number[] = [];
  for (const { side } of contenders) {
    peaks.push(onGpu ? ((await side.ask({ task: "peak" })).bytes as number) : side.peakMemory);
  }
  for (const { side } of contenders) await side.close();
  return results.map((result, at) => ({
    ...result,
    peak: peaks[at] as number,
    parameters: built[at]?.parameters as number,
    floor: built[at]?.rate === undefined ? undefined : multiplyAdds(built[at]) / (built[at].rate as number),
  }));
}

const multiplyAdds = (built: Record<string, unknown>): number => built.multiplyAdds as number;
const fixed = (value: number): number => Number(value.toPrecision(4));
const MiB = 2 ** 20;
const rows: Record<string, string | number>[] = [];
const figures: Record<string, { value: number; goal?: { at: "most" | "least"; limit: number } }> = {};

const asked = [ours(), theirs()] as const;
const ourVersions = await asked[0].ask({ task: "versions" });
const theirVersions = await asked[1].ask({ task: "versions" });
for (const side of asked) await side.close();

for (const backbone of ["mobilenetv2", "resnet50"]) {
  const [first, peer] = (await compare(backbone, [{ side: ours() }, { side: theirs() }])) as [
    Measured,
    Measured,
  ];
  if (first.parameters !== peer.parameters) throw new Error(`${backbone}: the networks have different sizes`);
  const time = medianRatio(first.seconds, peer.seconds);
  const cpu = medianRatio(first.cpu, peer.cpu);
  const memory = first.peak / peer.peak;
  rows.push({
    what: `${backbone}, first order`,
    "ours s": fixed(median(first.seconds)),
    "python s": fixed(median(peer.seconds)),
    "time ratio": fixed(time),
    "CPU ratio": fixed(cpu),
    ...(first.floor !== undefined && { "arithmetic s": fixed(first.floor) }),
    "ours MiB": Math.round(first.peak / MiB),
    "python MiB": Math.round(peer.peak / MiB),
    "memory ratio": fixed(memory),
  });
  figures[`${backbone}.time`] = { value: time, goal: { at: "most", limit: 0.85 } };
  figures[`${backbone}.cpu`] = { value: cpu };
  if (first.floor !== undefined) {
    figures[`${backbone}.arithmeticShare`] = { value: first.floor / median(first.seconds) };
  }
  figures[`${backbone}.memory`] = { value: memory, goal: { at: "most", limit: 0.7 } };

  const [one, two] = (await compare(backbone, [
    { side: ours(), order: "first" },
    { side: ours(), order: "second" },
  ])) as [Measured, Measured];
  figures[`${backbone}.secondToFirst.time`] = { value: medianRatio(two.seconds, one.seconds) };
  figures[`${backbone}.secondToFirst.memory`] = { value: two.peak / one.peak };
}

report({
  name: `meta-step${onGpu ? "-cuda" : ""}${SIZE === 256 ? "" : `-${SIZE}`}`,
  versions: {
    libtorch: String(ourVersions.libtorch),
    node: String(ourVersions.node),
    "python torch": String(theirVersions.torch),
    python: String(theirVersions.python),
  },
  settings: {
    device: onGpu ? String(theirVersions.gpu) : device,
    threads: THREADS,
    size: SIZE,
    domains: 2,
    imagesPerDomain: IMAGES,
    steps: STEPS,
    warmUp: WARM_UP,
    layout: "channels-last (ours), contiguous (python, as the official code)",
  },
  rows,
  figures,
  notes: [
    "rates are tiny on both sides, since noise and random weights diverge at the method's own",
    ...(onGpu
      ? [
          "both sides with TF32 in convolutions, PyTorch's default",
          "time: median over steps taken in turn; memory: peak of what tensors hold on the GPU",
        ]
      : [
          "arithmetic s: multiply-adds of the iteration at the rate that one 3x3 convolution of 256 channels reaches in the same process",
          "time: median over steps taken in turn; memory: peak resident size of a process from its start",
        ]),
  ],
});
