// Memory over many training steps: tensors are counted exactly, resident memory must be flat.
//
// Flat: after 50 steps of warm-up, the median of the last 20 of 200 steps lies within 8 MiB of the median of the first 20. One
// step keeps 5 MiB of activations until its graph is freed, and the smallest of them has 256 KiB: leaking only that one in
// each step would show as 45 MiB, as one test makes sure. The bound allows for what V8's heap and malloc move around by
// (measured: 1 to 4 MiB). Each measurement has a process of its own, in which nothing else allocates.

import { describe, expect, it } from "vitest";
import { inProcess, inWorker, type Torch } from "./elsewhere.js";

const MIB = 2 ** 20;
const FLAT = 8 * MIB;
const full = process.env.PINMEM_TESTS === "full";
/** Half as many show 20 of the 45 MiB, which is enough to be seen. */
const STEPS = full ? 200 : 100;

type Scenario = "training" | "failing" | "second order" | "leaking";

interface Measurement {
  /** Bytes by which resident memory grew. */
  readonly growth: number;
  /** Every count of live tensors that was seen after a step. */
  readonly counts: readonly number[];
  readonly liveBytes: readonly number[];
  readonly failures: readonly string[];
  readonly gradEnabled: boolean;
}

function train(torch: Torch, { scenario, steps }: { scenario: Scenario; steps: number }): Measurement {
  const { nn, optim, randint, randn, scope } = torch;

  class Net extends nn.Module {
    readonly layers = new nn.Sequential(
      new nn.Conv2d(3, 16, 3, { padding: 1, bias: false }),
      new nn.BatchNorm2d(16),
      new nn.ReLU(),
      new nn.Conv2d(16, 16, 3, { padding: 1, stride: 2 }),
      new nn.InstanceNorm2d(16),
      new nn.ReLU({ inplace: true }),
      new nn.Dropout2d(0.1),
      new nn.Conv2d(16, 4, 1),
    );

    forward(image: InstanceType<Torch["Tensor"]>) {
      const size = [image.size(2), image.size(3)] as const;
      return nn.F.interpolate(this.layers.call(image), { size, mode: "bilinear", alignCorners: true });
    }
  }

  torch.setNumThreads(1); // the steps are small: waking a second thread takes longer than it saves
  torch.manualSeed(0);
  const net = new Net();
  const optimizer = new optim.SGD(net.parameters(), { lr: 0.01, momentum: 0.9, weightDecay: 5e-4 });
  const batch = (size = 64) => ({ image: randn([2, 3, size, size]), label: randint(4, [2, size, size]) });
  const leaked: unknown[] = [];
  const failures = new Set<string>();

  const trainingStep = (failing?: string) =>
    scope(() => {
      const reached = (place: string) => {
        if (place === failing) throw new Error(`stopped after ${place}`);
      };
      const { image, label } = batch();
      const loss = nn.F.crossEntropy(net.call(image), label);
      reached("forward");
      loss.backward();
      reached("backward");
      optim.clipGradNorm_(net.parameters(), 10);
      optimizer.step();
      reached("step");
      optimizer.zeroGrad();
    });

  const attempt = (body: () => void) => {
    try {
      body();
    } catch (error) {
      failures.add((error as Error).message.split(":")[0] as string);
    }
  };

  const scenarios: Record<Scenario, (index: number) => void> = {
    training: () => trainingStep(),
    leaking: () => {
      trainingStep();
      leaked.push(randn([2, 32, 32, 32])); // 256 KiB
    },
    failing: (index) => {
      attempt(() => trainingStep(["forward", "backward", "step", "nowhere"][index % 4]));
      // Operators' own errors, modules deep in a forward pass.
      attempt(() => scope(() => torch.autocast({}, () => net.call(randn([2, 3, 1, 1])))));
      const wrong = () => new Map([["layers.0.weight", randn([16, 4, 3, 3])]]);
      attempt(() => scope(() => nn.functionalCall(net, wrong(), () => net.call(batch().image))));
      optimizer.zeroGrad();
    },
    "second order": () =>
      scope(() => {
        const { image, label } = batch(32);
        const parameters = net.parameters();
        const loss = nn.F.crossEntropy(net.call(image), label);
        const gradients = torch.grad(loss, parameters, { createGraph: true });
        const penalty = gradients.map((g) => g.square().sum()).reduce((a, b) => a.add(b));
        torch.grad(penalty, parameters, { allowUnused: true });
      }),
  };

  const warmUp = 50;
  const ends = 20;
  const resident: number[] = [];
  const counts = new Set<number>();
  const liveBytes = new Set<number>();
  const collectGarbage = (globalThis as { gc?: () => void }).gc as () => void;
  for (let index = -warmUp; index < steps; index++) {
    scenarios[scenario](index + warmUp);
    if (index < 0) continue;
    counts.add(torch.liveTensors());
    liveBytes.add(torch.liveTensorBytes());
    if (index >= ends && index < steps - ends) continue;
    collectGarbage();
    resident.push(process.memoryUsage().rss);
  }
  const median = (values: number[]) => values.sort((a, b) => a - b)[values.length / 2] as number;
  return {
    growth: median(resident.slice(-ends)) - median(resident.slice(0, ends)),
    counts: [...counts],
    liveBytes: [...liveBytes],
    failures: [...failures].sort(),
    gradEnabled: torch.isGradEnabled(),
  };
}

async function measure(scenario: Scenario): Promise<Measurement> {
  const { result, ended } = await inProcess(train, {
    data: { scenario, steps: STEPS },
    flags: ["--expose-gc"],
  });
  if (!result) throw new Error(ended.stderr);
  return result;
}

describe("memory over many training steps", () => {
  it("stays the same", async () => {
    const { growth, counts, liveBytes } = await measure("training");
    expect(counts).toHaveLength(1);
    expect(liveBytes).toHaveLength(1);
    expect(growth).toBeLessThan(FLAT);
  });

  it.runIf(full)("stays the same when steps fail in the middle, wherever they do", async () => {
    const { growth, counts, failures, gradEnabled } = await measure("failing");
    expect(failures).toEqual([
      "InstanceNorm2d",
      "conv2d",
      "stopped after backward",
      "stopped after forward",
      "stopped after step",
    ]);
    expect(counts).toHaveLength(1);
    expect(growth).toBeLessThan(FLAT);
    expect(gradEnabled).toBe(true);
  });

  it("stays the same when gradients of gradients are taken", async () => {
    const { growth, counts } = await measure("second order");
    expect(counts).toHaveLength(1);
    expect(growth).toBeLessThan(FLAT);
  });

  it.runIf(full)("would show one small activation leaked in each step", async () => {
    const { growth, counts } = await measure("leaking");
    expect(counts).toHaveLength(STEPS);
    expect(growth).toBeGreaterThan(4 * FLAT);
  });
});

describe("worker threads that come and go", () => {
  const work = () =>
    inWorker(({ liveTensors, nn, optim, randn, scope }) => {
      const net = new nn.Sequential(new nn.Conv2d(3, 16, 3), new nn.BatchNorm2d(16), new nn.ReLU());
      const optimizer = new optim.SGD(net.parameters(), { lr: 0.1, momentum: 0.9 });
      for (let step = 0; step < 5; step++) {
        scope(() => {
          net
            .call(randn([2, 3, 64, 64]))
            .square()
            .mean()
            .backward();
          optimizer.step();
          optimizer.zeroGrad();
        });
      }
      randn([4096, 1024]); // 16 MiB, alive when the thread ends
      return liveTensors();
    });

  it.runIf(full)("give their tensors back when they end", async () => {
    const counts = [await work(), await work()];
    const before = process.memoryUsage().rss;
    for (let i = 0; i < 6; i++) counts.push(await work());
    expect(new Set(counts).size).toBe(1);
    // 96 MiB if they did not; each thread's V8 heap comes and goes too, and not all of it returns to the system.
    expect(process.memoryUsage().rss - before).toBeLessThan(48 * MIB);
  });
});
