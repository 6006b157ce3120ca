// The final write of a step: M_{t+1} = W(T; M_t) with the new parameters, in evaluation mode, without gradients. Backbone
// and write network are all it takes: no decoder, no auxiliary head.

import { cat, dispose, keep, noGrad, scope } from "@pinmem/torch";
import type { ClassSum } from "../../memory/class-sums.js";
import { alone, type World } from "../../processes/world.js";
import type { Episode } from "../episode.js";
import { inPrecision } from "../precision.js";
import { memoryOf } from "./method.js";
import type { PassContext } from "./training-pass.js";

/**
 * Writes the meta-train images of all episodes at once into the network's memory; those of other ranks too, where there are any, after
 * which the promise resolves.
 */
export function finalWrite(
  { network, precision = "float32" }: PassContext,
  episodes: readonly Episode[],
  world: World = alone,
): void | Promise<void> {
  const memory = memoryOf(network, "finalWrite");
  const within = <T>(body: () => T): T => inPrecision(precision, memory.items.device, body);
  const store = (sums: ClassSum) => scope(() => noGrad(() => memory.store(memory.mix(sums))));
  network.eval();
  const { feature, label, domains } = keep(
    scope(() =>
      noGrad(() => {
        const features = episodes.map(({ metaTrain: { image } }) =>
          scope(() => within(() => network.encode(image).feature)),
        );
        const labels = episodes.map(({ metaTrain: { label: one } }) => one);
        return {
          feature: cat(features),
          label: cat(labels),
          domains: episodes.flatMap(({ metaTrain }) => metaTrain.domains ?? []),
        };
      }),
    ),
  );
  const done = () => {
    dispose([feature, label]);
    network.train();
  };
  if (world.size === 1) {
    scope(() => noGrad(() => store(within(() => memory.sumsOf(feature, label, { domains })))));
    done();
    return;
  }
  return (async () => {
    const sums = await memory.sumsOverRanks(feature, label, {
      domains,
      within,
      sum: (one) => world.sum([one]),
    });
    try {
      await world.sum([sums.sum_KC, sums.count_K]);
      store(sums);
    } finally {
      dispose(sums);
    }
  })().finally(done);
}
