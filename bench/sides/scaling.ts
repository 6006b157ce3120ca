// A rank of `npm run bench -- scaling`: exchanges what a training step does, without computing anything.

import { buildInfo, keep, type Tensor, zeros } from "@pinmem/torch";
import { openWorld, type World } from "pinmem/training";
import { answer } from "../lib/answer.js";

interface Building {
  /** Of the gradients. */
  readonly bytes: number;
}

const PIECES = 20;

let world: World | undefined;
let gradients: Tensor[] = [];
let small: Tensor[] = [];

async function build({ bytes }: Building) {
  world = await openWorld();
  gradients = Array.from({ length: PIECES }, () => keep(zeros([Math.round(bytes / 4 / PIECES)])));
  small = Array.from({ length: 3 }, () => keep(zeros([100], { dtype: "float64" })));
  return { libtorch: buildInfo().libtorch };
}

/** As a step does: gradients and losses, statistics, the memory's sums, whether an end was asked for. */
async function exchange(together: World): Promise<number> {
  await together.any(false);
  const begin = performance.now();
  const [losses, statistics, sums] = small as [Tensor, Tensor, Tensor];
  await together.sum([...gradients, losses]);
  await together.sum([statistics]);
  await together.sum([sums]);
  await together.any(false);
  return (performance.now() - begin) / 1000;
}

await answer(async ({ task, ...rest }) => {
  if (task === "build") return build(rest as unknown as Building);
  if (task !== "step" || !world) throw new Error(`unknown task ${task}`);
  return { seconds: await exchange(world) };
});
process.exit(0);
