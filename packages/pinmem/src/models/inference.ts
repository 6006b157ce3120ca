// The evaluation form of a network: batch norms are folded into the convolutions before them, on the CPU ReLUs are fused with
// the convolution or the sum before them, the auxiliary head is gone, no gradients are kept, and weights lie in the layout in
// which convolutions are fastest (bench/model measures both).
//
// It gives the same logits up to the rounding of single precision, and is still a network with `encode`, the memory's read
// and `decode`, so every evaluation protocol takes it. It cannot be trained or saved: the network that is given is turned
// into it. Keep the weights, or prepare a second network.
// Source: y = g (W x - m) / s + b is a convolution again, with weights W g / s and bias b - g m / s, s = sqrt(var + eps).

import { nn, noGrad, scope, type Tensor, TorchError } from "@pinmem/torch";
import { mergeAdapters } from "./adapters/adapter.js";
import { BackboneNetwork } from "./backbone-network.js";
import { ResidualBlock, SumReLU } from "./backbones/residual-blocks.js";
import { EndLayer } from "./backbones/shufflenet-v2.js";
import { Stage } from "./backbones/stage.js";
import { JoinedConv2d } from "./heads/joined-convolution.js";
import { replaceChild, setField } from "./replace-module.js";
import type { SegmentationNetwork } from "./segmentation-network.js";

export interface InferenceOptions {
  /** Layout of features: channels of a pixel side by side, or pixels of a channel. Default "channelsLast". */
  memoryFormat?: "channelsLast" | "contiguous";
}

/**
 * Turns a network into its evaluation form.
 * @returns the same network
 * @throws TorchError naming the first weights that hold NaN or infinity, which fused ReLUs would hide
 */
export function prepareForInference<N extends SegmentationNetwork>(
  network: N,
  { memoryFormat = "channelsLast" }: InferenceOptions = {},
): N {
  if (memoryFormat !== "channelsLast" && memoryFormat !== "contiguous") {
    throw new RangeError(
      `prepareForInference: option 'memoryFormat' must be "channelsLast" or "contiguous", got "${memoryFormat}"`,
    );
  }
  network.eval().requiresGrad_(false);
  removeAuxiliaryHead(network);
  if (network instanceof BackboneNetwork) mergeAdapters(network.backbone);
  noGrad(() => foldBatchNorms(network));
  requireFinite(network);
  if (memoryFormat === "channelsLast") {
    network.to({ memoryFormat: "channelsLast" });
    fuseReLUs(network);
  }
  return network;
}

function requireFinite(network: SegmentationNetwork): void {
  for (const [name, tensor] of network.stateDict()) {
    if (scope(() => noGrad(() => Number.isFinite(tensor.sum().toNumber())))) continue;
    throw new TorchError(`weights '${name}' hold NaN or infinite values`, {
      operator: "prepareForInference",
    });
  }
}

class NoAuxiliaryHead extends nn.Sequential {
  override forward(): never {
    throw new TorchError("a network prepared for inference has no auxiliary head", {
      operator: "auxiliaryLogits",
    });
  }
}

function removeAuxiliaryHead(network: SegmentationNetwork): void {
  if (!(network instanceof BackboneNetwork)) return;
  const { dsn } = network;
  replaceChild(network, "dsn", new NoAuxiliaryHead());
  for (const tensor of dsn.stateDict().values()) tensor.dispose();
}

/**
 * Whether a child takes what the one before it gave. In a module of somebody's own, whose `forward` may call its children in
 * any order, nothing is known of that.
 */
export const runsInOrder = (module: nn.AnyModule): boolean =>
  [nn.Sequential, Stage, ResidualBlock, EndLayer].some((kind) => module instanceof kind);

/** Everywhere in the tree where a batch norm follows a convolution. */
function foldBatchNorms(parent: nn.AnyModule): void {
  if (parent instanceof EndLayer && parent.instanceNormLayer) return; // there it stands in for the batch norm
  const inOrder = runsInOrder(parent);
  let before: nn.AnyModule | undefined;
  for (const [name, child] of [...parent.namedChildren()]) {
    if (inOrder && before instanceof nn.Conv2d && child instanceof nn.BatchNorm2d && isFoldable(child)) {
      fold(before, child);
      replaceChild(parent, name, new nn.Identity());
    } else {
      foldBatchNorms(child);
    }
    before = child;
  }
}

/** Batch norms with statistics, scale and shift are. */
const isFoldable = ({ runningMean, runningVar, weight, bias }: nn.BatchNorm2d): boolean =>
  [runningMean, runningVar, weight, bias].every((part) => part);

function fold(convolution: nn.Conv2d, norm: nn.BatchNorm2d): void {
  const { runningMean, runningVar, weight, bias, eps } = norm;
  if (!runningMean || !runningVar || !weight || !bias) throw new Error("internal: isFoldable was not asked");
  const shift = scope(() => {
    const scale = weight.div(runningVar.add(eps).sqrt());
    convolution.weight.mul_(scale.view([-1, 1, 1, 1]));
    const before: Tensor = convolution.bias ? convolution.bias.sub(runningMean) : runningMean.neg();
    return new nn.Parameter(before.mul(scale).add(bias), { requiresGrad: false });
  });
  convolution.bias?.dispose();
  setField(convolution, "bias", shift);
  for (const tensor of norm.stateDict().values()) tensor.dispose();
}

/** Everywhere in the tree where a ReLU follows a convolution, with or without a folded batch norm between. */
function fuseReLUs(parent: nn.AnyModule): void {
  const inOrder = runsInOrder(parent);
  let convolution: [name: string, module: nn.Conv2d] | undefined;
  for (const [name, child] of [...parent.namedChildren()]) {
    if (child instanceof nn.Identity) continue;
    if (inOrder && convolution && child instanceof nn.ReLU) {
      const [at, module] = convolution;
      if (module instanceof JoinedConv2d) module.fusesReLU = true;
      else replaceChild(parent, at, new nn.ConvReLU2d(module).eval());
      replaceChild(parent, name, new nn.Identity());
    } else if (child instanceof SumReLU) {
      setField(parent, name, new nn.AddReLU().eval());
    } else {
      fuseReLUs(child);
    }
    convolution = child instanceof nn.Conv2d && nn.ConvReLU2d.accepts(child) ? [name, child] : undefined;
  }
}
