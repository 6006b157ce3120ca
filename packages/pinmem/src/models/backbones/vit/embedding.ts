// The start of a transformer: a picture becomes patches, and these tokens, after cls and registers. A picture whose sides are no
// multiples of the patch is filled up at the bottom and at the right with zeros, which is the mean color.
//
// Registers have no position. Source: Darcet et al., "Vision transformers need registers", 2023.

import { cat, fromTypedArray, nn, scope, type Tensor, zeros } from "@pinmem/torch";
import type { StageOutput } from "../stage.js";
import { type PositionRule, positionRules, type TransformerConfig } from "./config.js";
import { padToGrid } from "./grid.js";
import { positionsFor } from "./positions.js";

const parameter = (shape: readonly number[]): nn.Parameter => scope(() => new nn.Parameter(zeros(shape)));

/** From a picture (B, 3, H, W) to tokens (B, N, C) in the order cls, registers, patches. */
export class Embedding extends nn.Module<[Tensor], StageOutput> {
  readonly patches: nn.Conv2d;
  readonly cls: nn.Parameter;
  readonly registers: nn.Parameter | null;
  readonly positions: nn.Parameter | null;
  /** Number of the rule by which positions are interpolated; it belongs to the weights, and so to the state. */
  readonly positionRule: Tensor | null;
  readonly patch: number;

  constructor({ width, patch, registers, positions }: TransformerConfig) {
    super();
    this.patch = patch;
    this.cls = parameter([1, 1, width]);
    this.registers = registers > 0 ? parameter([1, registers, width]) : null;
    this.positions = positions === null ? null : parameter([1, 1 + positions ** 2, width]);
    this.positionRule = positions === null ? null : nn.buffer(ruleTensor(defaultRule(registers)));
    this.patches = new nn.Conv2d(3, width, patch, { stride: patch });
  }

  /** Tokens before the patches. */
  get special(): number {
    return 1 + (this.registers?.size(1) ?? 0);
  }

  /** @throws RangeError where weights that were loaded name a rule that is not known here */
  get rule(): PositionRule | null {
    if (!this.positionRule) return null;
    const number = this.positionRule.toNumber();
    const rule = positionRules[number];
    if (rule) return rule;
    throw new RangeError(
      `the weights interpolate positions by rule ${number}, which is not known: they are damaged, or of a newer version`,
    );
  }

  setRule(rule: PositionRule): void {
    if (this.positionRule) scope(() => void this.positionRule?.copy_(ruleTensor(rule)));
  }

  forward(image_B3HW: Tensor): StageOutput {
    const feature = scope(() => {
      const map = this.patches.call(padToGrid(image_B3HW, this.patch));
      const [batch = 0, , height = 0, width = 0] = map.shape;
      // In half precision products alone are: tokens, to which blocks add, stay as precise as the weights.
      const patches = map.flatten({ startDim: 2 }).transpose(1, 2).to(this.cls.dtype);
      const everywhere = (tokens: Tensor): Tensor => tokens.expand([batch, -1, -1]);
      const placed = this.#placed([everywhere(this.cls), patches], [height, width]);
      if (!this.registers) return placed;
      const count = placed.size(1);
      return cat([placed.narrow(1, 0, 1), everywhere(this.registers), placed.narrow(1, 1, count - 1)], {
        dim: 1,
      });
    });
    return { feature, whitening: [] };
  }

  #placed(tokens: readonly Tensor[], grid: readonly [number, number]): Tensor {
    const all = cat(tokens, { dim: 1 });
    const { positions, rule } = this;
    return positions && rule ? all.add(positionsFor(positions, grid, rule).to(all.dtype)) : all;
  }
}

/** The rule of Hugging Face, whose models with registers have another than those without. */
export const defaultRule = (registers: number): PositionRule => (registers > 0 ? "antialias" : "hf");

export const ruleTensor = (rule: PositionRule): Tensor =>
  fromTypedArray(BigInt64Array.of(BigInt(positionRules.indexOf(rule))), []);
