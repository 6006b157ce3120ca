// npm run bench -- torch-choices: the alternatives behind our defaults (allocator, memory format, BLAS), each measured against
// the default in one run: a ResNet-50 training step, and a matrix product for the BLAS.

import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { benchOptions } from "./lib/options.js";
import { report } from "./lib/report.js";
import { Side } from "./lib/side.js";
import { median, medianRatio } from "./lib/statistics.js";

const side = fileURLToPath(new URL("sides/torch.js", import.meta.url));
const libraries = "/usr/lib/x86_64-linux-gnu";
const { quick } = benchOptions({
  name: "torch-choices",
  about:
    "The alternatives behind our defaults (allocator, memory format, BLAS), each against the default in one run.",
  lines: ["--quick  few steps"],
  options: { quick: { type: "boolean", default: false } },
});
const WARM_UP = quick ? 2 : 4;
const STEPS = quick ? 3 : 10;

interface Choice {
  readonly name: string;
  readonly environment?: Record<string, string>;
  readonly channelsLast?: boolean;
  /** Needs this file of the system. */
  readonly needs?: string;
}

const choices: readonly Choice[] = [
  { name: "default: tuned glibc, contiguous, the system's BLAS" },
  { name: "glibc as it comes", environment: { PINMEM_ALLOCATOR: "system" } },
  ...["libjemalloc.so.2", "libmimalloc.so.2.0"].map((library) => ({
    name: library,
    environment: { LD_PRELOAD: `${libraries}/${library}`, PINMEM_ALLOCATOR: "system" },
    needs: `${libraries}/${library}`,
  })),
  { name: "channels-last", channelsLast: true },
  {
    name: "reference BLAS",
    environment: { LD_PRELOAD: `${libraries}/blas/libblas.so.3` },
    needs: `${libraries}/blas/libblas.so.3`,
  },
].filter(({ needs }: Choice) => !needs || existsSync(needs));

interface Measured {
  readonly seconds: number[];
  readonly cpuSeconds: number[];
  readonly pageFaults: number[];
  readonly matmul: number[];
  memory: number;
}

const fixed = (value: number): number => Number(value.toPrecision(3));
const sides = choices.map(
  ({ name, environment }) => new Side(name, process.execPath, [side], environment ?? {}),
);
const measured: Measured[] = choices.map(() => ({
  seconds: [],
  cpuSeconds: [],
  pageFaults: [],
  matmul: [],
  memory: 0,
}));
const [versions] = await Promise.all(sides.map((one) => one.ask({ task: "versions", threads: 2 })));

for (let step = 0; step < WARM_UP + STEPS; step++) {
  for (const [index, one] of sides.entries()) {
    const train = await one.ask({ task: "train", channelsLast: choices[index]?.channelsLast ?? false });
    const { seconds: matmul } = await one.ask({ task: "matmul", size: 1024 });
    if (step < WARM_UP) continue;
    const own = measured[index] as Measured;
    own.seconds.push(train.seconds as number);
    own.cpuSeconds.push(train.cpuSeconds as number);
    own.pageFaults.push(train.pageFaults as number);
    own.matmul.push(matmul as number);
  }
}
for (const [index, one] of sides.entries()) {
  (measured[index] as Measured).memory = one.peakMemory / 2 ** 20;
  await one.close();
}

const base = measured[0] as Measured;
report({
  name: "torch-choices",
  versions: versions as Record<string, string>,
  settings: {
    threads: 2,
    steps: STEPS,
    model: "ResNet-50",
    input: "2x3x256x256 float32",
    matmul: "1024^3 float32",
  },
  rows: choices.map(({ name }, index) => {
    const own = measured[index] as Measured;
    return {
      choice: name,
      "step s": fixed(median(own.seconds)),
      "ratio to default": fixed(medianRatio(own.seconds, base.seconds)),
      "CPU s": fixed(median(own.cpuSeconds)),
      "page faults": median(own.pageFaults),
      "peak MiB": fixed(own.memory),
      "matmul ms": fixed(median(own.matmul) * 1000),
    };
  }),
  figures: Object.fromEntries(
    choices
      .slice(1)
      .map(({ name }, index) => [
        name.replaceAll(" ", "-"),
        { value: medianRatio((measured[index + 1] as Measured).seconds, base.seconds) },
      ]),
  ),
  notes: ["Ratios above 1 are slower than the default."],
});
