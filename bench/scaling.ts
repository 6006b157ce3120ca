// npm run bench -- scaling: whether the model of a step's time (pinmem/training, stepTime) tells what the exchange between two and three
// processes takes on networks of known latency and bandwidth: network namespaces with slow and long lines. Takes root on Linux.

import { fileURLToPath } from "node:url";
import { stepTime } from "pinmem/training";
import { canIsolate, Network } from "./lib/network.js";
import { benchOptions } from "./lib/options.js";
import { report } from "./lib/report.js";
import { Side } from "./lib/side.js";
import { median } from "./lib/statistics.js";

const { quick } = benchOptions({
  name: "scaling",
  about: "What the exchange of gradients takes on slow and long lines, against the model of it.",
  lines: ["--quick  few bytes and steps"],
  options: { quick: { type: "boolean", default: false } },
});
if (!canIsolate()) throw new Error("network namespaces take root, and ip of iproute2");

const MB = 1e6;
const BYTES = (quick ? 2 : 16) * MB;
const STEPS = quick ? 3 : 7;
const PORT = 29_518;
const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const script = here("sides/scaling.js");

interface Line {
  /** Milliseconds from one machine to another; 0: what the machine itself takes. */
  readonly delay: number;
  /** Bits a second; null: as fast as the machine is. */
  readonly rate: number | null;
}

/** Median seconds of an exchange of so many bytes. */
async function measured(ranks: number, bytes: number, { delay, rate }: Line): Promise<number> {
  using network = new Network(ranks);
  if (delay > 0) await network.delay(delay, here("../peers/delay_line.py"));
  if (rate !== null) for (let at = 0; at < ranks; at++) network.limit(at, rate);
  const sides = Array.from({ length: ranks }, (_, rank) => {
    const [program, ...words] = network.on(rank, [process.execPath, script]);
    return new Side(`rank ${rank}`, program, words, {
      RANK: String(rank),
      WORLD_SIZE: String(ranks),
      MASTER_ADDR: network.address(0),
      MASTER_PORT: String(PORT),
      OMP_NUM_THREADS: "1",
    });
  });
  await Promise.all(sides.map((side) => side.ask({ task: "build", bytes })));
  const seconds: number[] = [];
  for (let step = 0; step < STEPS + 1; step++) {
    const answers = await Promise.all(sides.map((side) => side.ask({ task: "step" })));
    if (step > 0) seconds.push(Math.max(...answers.map((answer) => answer.seconds as number)));
  }
  await Promise.all(sides.map((side) => side.close()));
  return median(seconds);
}

/** Bytes of the smallest gradients, whose exchange is all latency. */
const NEXT_TO_NOTHING = 80;
const at = (latency: number, bandwidth: number, bytes: number, ranks: number): number =>
  stepTime(ranks, { compute: 0, bytes, latency, bandwidth });
/** Of a message, from what an exchange of next to nothing takes. */
const latencyOf = (seconds: number): number => seconds / at(1, Number.POSITIVE_INFINITY, NEXT_TO_NOTHING, 2);

// What the machine itself adds, measured with two processes and used for three too.
const base = latencyOf(await measured(2, NEXT_TO_NOTHING, { delay: 0, rate: null }));
const fixed = (value: number): number => Number(value.toPrecision(3));
const rows: Record<string, string | number>[] = [];
const figures: Record<string, { value: number; goal?: { at: "most" | "least"; limit: number } }> = {};

const lines: readonly Line[] = [
  { delay: 0, rate: 100e6 },
  { delay: 0, rate: 1000e6 },
  { delay: 5, rate: null },
  { delay: 20, rate: null },
  { delay: 5, rate: 100e6 },
];
for (const line of lines) {
  // A line without a limit carries next to nothing here, since a relay in Python is no fast one.
  const bytes = line.rate === null ? NEXT_TO_NOTHING : BYTES;
  for (const ranks of [2, 3]) {
    const seconds = await measured(ranks, bytes, line);
    const bandwidth = line.rate === null ? Number.POSITIVE_INFINITY : line.rate / 8;
    const predicted = at(base + line.delay / 1000, bandwidth, bytes, ranks);
    rows.push({
      processes: ranks,
      "delay, ms": line.delay,
      "Mbit/s": line.rate === null ? "any" : line.rate / 1e6,
      bytes,
      "predicted, s": fixed(predicted),
      "measured, s": fixed(seconds),
      "measured / predicted": fixed(seconds / predicted),
    });
    const name = `${ranks}.${line.delay}ms.${line.rate === null ? "any" : line.rate / 1e6}`;
    figures[name] = { value: seconds / predicted };
  }
}

report({
  name: "scaling",
  versions: { node: process.version },
  settings: { bytes: BYTES, steps: STEPS, "latency of the machine, s": fixed(base) },
  rows,
  figures,
  notes: [
    "predicted with the latency of the machine, measured between two processes, and what the line adds",
  ],
});
