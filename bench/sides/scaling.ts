// A rank of `npm run bench -- scaling`: exchanges what a training step does, without computing anything.

import { readFileSync } from "node:fs";
import { buildInfo, keep, type Tensor, zeros } from "@pinmem/torch";
import { type GradientCompression, openWorld, type World } from "pinmem/training";
import { answer } from "../lib/answer.js";

interface Building {
  /** Of the gradients. */
  readonly bytes: number;
  readonly compression: GradientCompression;
}

const PIECES = 20;

let world: World | undefined;
let compression: GradientCompression = "none";
let gradients: Tensor[] = [];
let small: Tensor[] = [];

async function build({ bytes, compression: asked }: Building) {
  compression = asked;
  world = await openWorld();
  gradients = Array.from({ length: PIECES }, () => keep(zeros([Math.round(bytes / 4 / PIECES)])));
  small = Array.from({ length: 3 }, () => keep(zeros([100], { dtype: "float64" })));
  return { libtorch: buildInfo().libtorch };
}

/** As a step does: gradients and losses, statistics, the memory's sums, whether an end was asked for. */
async function exchange(together: World) {
  await together.any(false);
  const sentBefore = bytesSent();
  const begin = performance.now();
  const [losses, statistics, sums] = small as [Tensor, Tensor, Tensor];
  await together.sum(gradients, { compression });
  await together.sum([losses]);
  await together.sum([statistics]);
  await together.sum([sums]);
  await together.any(false);
  return { seconds: (performance.now() - begin) / 1000, sent: bytesSent() - sentBefore };
}

/** By this machine, since it is there: with the headers of what carries them. */
const bytesSent = (): number => Number(readFileSync("/sys/class/net/eth0/statistics/tx_bytes", "utf8"));

await answer(async ({ task, ...rest }) => {
  if (task === "build") return build(rest as unknown as Building);
  if (task !== "step" || !world) throw new Error(`unknown task ${task}`);
  return exchange(world);
});
process.exit(0);
