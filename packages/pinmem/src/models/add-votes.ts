// How the votes of a memory join the logits of a decoder: brought to their resolution, and then upsampled once with them; and
// which networks take them.
// Shapes: B batch, K classes, h w resolution of the votes, h' w' of the logits.

import { nn, type Tensor } from "@pinmem/torch";
import type { TrainableNetwork } from "./trainable-network.js";

/** Logits (B, K, h', w') plus votes (B, K, h, w), which are resized to them: bilinear, corners aligned. For networks of one's own. */
export function addVotes(logits: Tensor, votes_BKhw: Tensor): Tensor {
  const size = [logits.size(2), logits.size(3)] as const;
  const isSame = votes_BKhw.size(2) === size[0] && votes_BKhw.size(3) === size[1];
  const votes = isSame
    ? votes_BKhw
    : nn.F.interpolate(votes_BKhw, { size, mode: "bilinear", alignCorners: true });
  return logits.add(votes.to(logits.dtype));
}

/** Refuses a network whose `decode` would leave votes out. @throws TypeError saying what it has to declare */
export function checkTakesVotes(network: Pick<TrainableNetwork, "decode">): void {
  if (network.decode.length >= 4) return;
  throw new TypeError(
    `the memory of ${network.constructor.name} is to vote, but its \`decode\` takes no votes: declare \`votes\` as the fourth ` +
      "parameter, without a default, and add it to the logits (addVotes), or set model.memory.vote to 0",
  );
}
