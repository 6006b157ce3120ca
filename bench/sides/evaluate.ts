// Our side of `npm run bench -- evaluate`: the loop of `pinmem evaluate`, on a network in its prepared form, or with each
// picture's own statistics mixed in.

import { buildInfo, dispose, manualSeed, setNumThreads } from "@pinmem/torch";
import { type Dataset, openNamedDataset } from "pinmem/data";
import { evaluateDomain, Predictor, predict, protocol, TestTimeNormalization } from "pinmem/evaluation";
import {
  type BackboneName,
  createNetwork,
  prepareForInference,
  type SegmentationNetwork,
} from "pinmem/models";
import { answer } from "../lib/answer.js";

interface Opened {
  readonly network: SegmentationNetwork;
  readonly dataset: Dataset;
  readonly normalization: TestTimeNormalization | null;
}

let opened: Opened | undefined;

await answer(async ({ task, root, backbone, threads, weight }) => {
  if (task === "versions") return { libtorch: buildInfo().libtorch, node: process.version };
  if (task === "open") {
    setNumThreads(threads as number);
    manualSeed(0);
    if (opened) dispose([...opened.network.stateDict().values()]);
    const network = createNetwork({ backbone: backbone as BackboneName, memory: {} });
    const dataset = await openNamedDataset("folder", { root: root as string, split: "all" });
    const normalization = weight === undefined ? null : inPictureForm(network, weight as number);
    if (!normalization) prepareForInference(network);
    opened = { network, dataset, normalization };
    return {};
  }
  if (!opened) throw new Error("nothing is open");
  const { network, dataset, normalization } = opened;
  const cpu = process.cpuUsage();
  const start = performance.now();
  const predictor = new Predictor({
    forward: (image) => predict(network, image),
    protocol: protocol(
      "whole",
      normalization ? { normalize: { kind: "image", weight: normalization.weight } } : {},
    ),
    normalization,
  });
  const { images, matrix } = await evaluateDomain(dataset, { predictor });
  const seconds = (performance.now() - start) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  const pixels = matrix.counts.reduce((sum, count) => sum + count, 0);
  const peakMiB = process.resourceUsage().maxRSS / 1024;
  return { seconds, cpuSeconds: (user + system) / 1e6, images, pixels, peakMiB };
});

function inPictureForm(network: SegmentationNetwork, weight: number): TestTimeNormalization {
  network.eval().requiresGrad_(false).to({ memoryFormat: "channelsLast" });
  return new TestTimeNormalization(network, weight);
}
