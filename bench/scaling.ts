// npm run bench -- scaling: whether the model of a step's time (pinmem/training, stepTime) tells what the exchange between two and three
// processes takes on networks of known latency and bandwidth: network namespaces with slow and long lines. Takes root on Linux.

import { fileURLToPath } from "node:url";
import { type GradientCompression, stepTime } from "pinmem/training";
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

interface Exchange {
  /** Of the gradients, 4 for each number. */
  readonly bytes: number;
  readonly compression: GradientCompression;
}

/** Median seconds of an exchange, and of the bytes that a process sends for it. */
async function measured(ranks: number, { bytes, compression }: Exchange, { delay, rate }: Line) {
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
  await Promise.all(sides.map((side) => side.ask({ task: "build", bytes, compression })));
  const seconds: number[] = [];
  const sent: number[] = [];
  for (let step = 0; step < STEPS + 1; step++) {
    const answers = await Promise.all(sides.map((side) => side.ask({ task: "step" })));
    if (step === 0) continue;
    seconds.push(Math.max(...answers.map((answer) => answer.seconds as number)));
    sent.push(Math.max(...answers.map((answer) => answer.sent as number)));
  }
  await Promise.all(sides.map((side) => side.close()));
  return { seconds: median(seconds), sent: median(sent) };
}

/** Bytes of the smallest gradients, whose exchange is all latency. */
const NEXT_TO_NOTHING = 80;
const at = (latency: number, bandwidth: number, { bytes, compression }: Exchange, ranks: number): number =>
  stepTime(ranks, { compute: 0, bytes, latency, bandwidth, gradientCompression: compression });

// What the machine itself adds to the latency of a message, measured with two processes and used for three too.
const nothing: Exchange = { bytes: NEXT_TO_NOTHING, compression: "none" };
const { seconds: ofNothing } = await measured(2, nothing, { delay: 0, rate: null });
const base = ofNothing / at(1, Number.POSITIVE_INFINITY, nothing, 2);
const fixed = (value: number): number => Number(value.toPrecision(3));
const rows: Record<string, string | number>[] = [];
const figures: Record<string, { value: number; goal?: { at: "most" | "least"; limit: number } }> = {};

const cases = ([2, 3] as const).flatMap((ranks) =>
  (["none", "bfloat16"] as const).map((compression) => [ranks, compression] as const),
);
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
  const bandwidth = line.rate === null ? Number.POSITIVE_INFINITY : line.rate / 8;
  for (const [ranks, compression] of cases) {
    const exchange: Exchange = { bytes, compression };
    const { seconds, sent } = await measured(ranks, exchange, line);
    const predicted = at(base + line.delay / 1000, bandwidth, exchange, ranks);
    rows.push({
      processes: ranks,
      compression,
      "delay, ms": line.delay,
      "Mbit/s": line.rate === null ? "any" : line.rate / 1e6,
      bytes,
      "sent, bytes": sent,
      "predicted, s": fixed(predicted),
      "measured, s": fixed(seconds),
      "measured / predicted": fixed(seconds / predicted),
    });
    const name = `${ranks}.${line.delay}ms.${line.rate === null ? "any" : line.rate / 1e6}${compression === "none" ? "" : `.${compression}`}`;
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
    "sent: by one process, with the headers of TCP and below",
    "predicted with the latency of the machine, measured between two processes, and what the line adds",
  ],
});
