// Our side of `npm run bench -- model`: one network in one mode, run once per request.

import * as torch from "@pinmem/torch";
import {
  createNetwork,
  type MemoryFormat,
  type NetworkOptions,
  prepareForInference,
  setMemoryFormat,
} from "pinmem/models";
import { lossWeightsSchema, trainingPass } from "pinmem/training";
import { answer } from "../lib/answer.js";

interface Opening {
  mode: "evaluation" | "prepared" | "training";
  network: NetworkOptions;
  batch: number;
  size: number;
  memoryFormat: MemoryFormat;
}

function open({ mode, network: options, batch, size, memoryFormat }: Opening): () => void {
  torch.manualSeed(0);
  const network = createNetwork(options);
  const image = torch.randn([batch, 3, size, size]);
  if (mode !== "training") {
    if (mode === "prepared") prepareForInference(network, { memoryFormat });
    network.eval();
    return () => torch.scope(() => torch.inferenceMode(() => void network.call(image)));
  }
  const label = torch.randint(0, 19, [batch, size, size], { dtype: "int64" });
  setMemoryFormat(network, memoryFormat).train();
  if (batch === 1 && options.head !== "deeplab-v2") {
    for (const [name, module] of network.namedModules()) if (name === "aspp.img_conv") module.eval();
  }
  const weights = lossWeightsSchema.parse({ cohesion: 0 });
  const input = memoryFormat === "channelsLast" ? image.to({ memoryFormat: "channelsLast" }) : image;
  return () =>
    torch.scope(() => {
      network.zeroGrad();
      const reading = network.memory ? { items: network.memory.items } : {};
      trainingPass({ network, weights }, { image: input, label }, reading).backward();
    });
}

let run: (() => void) | undefined;

await answer((request) => {
  const { task, threads } = request;
  if (task === "versions") return { libtorch: torch.buildInfo().libtorch };
  if (task === "open") {
    torch.setNumThreads(threads as number);
    run = open(request as unknown as Opening);
    return {};
  }
  const [start, cpu] = [performance.now(), process.cpuUsage()];
  run?.();
  const used = process.cpuUsage(cpu);
  return { seconds: (performance.now() - start) / 1000, cpuSeconds: (used.user + used.system) / 1e6 };
});
