// The sections of golden files that can be run. A new one is a file beside this one and a line here.

import { evaluation } from "./evaluation.js";
import type { Section } from "./section.js";
import { selectiveWhitening } from "./selective-whitening.js";
import { trainForward } from "./train-forward.js";
import { trainingSections } from "./training-iterations.js";

export const sections: readonly Section[] = [
  evaluation,
  selectiveWhitening,
  trainForward,
  ...trainingSections,
];
