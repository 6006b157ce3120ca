// The position embeddings of DINOv2, learned on a grid of 37 x 37 patches and brought to that of a picture by bicubic interpolation.
// The references differ in how (relative difference of the features about 8e-3):
//
// - "hf": to the size, without antialiasing (Hugging Face's Dinov2Model)
// - "antialias": to the size, with it (models with registers of Hugging Face and torch.hub; timm for all)
// - "hub": without, sampled at the factor (size + 0.1) / 37 (torch.hub's models without registers)
//
// All interpolate in single precision, whatever the precision of the network. Cls's position stays as it is.

import { callOperator, cat, scope, type Tensor } from "@pinmem/torch";
import type { PositionRule } from "./config.js";

/** What torch.hub adds to a size before it divides. */
export const HUB_OFFSET = 0.1;

/** Positions (1, 1 + G G, C) of cls and a grid, as (1, 1 + h w, C). */
export function positionsFor(
  positions: Tensor,
  [height, width]: readonly [number, number],
  rule: PositionRule,
): Tensor {
  const count = positions.size(1) - 1;
  if (count === height * width && height === width) return positions;
  return scope(() => {
    const cls = positions.narrow(1, 0, 1);
    const patches = interpolated(positions.narrow(1, 1, count), [height, width], rule);
    return cat([cls, patches], { dim: 1 });
  });
}

/** Positions of a square grid (1, G G, C), as (1, h w, C). */
export function interpolated(
  patches: Tensor,
  [height, width]: readonly [number, number],
  rule: PositionRule,
): Tensor {
  const side = Math.round(Math.sqrt(patches.size(1)));
  return scope(() => {
    const map = patches.unflatten(1, [side, side]).permute([0, 3, 1, 2]).to("float32");
    return resized(map, [height, width], rule)
      .permute([0, 2, 3, 1])
      .flatten({ startDim: 1, endDim: 2 })
      .to(patches.dtype);
  });
}

function resized(map: Tensor, size: readonly [number, number], rule: PositionRule): Tensor {
  if (rule === "antialias") {
    const options = { scalesH: null, scalesW: null };
    return callOperator("aten::_upsample_bicubic2d_aa", [map, size, false], options) as Tensor;
  }
  if (rule === "hf") return map.upsampleBicubic2d(size, false);
  const factor = (target: number) => (target + HUB_OFFSET) / map.size(2);
  return map.upsampleBicubic2d(size, false, { scalesH: factor(size[0]), scalesW: factor(size[1]) });
}
