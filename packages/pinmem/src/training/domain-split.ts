// Which source domains a step trains on and which it meets as unseen: a new random split at every step, so that what was
// memorized on some domains is always tested on another. A pure function of (seed, step).
//
// As the official code draws it (train.py:199-211): a random order of the domains, of which the first i are meta-train and the
// others meta-test, with i uniform from 1 to one less than their number.

import { Random } from "@pinmem/core";

export interface DomainSplit {
  /** Positions of the domains, in the order drawn. */
  readonly metaTrain: readonly number[];
  readonly metaTest: readonly number[];
}

/**
 * Which of `domains` sources are trained on and which are held out in an iteration; the same for the same seed and step.
 * Source: algorithm 1 of the paper.
 * @throws RangeError where there are fewer than two
 */
export function splitDomains(domains: number, { seed, step }: { seed: number; step: number }): DomainSplit {
  if (!Number.isInteger(domains) || domains < 2) {
    throw new RangeError(`splitDomains: ${domains} domains cannot be split; there must be at least two`);
  }
  const random = new Random({ seed, index: step, stream: "domain split" });
  const order = [...random.randperm(domains)];
  const first = random.randint(1, domains);
  return { metaTrain: order.slice(0, first), metaTest: order.slice(first) };
}
