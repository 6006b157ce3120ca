// The final write of a step: M_{t+1} = W(T; M_t) with the new parameters, in evaluation mode, without gradients. Backbone
// and write network are all it takes: no decoder, no auxiliary head.

import { cat, dispose, keep, noGrad, scope } from "@pinmem/torch";
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
  network.eval();
  const sums = keep(
    scope(() =>
      noGrad(() => {
        const { device } = memory.items;
        const within = <T>(body: () => T): T => inPrecision(precision, device, body);
        const features = episodes.map(({ metaTrain: { image } }) =>
          scope(() => within(() => network.encode(image).feature)),
        );
        const labels = episodes.map(({ metaTrain: { label } }) => label);
        const domains = episodes.flatMap(({ metaTrain }) => metaTrain.domains ?? []);
        return within(() => memory.sumsOf(cat(features), cat(labels), { domains }));
      }),
    ),
  );
  network.train();
  const store = () => scope(() => noGrad(() => memory.store(memory.mix(sums))));
  const free = () => dispose(sums);
  if (world.size > 1) return world.sum([sums.sum_KC, sums.count_K]).then(store).finally(free);
  store();
  free();
}
