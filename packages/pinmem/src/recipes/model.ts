// Which network a run trains, and the weights it starts from: a backbone and a head by their names, or a whole network of one's
// own by its name.

import { z } from "zod";
import { adapterProblemOf, adapterSchema } from "../models/adapters/adapter.js";
import { foundationConfig, isTransformer, positionRules, strideOf } from "../models/backbones/vit/config.js";
import { completeNetworkOptions, NetworkOptionsError, networkSchema } from "../models/network.js";
import { networks } from "../models/network-registry.js";
import { IMAGENET } from "../pretrained/cache.js";
import { weightsFor } from "../pretrained/catalog.js";
import { foundationWeights } from "../pretrained/foundation-catalog.js";

const { backbone, head, width, outputStride, normalization, context, memory } = networkSchema.shape;

export const modelSchema = z.strictObject({
  /** Of `backboneNames`, or one that was registered. */
  backbone: backbone.optional(),
  /** Default "deeplab-v3+". */
  head: head.unwrap().optional(),
  /** A whole network that was registered, in place of backbone and head. */
  network: z.string().optional(),
  /** Ratio of the image's resolution to the feature's: 8, 16 or 32; the head's own by default. */
  outputStride,
  /** Channels of the feature that the memory reads and is written from, and of the head; 256 by default, as in the paper. */
  width: width.unwrap().optional(),
  /** Instance normalization by stage, such as { layer1: "instance-norm" }. */
  normalization,
  /**
   * Whether the last convolution also sees the mean of what is around each pixel, 9 x 9 cells of the decoder; false by default.
   * `pinmem adapt` sets it where it has fitted that convolution to a place.
   */
  context: context.unwrap().optional(),
  /**
   * Of the class memory; methods without one leave it out, unless `votesOnly` says that it is there for its votes alone. For
   * a memory that votes (`vote`: 10) the cohesion loss is the votes' own: try a `temperature` of 0.1 with a `lossWeights.cohesion`
   * of 0.1 to 1.
   */
  memory: memory.unwrap().unwrap().prefault({}),
  /**
   * Weights for the backbone to start from; null: random. "imagenet": those that are published for it and that
   * `pinmem weights pull` brought into the cache; otherwise a file, as torchvision publishes them (.pth, .safetensors).
   */
  backboneWeights: z.string().nullable().default(null),
  /**
   * How much of a foundation backbone is trained, such as { kind: "lora" }. Default: all of it. With `backboneWeights` a run's
   * files hold what was trained alone, and are opened with that file beside them.
   */
  adapter: adapterSchema.optional(),
  /**
   * Of DINOv2: by whose rule position embeddings are interpolated, "hf", "hub" (torch.hub, without registers) or "antialias"
   * (timm). Default: that of whoever published the file.
   */
  positions: z.enum(positionRules).optional(),
  /** Weights of the whole network to start from, of a run of this project or of the authors; null: random. */
  weights: z
    .strictObject({
      file: z.string(),
      /** Load what fits and leave the rest as it is. */
      partial: z.boolean().default(false),
    })
    .nullable()
    .default(null),
});

export type ModelConfig = z.output<typeof modelSchema>;

/**
 * The configuration with the head's default, which a network of one's own does without. Fields keep the order of the schema, so
 * that a recipe that was saved and read again is written as before.
 */
export function completeModel(model: ModelConfig): ModelConfig {
  const { backbone, head = "deeplab-v3+", ...rest } = model;
  const isWhole = rest.network !== undefined || backbone === undefined;
  return isWhole ? model : { backbone, head, ...rest };
}

/** What does not go together, in words. */
export function modelProblems(model: ModelConfig): string[] {
  const { network, backbone, head, width, outputStride, normalization, context, backboneWeights } = model;
  if (network === undefined) {
    if (backbone === undefined) return ["model.backbone is missing"];
    try {
      completeNetworkOptions({ backbone, head, outputStride, normalization });
      const problems = foundationProblems(model, backbone);
      if (problems.length > 0) return problems;
      return backboneWeights === IMAGENET && weightsFor(backbone).length === 0
        ? [
            `model.backboneWeights is "${IMAGENET}", but none are published for "${backbone}"; name a file${hintOf(backbone)}, or leave it out`,
          ]
        : [];
    } catch (error) {
      if (!(error instanceof NetworkOptionsError)) throw error;
      return [error.message.replace(/^\w+: /, "model.")];
    }
  }
  if (!networks.has(network)) {
    return [`model.network is ${JSON.stringify(network)}: ${networks.remedy(network)}`];
  }
  const { adapter, positions } = model;
  const idle = {
    backbone,
    head,
    width,
    outputStride,
    context,
    backboneWeights: backboneWeights ?? undefined,
    adapter,
    positions,
  };
  return [
    ...Object.entries(idle).flatMap(([field, value]) => (value === undefined ? [] : [field])),
    ...(Object.keys(normalization).length > 0 ? ["normalization"] : []),
    ...(model.memory.at === undefined ? [] : ["memory.at"]),
  ].map(
    (field) => `model.${field} says nothing about the network "${network}", which is whole; leave it out`,
  );
}

function foundationProblems({ adapter, positions }: ModelConfig, backbone: string): string[] {
  const foundation = foundationConfig(backbone);
  const problems: string[] = [];
  const unfit = adapter && adapterProblemOf(backbone, foundation, adapter);
  if (unfit) problems.push(`model.adapter ${unfit}`);
  if (
    positions !== undefined &&
    !(foundation && isTransformer(foundation) && foundation.positions !== null)
  ) {
    problems.push(
      `model.positions is "${positions}", but "${backbone}" has no position embeddings; leave it out`,
    );
  }
  return problems;
}

/** What a crop is refused for: sides that are no multiples of a foundation backbone's patch, of which a part would be seen. */
export function cropProblems(
  { backbone }: ModelConfig,
  crop: { readonly width: number; readonly height: number },
): string[] {
  const foundation = backbone === undefined ? undefined : foundationConfig(backbone);
  if (!foundation) return [];
  const grid = strideOf(foundation);
  return (["width", "height"] as const).flatMap((side) => {
    const size = crop[side];
    if (size % grid === 0) return [];
    const below = Math.max(grid, Math.floor(size / grid) * grid);
    return [
      `data.crop.${side} is ${size}, no multiple of ${grid}, the patch of "${backbone}": take ${below} or ${Math.ceil(size / grid) * grid}`,
    ];
  });
}

/** Where the weights of a foundation backbone are. */
function hintOf(backbone: string): string {
  const published = foundationWeights.find((weights) => weights.backbone === backbone);
  return published ? ` (of ${published.address})` : "";
}
