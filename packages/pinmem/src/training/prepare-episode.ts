// From a loader's batch to an episode: images on the device, colors changed by the role of their domain, the roles' images
// together.
//
// Which domains get the strong augmentation: those met as unseen, so that the shift between meta-train and meta-test is
// larger than the sources have it ("meta-test"). The official code means the same, but through a slip it is always the
// domain listed first, whatever its role ("first-source"). "all" makes it the augmentation of every source in every step, also
// for methods that split none off.

import { cat, type Device, scope, type Tensor } from "@pinmem/torch";
import { type BatchTensors, batchTensors } from "../loading/batch-tensors.js";
import type { Batch } from "../loading/loader.js";
import type { PhotometricOptions } from "../loading/transforms/photometric.js";
import type { DomainSplit } from "./domain-split.js";
import type { Episode, LabeledBatch } from "./episode.js";

export const strongFor = ["meta-test", "first-source", "all", "none"] as const;

export interface PrepareOptions {
  readonly seed: number;
  readonly device: Device;
  /** Images of each domain, which lie together in a batch. */
  readonly perDomain: number;
  readonly channelsLast?: boolean;
  readonly normal: PhotometricOptions;
  readonly strong: PhotometricOptions;
  readonly strongFor: (typeof strongFor)[number];
}

/** An episode of a batch; without a split all domains are meta-train. */
export function prepareEpisode(batch: Batch, split: DomainSplit | null, options: PrepareOptions): Episode {
  return scope(() => {
    const isStrong = strongDomains(split, options.strongFor);
    const tensors = batchTensors(batch, {
      seed: options.seed,
      device: options.device,
      augmentation: (domain) => (isStrong(domain) ? options.strong : options.normal),
    });
    const { perDomain } = options;
    const domainsOf = (which: readonly number[]) =>
      which.flatMap((one) => Array<number>(perDomain).fill(one));
    if (!split) {
      const count = Math.ceil(tensors.image.size(0) / perDomain);
      const domains = domainsOf(Array.from({ length: count }, (_, at) => at));
      return { metaTrain: { ...inLayout(tensors, options), domains }, metaTest: null };
    }
    const take = (domains: readonly number[]) => ({
      ...inLayout(imagesOf(tensors, domains, perDomain), options),
      domains: domainsOf(domains),
    });
    return { metaTrain: take(split.metaTrain), metaTest: take(split.metaTest) };
  });
}

/** A whole batch with the normal augmentation: for estimates over training images. */
export const prepareWhole = (batch: Batch, options: PrepareOptions): LabeledBatch =>
  prepareEpisode(batch, null, { ...options, strongFor: "none" }).metaTrain;

function strongDomains(
  split: DomainSplit | null,
  who: PrepareOptions["strongFor"],
): (domain: number) => boolean {
  if (who === "all") return () => true;
  if (!split || who === "none") return () => false;
  if (who === "first-source") return (domain) => domain === 0;
  return (domain) => split.metaTest.includes(domain);
}

function imagesOf(
  { image, label }: BatchTensors,
  domains: readonly number[],
  perDomain: number,
): LabeledBatch {
  const pick = (tensor: Tensor): Tensor => {
    const parts = domains.map((domain) => tensor.narrow(0, domain * perDomain, perDomain));
    return parts.length === 1 ? (parts[0] as Tensor) : cat(parts);
  };
  return { image: pick(image), label: pick(label) };
}

const inLayout = (
  { image, label }: LabeledBatch,
  { channelsLast = false }: PrepareOptions,
): LabeledBatch => ({
  image: channelsLast ? image.to({ memoryFormat: "channelsLast" }) : image,
  label,
});
