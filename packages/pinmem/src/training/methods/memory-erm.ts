// The class memory without meta-learning: all source domains in one batch, read and written as in the full method, with
// the same losses. The official code's "train_memory_agg".

import type { World } from "../../processes/world.js";
import type { Episode } from "../episode.js";
import type { LossTensors } from "../losses.js";
import { finalWrite } from "./final-write.js";
import { jointPass } from "./joint-pass.js";
import { type Method, memoryOf, type StepSettings } from "./method.js";
import type { Phase } from "./phase.js";
import type { PassContext } from "./training-pass.js";

/** The memory without meta-learning: every batch is read and written at once. */
export class MemoryErm implements Method {
  readonly name = "memory-erm";
  readonly splitsDomains = false;

  constructor(readonly context: PassContext) {
    memoryOf(context.network, this.name);
  }

  accumulate(episode: Episode, { share = 1 }: StepSettings): { train: LossTensors } {
    return jointPass(this.context, episode, share, memoryOf(this.context.network, this.name).items);
  }

  afterStep(episodes: readonly Episode[], _phase?: Phase, world?: World): void | Promise<void> {
    return finalWrite(this.context, episodes, world);
  }
}
