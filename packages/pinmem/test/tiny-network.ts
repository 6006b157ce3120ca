// A network small enough for finite differences: two convolutions with batch norm, a class memory, a decoder of one
// convolution, an auxiliary head.

import { nn, type Tensor } from "@pinmem/torch";
import { ClassMemory, type ClassMemoryOptions } from "../src/memory/class-memory.js";
import type { ReadOptions } from "../src/memory/read-options.js";
import { addVotes } from "../src/models/add-votes.js";
import { decodeWith } from "../src/models/segment.js";
import type { Encoding, TrainableNetwork } from "../src/models/trainable-network.js";

export interface TinyOptions {
  classes?: number;
  width?: number;
  memory?: boolean;
  read?: ReadOptions;
  vote?: ClassMemoryOptions["vote"];
  votesOnly?: boolean;
  dropout?: number;
}

class Block extends nn.Module {
  readonly conv: nn.Conv2d;
  readonly norm: nn.BatchNorm2d;
  constructor(from: number, to: number) {
    super();
    this.conv = new nn.Conv2d(from, to, 3, { stride: 2, padding: 1, bias: false });
    this.norm = new nn.BatchNorm2d(to);
  }
  // Smooth, so that differences of the loss are derivatives.
  forward(input: Tensor): Tensor {
    return this.norm.call(this.conv.call(input)).sigmoid();
  }
}

export class TinyNetwork extends nn.Module<[Tensor], Tensor> implements TrainableNetwork {
  readonly shallow: Block;
  readonly deep: Block;
  readonly head: nn.Conv2d;
  readonly auxiliaryHead: nn.Conv2d;
  readonly dropout: nn.Dropout2d;
  readonly memory: ClassMemory | null;

  constructor({
    classes = 4,
    width = 6,
    memory = true,
    read = {},
    vote = 0,
    votesOnly = false,
    dropout = 0,
  }: TinyOptions = {}) {
    super();
    this.shallow = new Block(3, 5);
    this.deep = new Block(5, width);
    this.head = new nn.Conv2d(width, classes, 1);
    this.auxiliaryHead = new nn.Conv2d(5, classes, 1);
    this.dropout = new nn.Dropout2d(dropout);
    this.memory = memory ? new ClassMemory({ classes, width, read, vote, votesOnly }) : null;
  }

  get stages(): nn.Module[] {
    return [this.shallow, this.deep];
  }

  encode(image: Tensor): Encoding {
    const lowLevel = this.shallow.call(image);
    return { feature: this.deep.call(lowLevel), lowLevel, auxiliary: lowLevel, whitening: [] };
  }

  decode(
    feature: Tensor,
    _lowLevel: Tensor | null,
    [height, width]: readonly [number, number],
    votes?: Tensor | null,
  ): Tensor {
    const small = this.head.call(feature);
    return nn.F.interpolate(votes ? addVotes(small, votes) : small, {
      size: [height, width],
      mode: "bilinear",
      alignCorners: true,
    });
  }

  auxiliaryLogits(auxiliary: Tensor): Tensor {
    return this.auxiliaryHead.call(this.dropout.call(auxiliary));
  }

  forward(image: Tensor): Tensor {
    const [, , height = 0, width = 0] = image.shape;
    const encoding = this.encode(image);
    return decodeWith(this, encoding, this.memory?.read(encoding.feature) ?? null, [height, width]);
  }
}
