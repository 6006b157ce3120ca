// What tables and results call the network of a recipe. It stands alone so that it is there without libtorch.

import type { ModelConfig } from "./model.js";

/** Its backbone, or the whole network of one's own. */
export const networkName = ({ network, backbone }: Pick<ModelConfig, "network" | "backbone">): string =>
  network ?? backbone ?? "";
