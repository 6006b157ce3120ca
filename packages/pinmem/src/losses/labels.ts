// Labels where losses and memory meet them: are they what they should be, and how they look at a feature's resolution
// for a head that is trained there (the auxiliary one).
//
// Not here: the memory's own way down, which keeps shares of classes (memory/label-weights.ts).
// Shapes: B batch, K classes, H W label resolution, h w feature resolution.

import { IGNORE_INDEX } from "@pinmem/core";
import { fromTypedArray, scope, type Tensor, TorchError } from "@pinmem/torch";

export interface LabelOptions {
  /** The value of pixels that do not count; default 255. */
  ignoreIndex?: number;
}

interface Expected extends LabelOptions {
  /** Who asks, for the message. */
  operator: string;
  batch: number;
  classes: number;
  /** The resolution that the label must have; any by default. */
  size?: readonly [height: number, width: number];
}

/**
 * Refuses a label that is not int64 (B, H, W) with values 0 … classes-1 or `ignoreIndex`, before anything is computed:
 * on a GPU a wrong value would otherwise end the process.
 *
 * @throws TorchError naming the value and what is allowed
 */
export function checkLabel(label_BHW: Tensor, expected: Expected): void {
  const { operator, batch, classes, size, ignoreIndex = IGNORE_INDEX } = expected;
  const fail = (message: string) => new TorchError(message, { operator, argument: "label" });
  const [b, height = 0, width = 0] = label_BHW.shape;
  if (label_BHW.dtype !== "int64" || label_BHW.dim !== 3 || b !== batch || height * width === 0) {
    throw fail(`argument 'label' must be int64[${batch}, H, W], got ${label_BHW}`);
  }
  if (size && (size[0] !== height || size[1] !== width)) {
    throw fail(
      `argument 'label' must have the resolution of the logits, ${size.join(" x ")}, got ${height} x ${width}`,
    );
  }
  const stray = strayValue(label_BHW, classes, ignoreIndex);
  if (stray !== undefined) {
    throw fail(
      `argument 'label' holds ${stray}; with ${classes} classes it may hold 0 to ${classes - 1}, ` +
        `and ${ignoreIndex} for pixels to be ignored`,
    );
  }
}

/** Refuses logits that are not (B, K, H, W), and labels that do not belong to them. */
export function checkLogits(
  logits_BKHW: Tensor,
  label_BHW: Tensor,
  { operator, ignoreIndex = IGNORE_INDEX }: LabelOptions & { operator: string },
): void {
  const [batch = 0, classes = 0, height = 0, width = 0] = logits_BKHW.shape;
  if (logits_BKHW.dim !== 4) {
    throw new TorchError(`argument 'logits' must be [B, K, H, W], got ${logits_BKHW}`, {
      operator,
      argument: "logits",
    });
  }
  checkLabel(label_BHW, { operator, batch, classes, size: [height, width], ignoreIndex });
}

// One label meets several losses and the memory within a step; its values are looked at once.
const seen = new WeakMap<Tensor, string>();

function strayValue(label: Tensor, classes: number, ignoreIndex: number): number | undefined {
  const version = versionOf(label);
  const state = `${version} ${classes} ${ignoreIndex}`;
  if (version !== undefined && seen.get(label) === state) return undefined;
  const stray = scope(() => {
    const outside = label
      .clamp({ min: 0, max: classes - 1 })
      .ne(label)
      .logicalAnd(label.ne(ignoreIndex));
    return outside.any().item() ? label.maskedSelect(outside).min().toNumber() : undefined;
  });
  if (stray === undefined) seen.set(label, state);
  return stray;
}

function versionOf(label: Tensor): number | undefined {
  try {
    return label.version;
  } catch {
    return undefined; // tensors made in inference mode have none
  }
}

/**
 * Labels (B, H, W) at a lower resolution (B, h, w): the pixel at floor(i H/h), floor(j W/w), as PyTorch's nearest
 * interpolation takes it, which computes the scale in single precision.
 */
export function nearestLabel(label_BHW: Tensor, [h, w]: readonly [number, number]): Tensor {
  const [, height = 0, width = 0] = label_BHW.shape;
  return scope(() => {
    const rows = fromTypedArray(nearestIndices(height, h), [h], { device: label_BHW.device });
    const columns = fromTypedArray(nearestIndices(width, w), [w], { device: label_BHW.device });
    return label_BHW.indexSelect(1, rows).indexSelect(2, columns);
  });
}

function nearestIndices(from: number, to: number): BigInt64Array {
  const scale = Math.fround(from / to);
  const nearest = (i: number) => Math.min(Math.floor(Math.fround(i * scale)), from - 1);
  return BigInt64Array.from({ length: to }, (_, i) => BigInt(nearest(i)));
}
