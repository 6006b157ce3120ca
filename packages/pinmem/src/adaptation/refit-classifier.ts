// A network whose last convolution follows labeled pictures of a place, for good.

import { setImmediate } from "node:timers/promises";
import { type Device, noGrad, scope } from "@pinmem/torch";
import type { Dataset } from "../datasets/dataset.js";
import { withOwnStatistics } from "../inference/own-look.js";
import type { TestTimeNormalization } from "../inference/test-time-normalization.js";
import { evaluationImages, pictureOf } from "../loading/evaluation-loader.js";
import { imageTensors } from "../loading/image-tensors.js";
import type { BackboneNetwork } from "../models/backbone-network.js";
import { type ClassifierSums, fitClassifier, sumEncoded, totalOf } from "./classifier-fit.js";
import type { PictureEvidence } from "./leave-one-out.js";

export interface RefitOptions {
  readonly strength: number;
  readonly device?: Device;
  /** Of the network, where it mixes each picture's own statistics in. Default none. */
  readonly normalization?: TestTimeNormalization | null;
}

/**
 * Adds the fit to the pictures' labels, times `strength`, to the network's last convolution.
 * @throws DataError naming a picture or label that cannot be used
 */
export async function refitClassifier(
  network: BackboneNetwork,
  labeled: Dataset,
  { strength, device = "cpu", normalization = null }: RefitOptions,
): Promise<void> {
  const sums: ClassifierSums[] = [];
  try {
    for await (const picture of evaluationImages(labeled)) {
      const sum = () => {
        const { image, label } = imageTensors(picture, device);
        return sumEncoded(network, network.encode(image), label);
      };
      const look = { device, normalization };
      sums.push(scope(() => noGrad(() => withOwnStatistics(network, pictureOf(picture), look, sum))));
      await setImmediate(); // Signals are heard in between.
    }
    addFit(network, sums, strength);
  } finally {
    for (const one of sums) one[Symbol.dispose]();
  }
}

/** The same from what pictures have said already. */
export const refitClassifierFrom = (
  network: BackboneNetwork,
  pictures: readonly PictureEvidence[],
  strength: number,
): void =>
  addFit(
    network,
    pictures.flatMap(({ classifier }) => classifier ?? []),
    strength,
  );

function addFit(network: BackboneNetwork, sums: readonly ClassifierSums[], strength: number): void {
  using total = totalOf(sums);
  using fit = fitClassifier(total, network.classes);
  if (!fit) return;
  const { weight, context, bias } = network.addContext();
  noGrad(() =>
    scope(() => {
      weight.add_(fit.weight.to(weight.dtype), { alpha: strength });
      context.add_(fit.context.to(context.dtype), { alpha: strength });
      bias?.add_(fit.bias.to(weight.dtype), { alpha: strength });
    }),
  );
}
