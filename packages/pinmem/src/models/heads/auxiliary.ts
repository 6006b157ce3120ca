// The auxiliary head: logits from the feature of layer3, trained along with a small weight and not used otherwise.
// Source: Zhao et al., "Pyramid Scene Parsing Network", CVPR 2017; `dsn` in the official code.

import { nn } from "@pinmem/torch";
import { convolution } from "./parts.js";

const WIDTH = 512;

/** 3x3 convolution, batch norm, ReLU, dropout of channels, 1x1 convolution to `classes` logits. */
export const auxiliaryHead = (from: number, classes: number, dropout: number): nn.Sequential =>
  new nn.Sequential(
    ...convolution(from, WIDTH, { kernel: 3, bias: true }),
    new nn.Dropout2d(dropout),
    new nn.Conv2d(WIDTH, classes, 1),
  );
