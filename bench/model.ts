// npm run bench -- model: every network, evaluated and trained (forward and backward pass), against the same network from
// torchvision's pieces in Python's torch. Our evaluation is measured as the network is and in its prepared form.

import { fileURLToPath } from "node:url";
import { benchOptions, misuse } from "./lib/options.js";
import { type Figure, report } from "./lib/report.js";
import { Side } from "./lib/side.js";
import { geometricMean, median, medianRatio } from "./lib/statistics.js";

const chosen = benchOptions({
  name: "model",
  about: "Every network, evaluated and trained, against the same network in Python's torch.",
  lines: [
    "--quick         few rounds, three networks",
    "--models NAMES  only these backbones, with commas between them; dinov2_vits14 and dinov3_convnext_tiny against timm's,",
    "                whose figures are apart from those of the others",
    "--layout NAME   channels-last or contiguous (default: channels-last)",
    "PYTHON=PATH     the Python whose torch is the peer (default: /usr/bin/python3)",
  ],
  options: {
    quick: { type: "boolean", default: false },
    models: { type: "string" },
    layout: { type: "string", default: "channels-last" },
  },
});

if (chosen.layout !== "channels-last" && chosen.layout !== "contiguous")
  misuse("model", `--layout is "${chosen.layout}", but must be channels-last or contiguous`);

const THREADS = 2;
const ROUNDS = chosen.quick ? 3 : 7;
const WARM_UP = chosen.quick ? 1 : 2;

interface Model {
  backbone: string;
  head: "deeplab-v3+" | "deeplab-v2" | "linear";
  outputStride: 8 | 14 | 16 | 32;
  /** Side of the pictures. Default: 512, and 256 of several. */
  size?: number;
}

const all: readonly Model[] = [
  { backbone: "mobilenet_v2", head: "deeplab-v3+", outputStride: 16 },
  { backbone: "resnet18", head: "deeplab-v3+", outputStride: 32 },
  { backbone: "resnet50", head: "deeplab-v3+", outputStride: 16 },
  { backbone: "shufflenet_v2_x1_0", head: "deeplab-v3+", outputStride: 16 },
  { backbone: "resnet34", head: "deeplab-v3+", outputStride: 32 },
  { backbone: "resnet101", head: "deeplab-v3+", outputStride: 16 },
  { backbone: "resnet152", head: "deeplab-v3+", outputStride: 16 },
  { backbone: "resnext50_32x4d", head: "deeplab-v3+", outputStride: 16 },
  { backbone: "resnext101_32x8d", head: "deeplab-v3+", outputStride: 16 },
  { backbone: "wide_resnet50_2", head: "deeplab-v3+", outputStride: 16 },
  { backbone: "wide_resnet101_2", head: "deeplab-v3+", outputStride: 16 },
  { backbone: "resnet50", head: "deeplab-v2", outputStride: 8 },
  { backbone: "resnet101", head: "deeplab-v2", outputStride: 8 },
];
/** With a linear head, and timm's in Python; measured where --models names them. */
const foundation: readonly Model[] = [
  { backbone: "dinov2_vits14", head: "linear", outputStride: 14, size: 518 },
  { backbone: "dinov3_convnext_tiny", head: "linear", outputStride: 32, size: 512 },
];
const backbones = [...new Set([...all, ...foundation].map(({ backbone }) => backbone))];
const wanted = chosen.models?.split(",");
const unknown = wanted?.find((name) => !backbones.includes(name));
if (unknown !== undefined)
  misuse("model", `there is no backbone "${unknown}"; there are ${backbones.join(", ")}`);
const models = wanted
  ? [...all, ...foundation].filter(({ backbone }) => wanted.includes(backbone))
  : all.slice(0, chosen.quick ? 3 : undefined);

const inputs = [
  { batch: 1, size: 512 },
  { batch: 4, size: 256 },
] as const;

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const python = process.env.PYTHON ?? "/usr/bin/python3";
const ourSide = (): Side => new Side("pinmem", process.execPath, [here("sides/model.js")]);
const theirSide = (): Side => new Side("python3-torch", python, ["-P", here("../peers/model.py")]);

interface Measured {
  seconds: number[];
  cpuSeconds: number[];
  peakMiB: number;
}

/** Both or all three sides in turn, each in a process of its own, so that peaks of memory are their own too. */
async function measure(
  sides: readonly Side[],
  openings: readonly Record<string, unknown>[],
): Promise<Measured[]> {
  try {
    for (const [index, side] of sides.entries()) {
      await side.ask({ task: "open", threads: THREADS, ...openings[index] });
      side.resetPeakMemory();
    }
    const measured = sides.map((): Measured => ({ seconds: [], cpuSeconds: [], peakMiB: 0 }));
    for (let round = 0; round < WARM_UP + ROUNDS; round++) {
      for (const [index, side] of sides.entries()) {
        const { seconds, cpuSeconds } = await side.ask({ task: "run" });
        if (round < WARM_UP) continue;
        measured[index]?.seconds.push(seconds as number);
        measured[index]?.cpuSeconds.push(cpuSeconds as number);
      }
    }
    return measured.map((one, index) => ({ ...one, peakMiB: (sides[index] as Side).peakMemory / 2 ** 20 }));
  } finally {
    await Promise.all(sides.map((side) => side.close()));
  }
}

const rows: Record<string, string | number>[] = [];
const ratios: Record<string, number[]> = {};
const fixed = (value: number): number => Number(value.toPrecision(4));

function compare(what: string, key: string, ours: Measured, theirs: Measured): void {
  const time = medianRatio(ours.seconds, theirs.seconds);
  const cpu = medianRatio(ours.cpuSeconds, theirs.cpuSeconds);
  const memory = ours.peakMiB / theirs.peakMiB;
  for (const [kind, value] of Object.entries({ time, cpu, memory })) {
    const name = `${key}-${kind}-ratio`;
    ratios[name] = [...(ratios[name] ?? []), value];
  }
  rows.push({
    what,
    "ours s": fixed(median(ours.seconds)),
    "python s": fixed(median(theirs.seconds)),
    time: fixed(time),
    cpu: fixed(cpu),
    "ours MiB": Math.round(ours.peakMiB),
    "python MiB": Math.round(theirs.peakMiB),
    memory: fixed(memory),
  });
}

const versions = [ourSide(), theirSide()];
const found = await Promise.all(versions.map((side) => side.ask({ task: "versions" })));
await Promise.all(versions.map((side) => side.close()));

for (const model of models) {
  const isFoundation = foundation.includes(model);
  for (const input of isFoundation ? [{ batch: 1, size: model.size ?? 512 }] : inputs) {
    const name = `${model.backbone} ${model.head} /${model.outputStride}, ${input.batch}x3x${input.size}x${input.size}`;
    const ours = (mode: string) => ({
      ...input,
      mode,
      memoryFormat: chosen.layout === "contiguous" ? "contiguous" : "channelsLast",
      network: {
        backbone: model.backbone,
        head: model.head,
        outputStride: model.outputStride,
        memory: isFoundation ? null : {},
      },
    });
    const theirs = (mode: string) => ({ ...input, mode, ...model });
    const [plain, prepared, evaluated] = (await measure(
      [ourSide(), ourSide(), theirSide()],
      [ours("evaluation"), ours("prepared"), theirs("evaluation")],
    )) as [Measured, Measured, Measured];
    const kind = isFoundation ? "foundation-" : "";
    compare(`${name}: evaluation`, `plain-${kind}evaluation`, plain, evaluated);
    compare(`${name}: evaluation, prepared`, `${kind}evaluation`, prepared, evaluated);
    const [trained, peer] = (await measure(
      [ourSide(), theirSide()],
      [ours("training"), theirs("training")],
    )) as [Measured, Measured];
    compare(`${name}: training`, `${kind}training`, trained, peer);
    console.error(`${name}: done`);
  }
}

const limits: Record<string, number> = {
  "evaluation-time-ratio": 0.75,
  "evaluation-memory-ratio": 1.0,
  "training-time-ratio": 1.02,
  "training-memory-ratio": 1.0,
  "foundation-evaluation-time-ratio": 1.0,
  "foundation-evaluation-memory-ratio": 1.0,
  "foundation-training-time-ratio": 1.02,
  "foundation-training-memory-ratio": 1.0,
};
const figures = Object.fromEntries(
  Object.entries(ratios).map(([name, values]): [string, Figure] => {
    const limit = limits[name];
    return [name, { value: geometricMean(values), ...(limit && { goal: { at: "most", limit } }) }];
  }),
);

report({
  name: "model",
  versions: Object.assign({}, ...found) as Record<string, string>,
  settings: {
    threads: THREADS,
    rounds: ROUNDS,
    warmUp: WARM_UP,
    layout: chosen.layout ?? "",
    models: models.length,
  },
  rows,
  figures,
  notes: [
    "Figures are geometric means over networks and inputs; peaks of memory are those of whole processes.",
    "Training with one image: the batch norm of the pyramid's image pooling, which one value cannot train, is in evaluation mode on both sides.",
  ],
});
