// npm run bench -- torch: small operators, a ResNet-50 training step and the start of the process, against Python's torch.

import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { benchOptions } from "./lib/options.js";
import { report } from "./lib/report.js";
import { Side } from "./lib/side.js";
import { geometricMean, median, medianRatio } from "./lib/statistics.js";

const python = process.env.PYTHON ?? "/usr/bin/python3";
const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const { quick } = benchOptions({
  name: "torch",
  about: "Small operators, a ResNet-50 training step and the start of the process, against Python's torch.",
  lines: [
    "--quick        few rounds and steps",
    "PYTHON=PATH    the Python whose torch is the peer (default: /usr/bin/python3)",
  ],
  options: { quick: { type: "boolean", default: false } },
});
const ROUNDS = quick ? 3 : 9;
const CALLS = quick ? 20_000 : 100_000;
const STEPS = quick ? 4 : 12;
const WARM_UP = quick ? 2 : 4;
const THREADS = 2;

const ours = new Side("pinmem", process.execPath, [here("sides/torch.js")]);
const theirs = new Side("python3-torch", python, ["-P", here("../peers/torch.py")]);
const sides = [ours, theirs] as const;
const both = <T>(body: (side: Side) => Promise<T>): Promise<[T, T]> =>
  body(sides[0]).then(async (first) => [first, await body(sides[1])]);

const rows: Record<string, string | number>[] = [];
const fixed = (value: number): number => Number(value.toPrecision(4));

const [ourVersions, theirVersions] = await both((side) => side.ask({ task: "versions", threads: THREADS }));

// Small operators: alternating rounds, medians.
type Times = Record<string, number>;
const small: [Times[], Times[]] = [[], []];
await both((side) => side.ask({ task: "small", calls: CALLS }));
for (let round = 0; round < ROUNDS; round++) {
  const [a, b] = await both((side) => side.ask({ task: "small", calls: CALLS }));
  small[0].push(a as Times);
  small[1].push(b as Times);
}
const operators = Object.keys(small[0][0] ?? {});
const smallRatios = operators.map((operator) => {
  const [a, b] = small.map((rounds) => rounds.map((times) => times[operator] as number)) as [
    number[],
    number[],
  ];
  const ratio = medianRatio(a, b);
  rows.push({
    what: operator,
    unit: "ns",
    ours: fixed(median(a)),
    python: fixed(median(b)),
    ratio: fixed(ratio),
  });
  return ratio;
});

// A training step in both memory formats: the first steps settle caches and the allocator.
async function training(channelsLast: boolean): Promise<{ time: number; memory: number }> {
  const seconds: [number[], number[]] = [[], []];
  const cpu: [number[], number[]] = [[], []];
  const faults: [number[], number[]] = [[], []];
  for (const side of sides) side.resetPeakMemory();
  for (let step = 0; step < WARM_UP + STEPS; step++) {
    for (const [index, side] of sides.entries()) {
      const result = await side.ask({ task: "train", channelsLast });
      if (step < WARM_UP) continue;
      seconds[index]?.push(result.seconds as number);
      cpu[index]?.push(result.cpuSeconds as number);
      faults[index]?.push(result.pageFaults as number);
    }
  }
  const name = `ResNet-50 step${channelsLast ? ", channels-last" : ""}`;
  const memory = sides.map((side) => side.peakMemory / 2 ** 20) as [number, number];
  const add = (what: string, unit: string, [a, b]: [number, number], ratio = a / b): void => {
    rows.push({ what: `${name}: ${what}`, unit, ours: fixed(a), python: fixed(b), ratio: fixed(ratio) });
  };
  const time = medianRatio(...seconds);
  add("time", "s", [median(seconds[0]), median(seconds[1])], time);
  add("CPU time", "s", [median(cpu[0]), median(cpu[1])], medianRatio(...cpu));
  add("page faults", "", [median(faults[0]), median(faults[1])]);
  add("peak memory", "MiB", memory);
  return { time, memory: memory[0] / memory[1] };
}

const contiguous = await training(false);
await both((side) => side.close());

// From process start to the first operator's result.
const firstOperator = [
  [
    process.execPath,
    ["--input-type=module", "-e", 'import { ones } from "@pinmem/torch"; ones([1]).add(1);'],
  ],
  [python, ["-c", "import torch; torch.ones([1]).add(1)"]],
] as const;
const starts: [number[], number[]] = [[], []];
for (let round = 0; round < (quick ? 2 : 5); round++) {
  for (const [index, [command, args]] of firstOperator.entries()) {
    const start = performance.now();
    const { status, stderr } = spawnSync(command, args, { cwd: here("."), encoding: "utf8" });
    if (status !== 0) throw new Error(`${command} failed: ${stderr}`);
    starts[index]?.push(performance.now() - start);
  }
}
const start = medianRatio(...starts);
rows.push({
  what: "start to first operator",
  unit: "ms",
  ours: fixed(median(starts[0])),
  python: fixed(median(starts[1])),
  ratio: fixed(start),
});

report({
  name: "torch",
  versions: { ...(ourVersions as Record<string, string>), ...(theirVersions as Record<string, string>) },
  settings: { threads: THREADS, rounds: ROUNDS, calls: CALLS, steps: STEPS, input: "2x3x256x256 float32" },
  rows,
  figures: {
    "small-operator-ratio": { value: geometricMean(smallRatios), goal: { at: "most", limit: 1.0 } },
    "resnet50-step-time-ratio": { value: contiguous.time, goal: { at: "most", limit: 1.02 } },
    "resnet50-step-memory-ratio": { value: contiguous.memory, goal: { at: "most", limit: 1.05 } },
    "start-ms": { value: median(starts[0]) },
    "start-ratio": { value: start },
  },
});
