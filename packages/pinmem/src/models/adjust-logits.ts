// Logits without what a network knows of how frequent classes are: a network that was trained with cross entropy adds the logarithm
// of each class's frequency to its logits, so that rare ones are rarely said, while mean IoU counts all classes alike and other places
// have other frequencies. That is a constant for each class, so it is taken out of the last convolution's bias, at no cost.
// Source: Menon et al., "Long-tail learning via logit adjustment", ICLR 2021, section 4.1 (post hoc, their tau is the weight).

import { type Device, noGrad, scope, type Tensor, TorchError, tensor } from "@pinmem/torch";
import { BackboneNetwork } from "./backbone-network.js";
import type { SegmentationNetwork } from "./segmentation-network.js";

/** Logarithms (K); of a class that does not occur 0: nothing is known of it, and it becomes no likelier. */
export const logFrequencies = (frequencies: readonly number[], device: Device = "cpu"): Tensor =>
  tensor(
    frequencies.map((share) => (share > 0 ? Math.log(share) : 0)),
    { dtype: "float32", device },
  );

/** Logits (B, K, H, W) of a network as they were before `adjustLogits`. */
export const beforeAdjustment =
  (frequencies: readonly number[], weight: number) =>
  (logits_BKHW: Tensor): Tensor =>
    scope(() =>
      logits_BKHW.add(logFrequencies(frequencies, logits_BKHW.device).view([1, -1, 1, 1]), { alpha: weight }),
    );

/**
 * Subtracts `weight` times the logarithms of the classes' frequencies from the logits of a network, in place.
 * @throws TorchError where its last convolution is not known, or the classes are others
 */
export function adjustLogits(
  network: SegmentationNetwork,
  frequencies: readonly number[],
  weight: number,
): void {
  const refusal = (argument: string, why: string): TorchError =>
    new TorchError(`argument '${argument}' ${why}`, { operator: "adjustLogits", argument });
  const bias = network instanceof BackboneNetwork ? network.classifier.bias : null;
  if (!bias) throw refusal("network", "must have a last convolution with a bias");
  if (frequencies.length !== network.classes)
    throw refusal("frequencies", `must be those of ${network.classes} classes, got ${frequencies.length}`);
  noGrad(() => scope(() => bias.sub_(logFrequencies(frequencies, bias.device), { alpha: weight })));
}
