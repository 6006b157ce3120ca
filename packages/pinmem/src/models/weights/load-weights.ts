// Weights into networks: ImageNet's into a backbone, a whole checkpoint into a whole network. Strict: everything has to fit,
// or nothing is changed and the error lists what does not. With `partial`, what fits is loaded and the report lists the rest.
//
// By design a backbone has no use for the classifier, and an instance normalization that ImageNet's network did not have
// starts as it is; such names are in the report too.

import { existsSync } from "node:fs";
import { nn, scope, type Tensor } from "@pinmem/torch";
import type { Backbone } from "../backbones/backbone.js";
import {
  comparePublished,
  fromPublished,
  type PublishedNames,
  publisherOf,
} from "../backbones/published-names.js";
import { InstanceWhitening } from "../normalization/instance-whitening.js";
import { SwitchableWhitening } from "../normalization/switchable-whitening.js";
import { differencesOf, identifyFoundation } from "./foundation-weights.js";
import { gated, isShard } from "./shards.js";
import { readWeights, WeightsError } from "./weight-files.js";

export interface WeightsOptions {
  /** Load what fits and report the rest, instead of an error. Default false. */
  partial?: boolean;
  /** Of a checkpoint that holds several sets of weights, the name of the one to take. Default: the only one that fits. */
  entry?: string | undefined;
  /** What messages call tensors that are given by name. Default "the given tensors". */
  source?: string;
}

/** A name that was left out, and why. */
export interface LeftOut {
  readonly name: string;
  readonly reason: string;
}

export interface WeightsReport {
  /** Where the weights came from. */
  readonly source: string;
  /** Names that were loaded. */
  readonly loaded: readonly string[];
  /** Names of the network that keep the values they had. */
  readonly kept: readonly LeftOut[];
  /** Names of the file that were not used. */
  readonly skipped: readonly LeftOut[];
}

/** A path, or tensors by name. */
export type WeightsSource = string | ReadonlyMap<string, Tensor>;

/**
 * Loads torchvision's weights (its names) into a backbone.
 * @throws WeightsError listing what does not fit, TensorFileError where the file cannot be read; the backbone is unchanged
 */
export function loadBackboneWeights(
  backbone: Backbone,
  source: WeightsSource,
  options: WeightsOptions = {},
): WeightsReport {
  if (typeof source === "string" && !existsSync(source)) {
    const remedy = backbone.published
      ? `${backbone.published.family}'s weights are published at huggingface.co; npx pinmem weights list names each address`
      : undefined;
    throw new WeightsError(
      source,
      remedy
        ? `there is no such file. ${remedy}`
        : "there is no such file. torchvision publishes its weights as https://download.pytorch.org/models/NAME-HASH.pth: " +
            'npx pinmem weights pull brings them, for model.backboneWeights "imagenet"; without them a backbone starts from random values',
    );
  }
  const { published } = backbone;
  if (published) return loadPublished(backbone, published, source, options);
  return scope(() => {
    const [state, skipped, kept] = [new Map<string, Tensor>(), [] as LeftOut[], new Map<string, string>()];
    const own = backbone.stateDict();
    const used = new Map<string, Tensor>(); // by the file's own names
    const added = addedNames(backbone);
    const fits = (weights: Names) => {
      const names = new Set([...weights.keys()].map((name) => backbone.torchvisionName(name)));
      return isComplete([...own.keys()], names, added.names);
    };
    for (const [name, tensor] of tensorsOf(source, options.entry, fits)) {
      const ours = backbone.torchvisionName(name);
      if (ours === null) skipped.push({ name, reason: "belongs to the classifier" });
      else if (added.isReplaced(ours, own.get(ours), tensor)) {
        skipped.push({ name, reason: "belongs to a batch norm that an instance normalization replaces" });
      } else {
        state.set(ours, tensor);
        used.set(name, tensor);
      }
    }
    requireUsable(nameOf(source, options), used);
    for (const name of added.names) {
      if (!state.has(name))
        kept.set(name, "belongs to an instance normalization, which the weights do not know");
    }
    return load(backbone, backbone.name, { source: nameOf(source, options), state, kept, skipped }, options);
  });
}

/** Names of whoever published them, or ours. */
function loadPublished(
  backbone: Backbone,
  published: PublishedNames,
  source: WeightsSource,
  options: WeightsOptions,
): WeightsReport {
  return scope(() => {
    const where = nameOf(source, options);
    const given = publishedTensors(source, options, published);
    const own = backbone.stateDict();
    const added = [...own.keys()].filter(isAdapters);
    const kept = new Map(added.map((name) => [name, "belongs to an adapter, which the weights do not know"]));
    const publisher = publisherOf(published, given);
    if (publisher === null && ![...given.keys()].some((name) => own.has(name))) {
      const other = identifyFoundation(given);
      const whose = other ? `they are those of ${other.name}` : "their names are those of another family";
      throw new WeightsError(where, `these weights do not fit ${backbone.name}: ${whose}`);
    }
    const skipped: LeftOut[] = [];
    if (publisher === null) {
      requireUsable(where, given);
      return load(backbone, backbone.name, { source: where, state: new Map(given), kept, skipped }, options);
    }
    const differences = differencesOf(published, publisher, given);
    if (differences.length > 0 && !options.partial) throw unfitting(where, backbone.name, given, differences);
    const table = new Map(published.tensors(publisher).map((entry) => [entry.name, entry]));
    for (const name of given.keys()) {
      const entry = table.get(name);
      if (entry?.unused) skipped.push({ name, reason: entry.unused });
      if (!entry) skipped.push({ name, reason: "has no place in the network" });
    }
    const { otherShape } = comparePublished(published, publisher, given);
    for (const { name, expected, found } of otherShape)
      skipped.push({ name, reason: otherShapeOf(expected, found) });
    const fitting = new Map([...given].filter(([name]) => !otherShape.some((other) => other.name === name)));
    requireUsable(where, fitting);
    const state = fromPublished(published, publisher, fitting, own);
    return load(backbone, backbone.name, { source: where, state, kept, skipped }, options);
  });
}

/** @throws WeightsError, where a page came in place of a file whose license has to be accepted */
function publishedTensors(
  source: WeightsSource,
  options: WeightsOptions,
  published: PublishedNames,
): ReadonlyMap<string, Tensor> {
  const fits = (weights: Names) => publisherOf(published, new Set(weights.keys())) !== null;
  try {
    return tensorsOf(source, options.entry, fits);
  } catch (error) {
    const [, what] = /is (a web page|a server's answer)/.exec((error as Error).message) ?? [];
    if (what === undefined) throw error;
    // Of an index, one of its shards.
    const { file = nameOf(source, options) } = error as { file?: string };
    throw new WeightsError(file, `is ${what} in place of ${published.family}'s weights: ${gated}`, {
      cause: error,
    });
  }
}

function unfitting(
  source: string,
  name: string,
  given: ReadonlyMap<string, Tensor>,
  differences: readonly string[],
) {
  const fit = identifyFoundation(given);
  const belong =
    fit && fit.name !== name && fit.differences.length === 0 ? `: they are those of ${fit.name}` : "";
  const more = differences.length > SHOWN ? `, … and ${differences.length - SHOWN} more` : "";
  const remedy = isShard(source)
    ? ". By its name the file is one of several: give model.safetensors.index.json, which lies beside them"
    : "";
  return new WeightsError(
    source,
    `these weights do not fit ${name}${belong}. ${differences.slice(0, SHOWN).join("; ")}${more}${remedy}`,
  );
}

/** Names of what adapters add to a backbone (adapters/). */
const isAdapters = (name: string): boolean => /(^|\.)(adapter|refinement)\./.test(name);

/**
 * Loads a checkpoint of this project or of the authors into a network, its memory included.
 * @throws WeightsError listing what does not fit, TensorFileError where the file cannot be read; the network is unchanged
 */
export function loadNetworkWeights(
  network: nn.AnyModule,
  source: WeightsSource,
  options: WeightsOptions = {},
): WeightsReport {
  return scope(() => {
    const own = network.stateDict();
    const fits = (weights: Names) => isComplete([...own.keys()], new Set(weights.keys()));
    const state = new Map(tensorsOf(source, options.entry, fits));
    requireUsable(nameOf(source, options), new Map([...state].filter(([name]) => own.has(name))));
    const parts = { source: nameOf(source, options), state, kept: new Map(), skipped: [] };
    return load(network, "the network", parts, options);
  });
}

type Names = Pick<ReadonlyMap<string, unknown>, "keys">;

const isCounter = (name: string): boolean => name.endsWith(".num_batches_tracked");

/** Whether weights have all that a network needs from them. */
const isComplete = (
  own: readonly string[],
  names: ReadonlySet<string | null>,
  needless: readonly string[] = [],
) => own.every((name) => names.has(name) || isCounter(name) || needless.includes(name));

const tensorsOf = (
  source: WeightsSource,
  entry: string | undefined,
  fits: (weights: Names) => boolean,
): ReadonlyMap<string, Tensor> =>
  typeof source === "string" ? readWeights(source, { entry, fits }) : source;

const nameOf = (given: WeightsSource, { source = "the given tensors" }: WeightsOptions): string =>
  typeof given === "string" ? given : source;

/** @throws WeightsError naming the first tensor that no network can compute with */
function requireUsable(source: string, state: ReadonlyMap<string, Tensor>): void {
  for (const [name, tensor] of state) {
    const problem = scope(() => {
      if (!tensor.dtype.includes("float")) return undefined;
      if (tensor.isfinite().all().item() !== true) return "holds NaN or infinite values";
      const isVariance = name.endsWith("running_var") && tensor.numel > 0;
      return isVariance && tensor.min().toNumber() < 0 ? "holds negative variances" : undefined;
    });
    if (problem === undefined) continue;
    throw new WeightsError(source, `'${name}' ${problem}: the file is damaged, or its training had diverged`);
  }
}

interface Prepared {
  source: string;
  /** By the network's own names. */
  state: Map<string, Tensor>;
  /** Names that may stay as they are, with the reason. */
  kept: Map<string, string>;
  skipped: LeftOut[];
}

function load(
  module: nn.AnyModule,
  what: string,
  { source, state, kept, skipped }: Prepared,
  { partial = false }: WeightsOptions,
): WeightsReport {
  const own = module.stateDict();
  for (const name of own.keys()) {
    // PyTorch before 0.4.1 did not count batches, and torchvision's older files come from there.
    if (isCounter(name) && !state.has(name)) kept.set(name, "is not counted in the file");
  }
  const complete = new Map(state);
  for (const name of kept.keys()) complete.set(name, own.get(name) as Tensor);
  const report = attempt(
    () => module.loadStateDict(complete, { strict: !partial, skipMismatched: partial }),
    (error) => {
      const lists = error.message.slice(error.message.indexOf("\n") + 1);
      const remedy = "With `partial` what fits is loaded and the rest is reported.";
      return new WeightsError(source, `these weights do not fit ${what}:\n${lists}\n  ${remedy}`, {
        cause: error,
      });
    },
  );
  const loaded = report.loaded.filter((name) => !kept.has(name));
  if (loaded.length === 0) throw new WeightsError(source, `none of these weights fits ${what}`);
  const reasons = new Map(report.mismatched.map((one) => [one.name, otherShape(one)]));
  return {
    source,
    loaded,
    kept: [
      ...[...kept].map(([name, reason]) => ({ name, reason })),
      ...report.missing.map((name) => ({ name, reason: "is not in the file" })),
      ...[...reasons].map(([name, reason]) => ({ name, reason })),
    ],
    skipped: [
      ...skipped,
      ...report.unexpected.map((name) => ({ name, reason: "has no place in the network" })),
      ...[...reasons].map(([name, reason]) => ({ name, reason })),
    ],
  };
}

function attempt<T>(body: () => T, explain: (error: nn.StateDictError) => Error): T {
  try {
    return body();
  } catch (error) {
    throw error instanceof nn.StateDictError ? explain(error) : error;
  }
}

const otherShape = ({ expected, found }: nn.Mismatch): string => otherShapeOf(expected, found);

const otherShapeOf = (expected: readonly number[], found: readonly number[]): string =>
  `is [${found.join(", ")}] in the file, [${expected.join(", ")}] in the network`;

/** Names of the instance normalizations of a backbone, and what of a batch norm they cannot take over. */
function addedNames(backbone: Backbone): {
  names: string[];
  isReplaced: (name: string, own: Tensor | undefined, given: Tensor) => boolean;
} {
  const normalizations = [...backbone.namedModules()].filter(([, module]) => isNormalization(module));
  const prefixes = normalizations.map(([name]) => `${name}.`);
  const belongs = (name: string) => prefixes.some((prefix) => name.startsWith(prefix));
  return {
    names: [...backbone.stateDict().keys()].filter(belongs),
    isReplaced: (name, own, given) => belongs(name) && String(own?.shape) !== String(given.shape),
  };
}

const isNormalization = (module: nn.AnyModule): boolean =>
  module instanceof nn.InstanceNorm2d ||
  module instanceof InstanceWhitening ||
  module instanceof SwitchableWhitening;

const SHOWN = 5;

/** The report in words: what was loaded, and what was not and why. */
export function describeWeights({ source, loaded, kept, skipped }: WeightsReport): string {
  return [
    `${source}: ${loaded.length} tensors loaded`,
    ...grouped("kept as it was", kept),
    ...grouped("not used", skipped),
  ].join("\n");
}

function grouped(what: string, entries: readonly LeftOut[]): string[] {
  const byReason = new Map<string, string[]>();
  for (const { name, reason } of entries) byReason.set(reason, [...(byReason.get(reason) ?? []), name]);
  return [...byReason].map(([reason, names]) => {
    const more = names.length > SHOWN ? `, ... and ${names.length - SHOWN} more` : "";
    return `  ${what}, because it ${reason}: ${names.slice(0, SHOWN).join(", ")}${more}`;
  });
}
