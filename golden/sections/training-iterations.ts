// "train_memory_mldg", "train_mldg", "train_memory_agg", "train_agg": whole iterations of the official training functions,
// carried out by the methods that users train with. Two where domains are split, with their roles swapped in the second.
//
// The official code's second network keeps its batch statistics from iteration to iteration, though nobody uses them. Ours
// are copies that are thrown away; the golden ones follow from what the copies noted.

import { noGrad, scope, type Tensor } from "@pinmem/torch";
import type { TrainableNetwork } from "pinmem/models";
import {
  createOptimizer,
  type Episode,
  Erm,
  innerRate,
  learningRate,
  MemoryErm,
  type Method,
  Mldg,
  type PassContext,
  PinMemory,
  type Probe,
} from "pinmem/training";
import type { CaseRun } from "../case-run.js";
import { type Figures, Norms, normsOf, Snapshot } from "../figures.js";
import type { Section } from "./section.js";
import { lossFigures } from "./train-forward.js";

/** Of running statistics, at each batch. */
const KEPT = 0.9;

/** The official schedule, which never looks at the length of the run. */
const OFFICIAL_STEPS = 120_000;

const iterations = (name: string, create: (context: PassContext) => Method): Section => ({
  name,
  run: (run) => scope(() => train(run, name, create)),
  // What the first iteration leaves of rounding goes into the second.
  doubleTolerance: (figure) => (figure.startsWith("0.") ? 1e-7 : 1e-6),
});

export const trainingSections: readonly Section[] = [
  iterations("train_memory_mldg", (context) => new PinMemory(context)),
  iterations("train_mldg", (context) => new Mldg(context)),
  iterations("train_memory_agg", (context) => new MemoryErm(context)),
  iterations("train_agg", (context) => new Erm(context)),
];

function train(run: CaseRun, name: string, create: (context: PassContext) => Method): Figures {
  const network = run.network();
  const method = create(run.passContext(network));
  const { hyper } = run;
  const rate = learningRate(
    { kind: "exponential", base: hyper.learningRate, decay: 9, warmUp: 0 },
    OFFICIAL_STEPS,
  );
  const inner = method.splitsDomains
    ? innerRate({ kind: "follow", first: hyper.innerLearningRate, fraction: 0.25 }, rate)
    : () => hyper.innerLearningRate;
  const { sgdMomentum: momentum, weightDecay } = hyper;
  const { optimizer } = createOptimizer(
    network,
    { kind: "sgd", momentum, nesterov: false, weightDecay, decay: "all", factors: {} },
    hyper.learningRate,
  );
  const discarded = new DiscardedStatistics(network);
  const count = (run.file.f64[name] as readonly unknown[]).length;

  return Array.from({ length: count }, (_, iteration) =>
    scope(() => {
      const seen: Record<string, Figures> = {};
      const episode = episodeOf(run, method, iteration);
      optimizer.zeroGrad();
      optimizer.setLearningRate(rate(iteration));
      const passes = method.accumulate(episode, {
        innerRate: inner(iteration),
        probe: watch(seen, discarded),
      });
      optimizer.step();
      method.afterStep?.([episode]);
      const parameters = [...network.namedParameters()];
      return {
        ...seen,
        losses: Object.values(passes).map((terms) => lossFigures(terms)),
        total_grads_l2_sum: normsOf(
          parameters.flatMap(([parameter, { grad }]) => (grad ? [[parameter, grad] as const] : [])),
        ),
        params_l2_sum: normsOf(parameters),
        bn_l2_sum: normsOf(statisticsOf(network)),
        ...discarded.figures(run, name, iteration),
        ...(network.memory && { memory: new Snapshot(network.memory.items) }),
        lr_used: rate(iteration),
        lr_next: rate(iteration + 1),
        inner_lr_used: inner(iteration),
        inner_lr_next: inner(iteration + 1),
        eval_logits_domain1_after: new Snapshot(evaluate(network, run.batch([2, 3]).image)),
      };
    }),
  );
}

/** Domain 0 holds images 0 and 1, domain 1 images 2 and 3; without a split they come sample after sample. */
function episodeOf(run: CaseRun, { splitsDomains }: Method, iteration: number): Episode {
  if (!splitsDomains) return { metaTrain: run.batch([0, 2, 1, 3]), metaTest: null };
  const domains = [run.batch([0, 1]), run.batch([2, 3])] as const;
  return iteration % 2 === 0
    ? { metaTrain: domains[0], metaTest: domains[1] }
    : { metaTrain: domains[1], metaTest: domains[0] };
}

function watch(seen: Record<string, Figures>, discarded: DiscardedStatistics): Probe {
  return (stage, tensors) => {
    const items = tensors.get("items");
    if (stage === "meta-train gradients") {
      seen.inner_grads_l2_sum = normsOf(tensors);
      discarded.begin();
    } else if (stage === "meta-train memory" && items) {
      seen.memory_p1 = new Snapshot(items);
    } else if (stage === "meta-test memory" && items) {
      seen.memory_p2_into_metatest = new Snapshot(items);
    } else if (stage === "meta-test statistics") {
      discarded.note(tensors);
    }
  };
}

const statisticsOf = (network: TrainableNetwork): [string, Tensor][] =>
  [...network.namedBuffers()].filter(([name]) => /running_(mean|var)$/.test(name));

function evaluate(network: TrainableNetwork, image: Tensor): Tensor {
  const [, , height = 0, width = 0] = image.shape;
  network.eval();
  const logits = noGrad(() => {
    const { feature, lowLevel } = network.encode(image);
    const refined = network.memory?.read(feature).refined ?? feature;
    return network.decode(refined, lowLevel, [height, width]);
  });
  network.train();
  return logits;
}

/** Statistics of the official code's second network: theirs noted what our copies did, but on top of their own past. */
class DiscardedStatistics {
  readonly #network: TrainableNetwork;
  readonly #kept: Map<string, Tensor>;
  #before = new Map<string, Tensor>();

  constructor(network: TrainableNetwork) {
    this.#network = network;
    this.#kept = new Map(statisticsOf(network).map(([name, tensor]) => [name, tensor.clone()]));
  }

  /** The network's own statistics are what the copies start from. */
  begin(): void {
    const buffers = [...this.#network.namedBuffers()];
    this.#before = new Map(buffers.map(([name, tensor]) => [name, tensor.clone()]));
  }

  note(copies: ReadonlyMap<string, Tensor>): void {
    for (const [name, kept] of this.#kept) {
      const counter = name.replace(/running_(mean|var)$/, "num_batches_tracked");
      const before = this.#before.get(name);
      const after = copies.get(name);
      if (!before || !after) throw new Error(`internal: DiscardedStatistics: no copy of ${name}`);
      const isSeen = copies.get(counter)?.toNumber() !== this.#before.get(counter)?.toNumber();
      if (isSeen) noGrad(() => kept.mul_(KEPT).add_(after.sub(before, { alpha: KEPT })));
    }
  }

  /** Of the layers that the file has. */
  figures(run: CaseRun, section: string, iteration: number): Record<string, Figures> {
    const golden = (run.file.f64[section] as readonly Record<string, unknown>[])[iteration] ?? {};
    const names = ["updated_net_bn_l2_sum_first", "updated_net_bn_l2_sum_last"].filter(
      (name) => name in golden,
    );
    return Object.fromEntries(
      names.map((name) => {
        const layers = Object.keys(golden[name] as Record<string, unknown>);
        const norms = layers.map((layer) => [layer, new Norms(this.#kept.get(layer) as Tensor)]);
        return [name, Object.fromEntries(norms)];
      }),
    );
  }
}
