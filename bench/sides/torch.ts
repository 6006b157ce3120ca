// Our side of `npm run bench -- torch`.

import { readFileSync } from "node:fs";
import * as torch from "@pinmem/torch";
import { createBackbone } from "pinmem/models";
import { answer } from "../lib/answer.js";

const { nn, optim, scope } = torch;

const INNER = 1000;

/** Nanoseconds per call, freeing results in scopes of a thousand. */
function nanoseconds(operation: () => unknown, calls: number): number {
  const start = performance.now();
  for (let done = 0; done < calls; done += INNER) {
    scope(() => {
      for (let i = 0; i < INNER; i++) operation();
    });
  }
  return ((performance.now() - start) * 1e6) / calls;
}

function smallOperators(calls: number): Record<string, number> {
  const a = torch.tensor([1, 2, 3]);
  const b = torch.tensor([4, 5, 6]);
  const matrix = torch.randn([4, 4]);
  const operations: Record<string, () => unknown> = {
    "add(tensor)": () => a.add(b),
    "mul(number)": () => a.mul(2),
    "relu()": () => a.relu(),
    "mul_(number)": () => a.mul_(1),
    "sum(dim)": () => matrix.sum(1),
    "view(shape)": () => matrix.view([16]),
    "select(dim, index)": () => matrix.select(0, 1),
    "matmul 4x4": () => matrix.matmul(matrix),
    "cat of two": () => torch.cat([a, b]),
    "zeros([3])": () => torch.zeros([3]),
  };
  return Object.fromEntries(Object.entries(operations).map(([name, run]) => [name, nanoseconds(run, calls)]));
}

/** torchvision's resnet50: the backbone at its own output stride, global mean, classifier. */
class ResNet50 extends nn.Module {
  readonly backbone = createBackbone("resnet50", { outputStride: 32 });
  readonly fc = new nn.Linear(2048, 1000);

  forward(image: torch.Tensor): torch.Tensor {
    const { deep } = this.backbone.call(image);
    return this.fc.call(deep.mean([2, 3]));
  }
}

interface Trainer {
  step(): number;
}

function trainer(channelsLast: boolean): Trainer {
  torch.manualSeed(0);
  const model = new ResNet50();
  if (channelsLast) model.to({ memoryFormat: "channelsLast" });
  const optimizer = new optim.SGD(model.parameters(), { lr: 0.01, momentum: 0.9 });
  const image = torch.randn([2, 3, 256, 256]);
  const input = channelsLast ? image.to({ memoryFormat: "channelsLast" }) : image;
  const label = torch.randint(0, 1000, [2]);
  return {
    step: () => {
      const start = performance.now();
      scope(() => {
        optimizer.zeroGrad();
        const loss = nn.F.crossEntropy(model.call(input), label);
        loss.backward();
        optimizer.step();
      });
      return (performance.now() - start) / 1000;
    },
  };
}

const trainers = new Map<boolean, Trainer>();
const pageFaults = (): number =>
  Number(readFileSync("/proc/self/stat", "utf8").split(") ")[1]?.split(" ")[7]);

function matmul(size: number): number {
  return scope(() => {
    const matrix = torch.ones([size, size]);
    const start = performance.now();
    matrix.matmul(matrix);
    return (performance.now() - start) / 1000;
  });
}

await answer((request) => {
  const { task, calls, channelsLast, threads } = request;
  if (typeof threads === "number") torch.setNumThreads(threads);
  if (task === "versions") return { libtorch: torch.buildInfo().libtorch };
  if (task === "small") return smallOperators(calls as number);
  if (task === "matmul") return { seconds: matmul(request.size as number) };
  if (task === "train") {
    const key = channelsLast === true;
    const current = trainers.get(key) ?? trainer(key);
    trainers.set(key, current);
    const faults = pageFaults();
    const cpu = process.cpuUsage();
    const seconds = current.step();
    const used = process.cpuUsage(cpu);
    return { seconds, cpuSeconds: (used.user + used.system) / 1e6, pageFaults: pageFaults() - faults };
  }
  throw new Error(`unknown task ${String(task)}`);
});
