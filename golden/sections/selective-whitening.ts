// "isw": how much covariances change with an image's colors, and which are called sensitive for it.

import { scope } from "@pinmem/torch";
import { selectCovariances } from "../whitening.js";
import type { Section } from "./section.js";

export const selectiveWhitening: Section = {
  name: "isw",
  run: (run) => scope(() => ({ layers: selectCovariances(run, run.network()).layers })),
};
