// The final write of a step: M_{t+1} = W(T; M_t) with the new parameters, in evaluation mode, without gradients. Backbone
// and write network are all it takes: no decoder, no auxiliary head.

import { cat, noGrad, scope } from "@pinmem/torch";
import type { Episode } from "../episode.js";
import { inPrecision } from "../precision.js";
import { memoryOf } from "./method.js";
import type { PassContext } from "./training-pass.js";

/** Writes the meta-train images of all episodes at once into the network's memory. */
export function finalWrite(
  { network, precision = "float32" }: PassContext,
  episodes: readonly Episode[],
): void {
  const memory = memoryOf(network, "finalWrite");
  network.eval();
  scope(() =>
    noGrad(() => {
      const features = episodes.map(({ metaTrain: { image } }) =>
        scope(() => inPrecision(precision, image.device, () => network.encode(image).feature)),
      );
      const labels = episodes.map(({ metaTrain: { label } }) => label);
      memory.store(memory.write(cat(features), cat(labels)));
    }),
  );
  network.train();
}
