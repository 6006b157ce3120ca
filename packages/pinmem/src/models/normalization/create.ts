// One instance normalization layer of a given kind, and what follows it in a block.

import { nn, type Tensor } from "@pinmem/torch";
import { InstanceWhitening, type Whitened } from "./instance-whitening.js";
import type { NormalizationKind } from "./placement.js";
import { SwitchableWhitening } from "./switchable-whitening.js";

/** What a block or a normalization gives: a tensor, and with whitening also the tensor for the whitening loss. */
export type BlockOutput = Tensor | Whitened;
export type Normalization = nn.Module<[Tensor], BlockOutput>;

export function createNormalization(kind: NormalizationKind, channels: number): Normalization {
  switch (kind) {
    case "instance-norm":
      return new nn.InstanceNorm2d(channels, { affine: true });
    case "instance-standardization":
      return new nn.InstanceNorm2d(channels);
    case "instance-whitening":
      return new InstanceWhitening(channels);
    case "selective-whitening":
      return new InstanceWhitening(channels, { selective: true });
    case "switchable-whitening":
      return new SwitchableWhitening(channels);
  }
}

/** The normalization of a stage's last block, or null. */
export const optionalNormalization = (
  kind: NormalizationKind | undefined,
  channels: number,
): Normalization | null => (kind ? createNormalization(kind, channels) : null);

/** `layer` of a block's output; a whitened tensor passes beside it. */
export function applyTo(output: BlockOutput, layer: (output: Tensor) => Tensor): BlockOutput {
  return isWhitened(output) ? { output: layer(output.output), whitened: output.whitened } : layer(output);
}

export const isWhitened = (output: BlockOutput): output is Whitened => "whitened" in output;
