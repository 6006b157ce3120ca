// The confusion matrix of tensors that are already on a device: the pixels are counted there, and K x K numbers come back.

import { type ConfusionMatrix, IGNORE_INDEX } from "@pinmem/core";
import { noGrad, scope, type Tensor, TorchError } from "@pinmem/torch";

/**
 * Adds the pixels of predicted and true train ids to a matrix.
 * @param prediction int64, any shape, on any device
 * @param label int64, the same shape
 * @throws TorchError where shapes differ or a value is no class; nothing is counted then
 */
export function countTensors(matrix: ConfusionMatrix, prediction: Tensor, label: Tensor): void {
  const { classes, counts } = matrix;
  const fail = (argument: string, message: string) =>
    new TorchError(`argument '${argument}' ${message}`, { operator: "countTensors", argument });
  if (prediction.shape.join() !== label.shape.join()) {
    throw fail("label", `must have the shape of the prediction, ${prediction}, got ${label}`);
  }
  const joint = scope(() =>
    noGrad(() => {
      // One row more than there are classes takes the ignored pixels.
      const row = label.flatten().maskedFill(label.flatten().eq(IGNORE_INDEX), classes);
      checkRange(row, classes, () => fail("label", `may hold 0 to ${classes - 1} and ${IGNORE_INDEX}`));
      const column = prediction.flatten();
      checkRange(column, classes - 1, () => fail("prediction", `may hold 0 to ${classes - 1}`));
      return row
        .mul(classes)
        .add(column)
        .bincount({ minlength: (classes + 1) * classes })
        .toTypedArray() as BigInt64Array;
    }),
  );
  for (let at = 0; at < counts.length; at++) counts[at] = (counts[at] as number) + Number(joint[at]);
}

function checkRange(values: Tensor, largest: number, error: () => Error): void {
  if (values.numel === 0) return;
  if (values.min().toNumber() < 0 || values.max().toNumber() > largest) throw error();
}
