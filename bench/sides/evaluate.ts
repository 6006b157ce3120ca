// Our side of `npm run bench -- evaluate`: the loop of `pinmem evaluate`, on a network in its prepared form, with each
// picture's own statistics mixed in, or with a rule that asks of each picture whether it needs them and finds that it does not.

import { buildInfo, dispose, manualSeed, setNumThreads, type Tensor } from "@pinmem/torch";
import { type Dataset, openNamedDataset } from "pinmem/data";
import {
  AutoPredictor,
  evaluateDomain,
  type ImagePredictor,
  Predictor,
  predict,
  protocol,
  SecondLook,
  TestTimeNormalization,
} from "pinmem/evaluation";
import {
  type BackboneName,
  createNetwork,
  prepareForInference,
  type SegmentationNetwork,
} from "pinmem/models";
import { answer } from "../lib/answer.js";

interface Opened {
  readonly networks: readonly SegmentationNetwork[];
  readonly dataset: Dataset;
  readonly predictor: ImagePredictor;
}

type Form = "prepared" | "image" | "auto";

/** Of a picture's own statistics. */
const WEIGHT = 0.3;
/** No prediction is less sure, and none says less: all pictures are near. */
const NEAR = { threshold: Number.POSITIVE_INFINITY, information: 0, departure: 0, weight: WEIGHT };

let opened: Opened | undefined;

await answer(async ({ task, root, backbone, threads, form }) => {
  if (task === "versions") return { libtorch: buildInfo().libtorch, node: process.version };
  if (task === "open") {
    setNumThreads(threads as number);
    for (const network of opened?.networks ?? []) dispose([...network.stateDict().values()]);
    const dataset = await openNamedDataset("folder", { root: root as string, split: "all" });
    opened = { dataset, ...open(backbone as BackboneName, form as Form) };
    return {};
  }
  if (!opened) throw new Error("nothing is open");
  const { dataset, predictor } = opened;
  const cpu = process.cpuUsage();
  const start = performance.now();
  const { images, matrix } = await evaluateDomain(dataset, { predictor });
  const seconds = (performance.now() - start) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  const pixels = matrix.counts.reduce((sum, count) => sum + count, 0);
  const peakMiB = process.resourceUsage().maxRSS / 1024;
  return { seconds, cpuSeconds: (user + system) / 1e6, images, pixels, peakMiB };
});

function open(backbone: BackboneName, form: Form): Pick<Opened, "networks" | "predictor"> {
  const create = () => {
    manualSeed(0);
    return createNetwork({ backbone, memory: {} });
  };
  const forwardOf = (network: SegmentationNetwork) => (image: Tensor) => predict(network, image);
  const mixing = () => create().eval().requiresGrad_(false).to({ memoryFormat: "channelsLast" });
  if (form === "image") {
    const network = mixing();
    const normalization = new TestTimeNormalization(network, WEIGHT);
    const own = protocol("whole", { normalize: { kind: "image", weight: WEIGHT } });
    return {
      networks: [network],
      predictor: new Predictor({ forward: forwardOf(network), protocol: own, normalization }),
    };
  }
  const network = prepareForInference(create());
  const trained = forwardOf(network);
  if (form === "prepared")
    return {
      networks: [network],
      predictor: new Predictor({ forward: trained, protocol: protocol("whole") }),
    };
  const other = mixing();
  const second = new SecondLook(other, forwardOf(other));
  const auto = protocol("whole", { normalize: { kind: "image", weight: "auto" } });
  return {
    networks: [network, other],
    predictor: new AutoPredictor({ trained, second, rule: NEAR, protocol: auto }),
  };
}
