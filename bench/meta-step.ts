// npm run bench -- meta-step: one full iteration of the method, two domains x 2 images of 256 x 256, two threads, float32,
// against the official training function in Python's torch (four full passes, three copies of the network).
//
// Each measurement has processes of its own, since the peak memory of a process never falls. Times are wall-clock, and CPU
// time beside them, which says more where the machine is shared.
//
// Goals are held against the fastest peer and the leanest one that are measured in the same run: give newer ones with --peers,
// and our side on another libtorch with --libtorch.
//
// With --device cuda it has not come to its end yet.

import { fileURLToPath } from "node:url";
import { benchOptions, misuse, positive } from "./lib/options.js";
import { report } from "./lib/report.js";
import { type Answer, Side } from "./lib/side.js";
import { median, medianRatio } from "./lib/statistics.js";

const chosenPython = process.env.PYTHON ?? "/usr/bin/python3";
const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const chosen = benchOptions({
  name: "meta-step",
  about: "One full iteration of the method, against the official training function in Python's torch.",
  lines: [
    "--quick        few steps",
    "--size PIXELS  of the images (default: 256)",
    "--device NAME  cpu, or cuda for both sides, and its memory instead of the process's (default: cpu)",
    "--peers PATHS  further Pythons, with a comma between them, each with a torch of its own",
    "--compile      each peer of version 2 also through torch.compile",
    "--libtorch DIR our side on that libtorch too, whose addon `LIBTORCH=DIR npm run setup` has built",
    "PYTHON=PATH    the Python whose torch is the peer (default: /usr/bin/python3)",
  ],
  options: {
    quick: { type: "boolean", default: false },
    peers: { type: "string", default: "" },
    compile: { type: "boolean", default: false },
    libtorch: { type: "string" },
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

/** A side that is started anew for every measurement. */
interface Competitor {
  readonly name: string;
  readonly start: () => Side;
  readonly versions: Answer;
  readonly compile?: boolean;
}

async function competitor(start: () => Side, prefix: string): Promise<Competitor> {
  const side = start();
  const versions = await side.ask({ task: "versions" });
  await side.close();
  return { name: `${prefix} ${String(versions.libtorch ?? versions.torch)}`, start, versions };
}

const oursOn = (libtorch?: string) => () =>
  new Side("pinmem", process.execPath, [here("sides/meta-step.js")], libtorch ? { LIBTORCH: libtorch } : {});
const peer = (python: string) => () =>
  new Side(python === chosenPython ? "python3-torch" : python, python, ["-P", here("../peers/meta_step.py")]);

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
  readonly compile?: boolean;
}

/** Both take their steps in turn, so that a slow minute hits both. */
async function compare(backbone: string, contenders: readonly Contender[]): Promise<Measured[]> {
  const built: Record<string, unknown>[] = [];
  for (const { side, order, compile } of contenders) {
    const request = {
      task: "build",
      backbone,
      size: SIZE,
      images: IMAGES,
      threads: THREADS,
      device,
      ...(order && { order }),
      ...(compile && { compile }),
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

const teams = [await competitor(oursOn(), "pinmem, libtorch")];
if (chosen.libtorch) teams.push(await competitor(oursOn(chosen.libtorch), "pinmem, libtorch"));
const peers = [await competitor(peer(chosenPython), "PyTorch")];
for (const python of chosen.peers.split(",").filter((path) => path !== "")) {
  peers.push(await competitor(peer(python), "PyTorch"));
}
if (chosen.compile) {
  const newer = peers.filter(({ versions }) => !String(versions.torch).startsWith("1."));
  if (newer.length === 0)
    misuse("meta-step", "--compile needs a peer of version 2: name its Python with --peers");
  peers.push(...newer.map((peer) => ({ ...peer, name: `${peer.name}, compiled`, compile: true })));
}
const [ourVersions, theirVersions] = [teams[0]?.versions, peers[0]?.versions];

for (const backbone of ["mobilenetv2", "resnet50"]) {
  const contenders = [...teams, ...peers].map(({ start, compile }) => ({
    side: start(),
    ...(compile && { compile }),
  }));
  const measured = await compare(backbone, contenders);
  if (new Set(measured.map(({ parameters }) => parameters)).size > 1) {
    throw new Error(`${backbone}: the networks have different sizes`);
  }
  const [mine, others] = [measured.slice(0, teams.length), measured.slice(teams.length)];
  const fastest = others.reduce((best, other) =>
    median(other.seconds) < median(best.seconds) ? other : best,
  );
  const leanest = Math.min(...others.map(({ peak }) => peak));
  for (const [at, { name }] of [...teams, ...peers].entries()) {
    const { seconds, cpu, peak, floor } = measured[at] as Measured;
    rows.push({
      what: `${backbone}, first order`,
      side: name,
      s: fixed(median(seconds)),
      "CPU s": fixed(median(cpu)),
      MiB: Math.round(peak / MiB),
      ...(floor !== undefined && { "arithmetic s": fixed(floor) }),
      "time / fastest peer": fixed(medianRatio(seconds, fastest.seconds)),
      "memory / leanest peer": fixed(peak / leanest),
    });
  }
  for (const [at, { seconds, cpu, peak, floor }] of mine.entries()) {
    const key = at === 0 ? backbone : `${backbone}.libtorch-${String(teams[at]?.versions.libtorch)}`;
    figures[`${key}.time`] = {
      value: medianRatio(seconds, fastest.seconds),
      goal: { at: "most", limit: 0.8 },
    };
    figures[`${key}.cpu`] = { value: medianRatio(cpu, fastest.cpu) };
    if (floor !== undefined) figures[`${key}.arithmeticShare`] = { value: floor / median(seconds) };
    figures[`${key}.memory`] = { value: peak / leanest, goal: { at: "most", limit: 0.7 } };
  }

  const [one, two] = (await compare(backbone, [
    { side: oursOn()(), order: "first" },
    { side: oursOn()(), order: "second" },
  ])) as [Measured, Measured];
  figures[`${backbone}.secondToFirst.time`] = { value: medianRatio(two.seconds, one.seconds) };
  figures[`${backbone}.secondToFirst.memory`] = { value: two.peak / one.peak };
}

report({
  name: `meta-step${onGpu ? "-cuda" : ""}${SIZE === 256 ? "" : `-${SIZE}`}`,
  versions: {
    libtorch: teams.map(({ versions }) => String(versions.libtorch)).join(", "),
    node: String(ourVersions?.node),
    "python torch": peers
      .map(({ versions, compile }) => `${versions.torch}${compile ? " compiled" : ""}`)
      .join(", "),
    python: peers.map(({ versions }) => String(versions.python)).join(", "),
  },
  settings: {
    device: onGpu ? String(theirVersions?.gpu) : device,
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
