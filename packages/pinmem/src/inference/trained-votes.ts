// The rule of own statistics was fitted with the memory's votes as they were trained. Stronger votes make predictions surer, and so every
// picture look like the sources: what decides is asked with the votes of training, whatever they weigh otherwise.

import type { ClassMemory } from "../memory/class-memory.js";

/** Runs `body` with the votes of memories as they were trained. */
export function withTrainedVotes<T>(memories: readonly ClassMemory[], body: () => T): T {
  const before = memories.map(({ voteWeight }) => voteWeight);
  for (const memory of memories) memory.voteWeight = null;
  try {
    return body();
  } finally {
    for (const [at, memory] of memories.entries()) memory.voteWeight = before[at] as number;
  }
}
