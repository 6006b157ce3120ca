// A network whose last convolution follows labeled pictures of a place, for good.

import { setImmediate } from "node:timers/promises";
import { type Device, noGrad, scope } from "@pinmem/torch";
import type { Dataset } from "../datasets/dataset.js";
import type { TestTimeNormalization } from "../inference/test-time-normalization.js";
import { evaluationImages } from "../loading/evaluation-loader.js";
import type { BackboneNetwork } from "../models/backbone-network.js";
import { fitClassifier, totalOf } from "./classifier-fit.js";
import { EncodedPicture } from "./encoded-picture.js";
import type { PictureEvidence } from "./leave-one-out.js";

export interface RefitOptions {
  readonly strength: number;
  readonly device?: Device;
  /** Of the network, where it mixes each picture's own statistics in. Default none. */
  readonly normalization?: TestTimeNormalization | null;
  /** The classes that labels name, where what the network sees stands for the others. Default null: these are not asked for. */
  readonly named?: ReadonlySet<number> | null;
}

/**
 * Adds the fit to the pictures' labels, times `strength`, to the network's last convolution.
 * @throws DataError naming a picture or label that cannot be used
 */
export async function refitClassifier(
  network: BackboneNetwork,
  labeled: Dataset,
  { strength, device = "cpu", normalization = null, named = null }: RefitOptions,
): Promise<void> {
  const asked = { vote: network.memory?.voteWeight ?? 0 };
  const others = named && { named, asked, frequencies: null };
  const pictures: EncodedPicture[] = [];
  try {
    for await (const picture of evaluationImages(labeled)) {
      const options = { device, normalization, classifier: true, keepUpTo: 0, ...(others && { others }) };
      pictures.push(new EncodedPicture(network, picture, options));
      await setImmediate(); // Signals are heard in between.
    }
    refitClassifierFrom(network, pictures, strength);
  } finally {
    for (const one of pictures) one[Symbol.dispose]();
  }
}

/** The same from what pictures have said already. */
export function refitClassifierFrom(
  network: BackboneNetwork,
  pictures: readonly PictureEvidence[],
  strength: number,
): void {
  using total = totalOf(pictures.flatMap(({ classifier }) => classifier ?? []));
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
