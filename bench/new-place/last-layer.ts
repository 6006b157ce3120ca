// The control without a memory: the network's last convolution trained on the labeled pictures, all else frozen, for as long as
// adapting to them took. What it sees of them is computed once, so that its time goes into steps.

import { dispose, keep, nn, optim, scope, type Tensor } from "@pinmem/torch";
import { Random } from "pinmem/data";
import { cpuClock } from "../lib/cpu-clock.js";
import { resized } from "./encoded.js";

export interface LastLayerExample {
  /** (1, C, h, w) */
  readonly seen: Tensor;
  /** (1, H, W, int64) */
  readonly label: Tensor;
}

export interface LastLayer {
  /** Its tensors are kept: dispose them. */
  readonly weight: Tensor;
  readonly bias: Tensor;
  readonly steps: number;
  readonly seconds: number;
}

export interface LastLayerOptions {
  readonly rate: number;
  /** Of computation; at least one step is taken. */
  readonly seconds: number;
  /** Of the order of the examples. */
  readonly seed: number;
}

/** @param from the trained convolution, which is left as it is */
export function trainLastLayer(
  from: nn.Conv2d,
  examples: readonly LastLayerExample[],
  { rate, seconds, seed }: LastLayerOptions,
): LastLayer {
  const clock = cpuClock();
  const copy = (tensor: Tensor): nn.Parameter => scope(() => new nn.Parameter(tensor.detach().clone()));
  const [weight, bias] = [copy(from.weight), copy(from.bias as Tensor)];
  const optimizer = new optim.Adam([weight, bias], { lr: rate });
  let steps = 0;
  for (; steps === 0 || clock() < seconds; steps++) {
    const epoch = Math.floor(steps / examples.length);
    const order = new Random({ seed, epoch, stream: "last layer" }).randperm(examples.length);
    const { seen, label } = examples[order[steps % examples.length] as number] as LastLayerExample;
    scope(() => {
      optimizer.zeroGrad();
      const [, height = 0, width = 0] = label.shape;
      const logits = resized(nn.F.conv2d(seen, weight, bias), [height, width]);
      nn.F.crossEntropy(logits, label, { ignoreIndex: 255 }).backward();
      optimizer.step();
    });
  }
  optimizer.zeroGrad();
  const kept = scope(() => ({ weight: keep(weight.detach().clone()), bias: keep(bias.detach().clone()) }));
  const states = [...optimizer.stateDict().state.values()].flatMap((state) => Object.values(state));
  dispose([weight, bias, ...states.filter((value) => typeof value === "object")]);
  return { ...kept, steps, seconds: clock() };
}
