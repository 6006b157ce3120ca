// Several rows a class: which of them a labeled pixel is written into, and which a pixel reads.
//
// Rows lie class after class: row r of class k is at k R + r. A pixel reads the nearest row of each class (SPC-Net's rule); rows that
// were never written are no row at all. It is written into the row of its image's domain (one per class and source domain:
// Huang et al., SPC-Net, "Style Projected Clustering for Domain Generalized Semantic Segmentation", CVPR 2023), or into the one
// that an even clustering of its class finds for it (Zhou et al., "Rethinking Semantic Segmentation: A Prototype View", CVPR 2022).
// Shapes: B batch, K classes, R rows of a class, C width, h w feature resolution, N = h w.

import { arange, keep, noGrad, scope, type Tensor, TorchError, tensor } from "@pinmem/torch";

/** From the shares (B, K, N) of the classes in each pixel, how much of each goes into each row: (B or 1, K or 1, R, N or 1). */
export type RowChoice = (share_BKN: Tensor) => Tensor;

/** Shares (B, K R, N) of the rows in each pixel. */
export function splitByRow(share_BKN: Tensor, choice_BKRN: Tensor): Tensor {
  const [batch = 0, , pixels = 0] = share_BKN.shape;
  return share_BKN.unsqueeze(2).mul(choice_BKRN.to(share_BKN.dtype)).view([batch, -1, pixels]);
}

/** Each image has a row of its own. @param rowOf which row, image by image */
export const byImage =
  (rowOf: readonly number[], rows: number): RowChoice =>
  ({ device }) =>
    tensor([...rowOf], { dtype: "int64", device })
      .view([-1, 1, 1, 1])
      .eq(rowIndex(rows, device).view([1, 1, rows, 1]));

/** @throws TorchError where images have no row, or one that is not there */
export function checkRowsOf(
  rowOf: readonly number[] | undefined,
  { images, rows, operator }: { images: number; rows: number; operator: string },
): asserts rowOf is readonly number[] {
  const fits =
    rowOf?.length === images && rowOf.every((row) => Number.isInteger(row) && row >= 0 && row < rows);
  if (fits) return;
  const got = rowOf ? `[${rowOf.join(", ")}]` : "none";
  throw new TorchError(
    `argument 'domains' must be one of 0 to ${rows - 1} for each of ${images} images, whose rows they are written into, got ${got}`,
    { operator, argument: "domains" },
  );
}

const ROUNDS = 3;
/** As in ProtoSeg. */
const SMOOTHNESS = 0.05;

/**
 * Divides the pixels of each class evenly among its rows, by cosine (Sinkhorn-Knopp, as in ProtoSeg); each goes to one row. No
 * gradient flows through the choice.
 * @param direction_BChw unit features @param items_RC rows, class after class
 */
export const byCluster =
  (direction_BChw: Tensor, items_RC: Tensor, rows: number): RowChoice =>
  (share_BKN) =>
    noGrad(() =>
      scope(() => {
        let flow_KRM = firstFlow(direction_BChw, items_RC, share_BKN, rows);
        const share_K1M = overImages(share_BKN.unsqueeze(2));
        for (let round = 0; round < ROUNDS; round++)
          flow_KRM = balanced(flow_KRM, flow_KRM.sum([2], { keepdim: true }), share_K1M);
        return chosenRows(flow_KRM, share_BKN);
      }),
    );

/**
 * The same over pixels that several processes have, each its own; the shares (B, K, N) are known before. The promise gives the choice
 * for this process's pixels.
 * @param sum adds a tensor up over all of them, in place
 */
export async function byClusterOverRanks(
  direction_BChw: Tensor,
  items_RC: Tensor,
  { rows, share_BKN, sum }: { rows: number; share_BKN: Tensor; sum: (tensor: Tensor) => Promise<void> },
): Promise<Tensor> {
  const detached = <T>(body: () => T): T => keep(noGrad(() => scope(body))) as T;
  let flow_KRM = detached(() => firstFlow(direction_BChw, items_RC, share_BKN, rows));
  try {
    for (let round = 0; round < ROUNDS; round++) {
      const total_KR1 = detached(() => flow_KRM.sum([2], { keepdim: true }));
      try {
        await sum(total_KR1);
        const next = detached(() => balanced(flow_KRM, total_KR1, overImages(share_BKN.unsqueeze(2))));
        flow_KRM.dispose();
        flow_KRM = next;
      } finally {
        total_KR1.dispose();
      }
    }
    return detached(() => chosenRows(flow_KRM, share_BKN));
  } finally {
    flow_KRM.dispose();
  }
}

/** (B, K, X, N) to (K, X, M), with the M = B N pixels of all images in a row. */
function overImages(value: Tensor): Tensor {
  const [batch = 0, classes = 0, middle = 0, pixels = 0] = value.shape;
  return value.permute([1, 2, 0, 3]).reshape([classes, middle, batch * pixels]);
}

/** (K, R, M). */
function firstFlow(direction_BChw: Tensor, items_RC: Tensor, share_BKN: Tensor, rows: number): Tensor {
  const [batch = 0, classes = 0, pixels = 0] = share_BKN.shape;
  const direction_BCN = direction_BChw.flatten({ startDim: 2 });
  const cosine_BKRN = items_RC
    .to(direction_BCN.dtype)
    .matmul(direction_BCN)
    .view([batch, classes, rows, pixels]);
  return overImages(cosine_BKRN)
    .sub(1)
    .div(SMOOTHNESS)
    .exp()
    .mul(overImages(share_BKN.unsqueeze(2)));
}

const LEAST = 1e-30;

/** A round: first all rows of a class get the same, then each pixel gives its share. @param total_KR1 what the rows have */
const balanced = (flow_KRM: Tensor, total_KR1: Tensor, share_K1M: Tensor): Tensor => {
  const even_KRM = flow_KRM.div(total_KR1.clamp({ min: LEAST }));
  return even_KRM.div(even_KRM.sum([1], { keepdim: true }).clamp({ min: LEAST })).mul(share_K1M);
};

/** (B, K, R, N): for each pixel the row that most of it flows to. */
function chosenRows(flow_KRM: Tensor, share_BKN: Tensor): Tensor {
  const [batch = 0, classes = 0, pixels = 0] = share_BKN.shape;
  const rows = flow_KRM.size(1);
  const [, chosen_KM] = flow_KRM.max(1) as [Tensor, Tensor];
  return chosen_KM
    .view([classes, batch, pixels])
    .permute([1, 0, 2])
    .unsqueeze(2)
    .eq(rowIndex(rows, share_BKN.device).view([1, 1, rows, 1]));
}

export interface NearestRows {
  /** Of each class the cosine of its nearest row, (B, K, h, w); 0 where none was written. */
  readonly scores: Tensor;
  /** Which row that is, bool (B, K, R, h, w). */
  readonly isNearest: Tensor;
}

/** Below any cosine. */
const NONE = -2;

/** The nearest row of each class. @param cosines (B, K R, h, w) @param present_R which rows were written, bool (K R) */
export function nearestRows(cosines: Tensor, present_R: Tensor, rows: number): NearestRows {
  const [batch = 0, all = 0, h = 0, w = 0] = cosines.shape;
  const classes = all / rows;
  const isAbsent = present_R.logicalNot().view([1, classes, rows, 1, 1]);
  const cosines_BKRhw = cosines.view([batch, classes, rows, h, w]).maskedFill(isAbsent, NONE);
  const [nearest_BKhw, index_BKhw] = cosines_BKRhw.max(2) as [Tensor, Tensor];
  const isUnknown = classesPresent(present_R, rows).logicalNot().view([1, classes, 1, 1]);
  return {
    scores: nearest_BKhw.maskedFill(isUnknown, 0),
    isNearest: index_BKhw.unsqueeze(2).eq(rowIndex(rows, cosines.device).view([1, 1, rows, 1, 1])),
  };
}

/** Weights of the rows (B, K R, h, w) from those of the classes: each goes to the class's nearest row. */
export const rowWeights = (weights_BKhw: Tensor, isNearest: Tensor | null): Tensor =>
  isNearest ? isNearest.mul(weights_BKhw.unsqueeze(2)).flatten({ startDim: 1, endDim: 2 }) : weights_BKhw;

/** Of the rows where they are told by class: [K, C], or with several rows a class [K, R, C]. */
export const rowShape = ({
  classes,
  rowsPerClass,
  width,
}: {
  readonly classes: number;
  readonly rowsPerClass: number;
  readonly width: number;
}): [number, number] | [number, number, number] =>
  rowsPerClass === 1 ? [classes, width] : [classes, rowsPerClass, width];

/** Classes of which a row was written, bool (K). */
export const classesPresent = (present_R: Tensor, rows: number): Tensor =>
  rows === 1 ? present_R : present_R.view([-1, rows]).any(1);

const rowIndex = (rows: number, device: Tensor["device"]): Tensor => arange(rows, { dtype: "int64", device });
