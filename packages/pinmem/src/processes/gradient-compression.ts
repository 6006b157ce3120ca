// Sums over processes whose numbers travel as bfloat16: half the bytes of single precision, for gradients on networks that are the slower
// part. PyTorch has it as bf16_compress_hook of DistributedDataParallel (https://docs.pytorch.org/docs/stable/ddp_comm_hooks.html), which
// also adds up in bfloat16. Here every process adds up one part of N in single precision, in the order of ranks, so that a number is
// rounded twice however many processes there are: where it leaves its process, and as part of the sum. All get the same bits.
//
// A ring carries 2 (N - 1) / N of the numbers from each process to its neighbor; this the same, half to all others and half round a ring.

import { cat, dispose, type distributed, keep, noGrad, scope, type Tensor, zeros } from "@pinmem/torch";

export const gradientCompressions = ["none", "bfloat16"] as const;
export type GradientCompression = (typeof gradientCompressions)[number];

/** Adds up a flat tensor over all processes, in place. */
export async function sumInBfloat16(group: distributed.ProcessGroup, flat: Tensor): Promise<void> {
  const parts = keep(scope(() => noGrad(() => inParts(flat, group.worldSize))));
  let sum: Tensor | undefined;
  let sums: Tensor[] = [];
  try {
    const ofAll = await group.allToAll(parts);
    try {
      sum = keep(scope(() => noGrad(() => sumOfRows(ofAll))));
    } finally {
      dispose(ofAll);
    }
    sums = await gathered(group, sum);
    scope(() => noGrad(() => flat.copy_(cat(sums).narrow(0, 0, flat.numel))));
  } finally {
    dispose([parts, sum ?? [], sums]);
  }
}

/** Between two, a ring is all to all, which goes both ways at once; Gloo's ring of two does not (process_groups.cpp). */
async function gathered(group: distributed.ProcessGroup, sum: Tensor): Promise<Tensor[]> {
  if (group.worldSize !== 2) return group.allGather(sum);
  const twice = keep(scope(() => noGrad(() => cat([sum, sum]))));
  try {
    return [await group.allToAll(twice)];
  } finally {
    dispose(twice);
  }
}

/** Rounded, one row for each process; filled up with zeros. */
function inParts(flat: Tensor, count: number): Tensor {
  const missing = (count - (flat.numel % count)) % count;
  const rounded = flat.to("bfloat16");
  const { dtype, device } = rounded;
  return (missing === 0 ? rounded : cat([rounded, zeros([missing], { dtype, device })])).view([count, -1]);
}

function sumOfRows(rows: Tensor): Tensor {
  const sum = rows.select(0, 0).to("float32");
  for (let row = 1; row < (rows.shape[0] as number); row++) sum.add_(rows.select(0, row));
  return sum.to("bfloat16");
}
