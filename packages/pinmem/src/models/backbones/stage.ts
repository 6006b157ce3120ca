// A stage of a backbone: blocks one after the other, numbered in state dicts as in a Sequential. Unlike there, a block may
// give, beside its output, a whitened feature; the stage collects those for the whitening loss.

import { nn, scope, type Tensor } from "@pinmem/torch";
import { type BlockOutput, isWhitened } from "../normalization/create.js";

export type Block = nn.Module<[Tensor], BlockOutput>;

export interface StageOutput {
  readonly feature: Tensor;
  /** Outputs of the whitening layers, in their order. */
  readonly whitening: readonly Tensor[];
}

export type StageModule = nn.Module<[Tensor], StageOutput>;

/** Blocks one after the other. Takes and gives a feature (B, C, h, w); whitened features are collected beside it. */
export class Stage extends nn.Module<[Tensor], StageOutput> {
  readonly #blocks: Block[];

  constructor(...blocks: Block[]) {
    super();
    this.#blocks = blocks;
  }

  get blocks(): readonly Block[] {
    return this.#blocks;
  }

  /** Puts another block in the place of the one at `index`. */
  replace(index: number, block: Block): void {
    if (!(index in this.#blocks)) throw new RangeError(`Stage.replace: there is no block ${index}`);
    this.#blocks[index] = block;
  }

  override *namedChildren(): IterableIterator<[string, nn.AnyModule]> {
    for (const [index, block] of this.#blocks.entries()) yield [String(index), block];
  }

  forward(input: Tensor): StageOutput {
    return this.#upTo(this.#blocks.length, input);
  }

  // Each scope frees the input of its block.
  #upTo(count: number, input: Tensor): StageOutput {
    const block = this.#blocks[count - 1];
    if (!block) return { feature: input, whitening: [] };
    return scope(() => {
      const { feature, whitening } = this.#upTo(count - 1, input);
      return asStageOutput(block.call(feature), whitening);
    });
  }
}

/** What a block gave, after the whitened features of the blocks before. */
export const asStageOutput = (output: BlockOutput, before: readonly Tensor[] = []): StageOutput =>
  isWhitened(output)
    ? { feature: output.output, whitening: [...before, output.whitened] }
    : { feature: output, whitening: before };
