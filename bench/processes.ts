// npm run bench -- processes: a step of two processes with one thread each, against one process with two threads that does the same: twice
// the accumulation. Both take their steps in turn.
//
// What is lost is the exchange of gradients, the wait for the slower of the two, and perhaps room in the cache that cores share, where each
// process has features of its own; what is gained is that two threads of one process wait for each other at every operator. Two processes that
// exchange nothing tell the one from the other.

import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { benchOptions, misuse, positive } from "./lib/options.js";
import { report } from "./lib/report.js";
import { Side } from "./lib/side.js";
import { median, medianRatio } from "./lib/statistics.js";

const chosen = benchOptions({
  name: "processes",
  about: "Two processes that train together, with one thread each, against one process with two threads.",
  lines: [
    "--quick          few steps",
    "--size PIXELS    of the images (default: 512)",
    "--backbone NAME  mobilenet_v2 or resnet50 (default: mobilenet_v2)",
    "--port NUMBER    by which the processes find one another (default: 29517)",
  ],
  options: {
    quick: { type: "boolean", default: false },
    size: { type: "string", default: "512" },
    backbone: { type: "string", default: "mobilenet_v2" },
    port: { type: "string", default: "29517" },
  },
});
const { quick, backbone } = chosen;
if (backbone !== "mobilenet_v2" && backbone !== "resnet50")
  misuse("processes", `--backbone is "${backbone}", but must be mobilenet_v2 or resnet50`);
const [size, port] = [
  positive("processes", "--size", chosen.size),
  positive("processes", "--port", chosen.port),
];
const RANKS = 2;
const IMAGES = 2;
const [STEPS, WARM_UP] = quick ? [2, 1] : [7, 1];

const script = fileURLToPath(new URL("sides/processes.js", import.meta.url));
const side = (name: string, environment: Record<string, string> = {}) =>
  new Side(name, process.execPath, [script], environment);
const ranks = Array.from({ length: RANKS }, (_, rank) =>
  side(`rank ${rank}`, {
    RANK: String(rank),
    WORLD_SIZE: String(RANKS),
    LOCAL_RANK: String(rank),
    LOCAL_WORLD_SIZE: String(RANKS),
    MASTER_ADDR: "127.0.0.1",
    MASTER_PORT: String(port),
    OMP_NUM_THREADS: "1",
  }),
);
const strangers = Array.from({ length: RANKS }, (_, at) => side(`stranger ${at}`, { OMP_NUM_THREADS: "1" }));
const one = side("one process", { OMP_NUM_THREADS: String(RANKS) });

const building = { task: "build", backbone, size, images: IMAGES, accumulation: RANKS };
const versions = await one.ask({ task: "versions" });
const [built] = await Promise.all([
  one.ask({ ...building, threads: RANKS }),
  ...ranks.map((rank) => rank.ask({ ...building, threads: 1 })),
  ...strangers.map((stranger) => stranger.ask({ ...building, threads: 1, accumulation: 1 })),
]);

const whole: number[] = [];
const shared: number[] = [];
const apart: number[] = [];
/** Seconds of a step that all take at once. */
async function slowest(sides: readonly Side[]): Promise<number> {
  const answers = await Promise.all(sides.map((each) => each.ask({ task: "step" })));
  return Math.max(...answers.map(({ seconds }) => seconds as number));
}
for (let step = 0; step < WARM_UP + STEPS; step++) {
  const seconds = [await slowest([one]), await slowest(ranks), await slowest(strangers)] as const;
  if (step < WARM_UP) continue;
  whole.push(seconds[0]);
  shared.push(seconds[1]);
  apart.push(seconds[2]);
}
await Promise.all([one, ...ranks, ...strangers].map((each) => each.close()));

const fixed = (value: number): number => Number(value.toPrecision(4));
const row = (what: string, seconds: readonly number[]) => ({
  what,
  s: fixed(median(seconds)),
  "s, fastest": fixed(Math.min(...seconds)),
  "images / s": fixed((RANKS * 2 * IMAGES) / median(seconds)),
});
report({
  name: `processes${backbone === "mobilenet_v2" ? "" : `-${backbone}`}${size === 512 ? "" : `-${size}`}`,
  versions: { libtorch: String(versions.libtorch), node: String(versions.node) },
  settings: {
    backbone,
    size,
    domains: 2,
    imagesPerDomain: IMAGES,
    episodesPerStep: RANKS,
    steps: STEPS,
    warmUp: WARM_UP,
    cores: availableParallelism(),
    "bytes of gradients": built?.bytes as number,
  },
  rows: [
    row(`one process, ${RANKS} threads, accumulation ${RANKS}`, whole),
    row(`${RANKS} processes, 1 thread each`, shared),
    row(`${RANKS} that exchange nothing`, apart),
  ],
  figures: {
    throughput: { value: medianRatio(whole, shared), goal: { at: "least", limit: 0.95 } },
    "throughput.toExchangingNothing": { value: medianRatio(apart, shared) },
  },
  notes: [
    "pin-memory, first order, float32, channels-last; throughput: of the processes in units of the one's",
  ],
});
