// Which images a run sees: the data sets in their roles, how crops are made of them, and how batches.

import { streetDomains } from "@pinmem/streets";
import { z } from "zod";
import { datasetNames } from "../datasets/sets/index.js";
import { normalAugmentation, strongAugmentation } from "../loading/transforms/photometric.js";
import { strongFor } from "../training/prepare-episode.js";

/** Of the images of a data set, only so many, spread evenly over it. */
const limit = z.int().positive().optional();

/** Of a domain: hours of rendering, and a list that memory has room for. */
const MOST_SCENES = 1_000_000;
/** Of a crop, in pixels: larger than the photographs of any data set. */
const LARGEST_SIDE = 8192;

export const datasetSchema = z.discriminatedUnion("name", [
  z.strictObject({
    name: z.literal("streets"),
    domain: z.enum(streetDomains.map(({ name }) => name) as [string, ...string[]]),
    /** Scenes, all of which are listed at the start. */
    count: z.int().positive().max(MOST_SCENES),
    seed: z.int().min(0).default(0),
    width: z.int().min(16).max(4096).default(256),
    height: z.int().min(16).max(4096).default(128),
    limit,
  }),
  z.strictObject({
    name: z.enum(datasetNames as [string, ...string[]]),
    root: z.string().min(1),
    split: z.string().optional(),
    subset: z.string().optional(),
    /** How its classes become Cityscapes', for data sets that have several ways (mapillary-v2: "ours", "rein"). */
    mapping: z.string().optional(),
    part: z.enum(["all", "every-10th", "all-but-every-10th"]).default("all"),
    unpaired: z.enum(["error", "skip"]).default("error"),
    limit,
  }),
  z.strictObject({
    name: z.literal("custom"),
    /** A data set of a program's own, by the name under which it gives it to `train`. */
    as: z.string().min(1),
    limit,
  }),
]);

export type DatasetConfig = z.output<typeof datasetSchema>;

const strength = z.number().min(0);

const photometricSchema = (defaults: {
  brightness?: number;
  contrast?: number;
  saturation?: number;
  hue?: number;
  probability?: number;
  blur?: readonly [number, number] | null;
}) =>
  z
    .strictObject({
      brightness: strength.default(defaults.brightness ?? 0),
      contrast: strength.default(defaults.contrast ?? 0),
      saturation: strength.default(defaults.saturation ?? 0),
      hue: strength.max(0.5).default(defaults.hue ?? 0),
      probability: strength.max(1).default(defaults.probability ?? 1),
      blur: z
        .tuple([z.number().positive(), z.number().positive().max(32)])
        .nullable()
        .default(defaults.blur ? [...defaults.blur] : null),
    })
    .prefault({});

export const dataSchema = z.strictObject({
  /** Domains to train on. The same one twice: two pseudo-domains from a single source. */
  sources: z.array(datasetSchema).min(1),
  /** Images of the sources' kind that are not trained on: these select the best model. */
  validation: z.array(datasetSchema).default([]),
  /** Unseen domains: written down at evaluations, never used for anything. */
  targets: z.array(datasetSchema).default([]),
  /** "cityscapes19", or a file that describes classes of one's own. */
  labels: z.string().default("cityscapes19"),
  /** Size of the crops that are trained on. */
  crop: z.strictObject({
    width: z.int().positive().max(LARGEST_SIDE),
    height: z.int().positive().max(LARGEST_SIDE),
  }),
  /** Images are resized by a random factor within this range first. */
  scale: z.tuple([z.number().positive(), z.number().positive().max(16)]).default([0.5, 2]),
  flip: z.number().min(0).max(1).default(0.5),
  /** Largest rotation to either side, in degrees. */
  rotation: z.number().min(0).max(180).default(0),
  /** Images of each source domain in a batch. */
  perDomain: z.int().positive(),
  /** Batches of an epoch: "full" (the largest source once), "official" (2,975 images of each source), or a number. */
  epoch: z.union([z.enum(["full", "official"]), z.int().positive()]).default("full"),
  /** Share of the images that are drawn for a class that they hold, each class as often as the others. */
  classUniform: z.number().min(0).max(1).default(0),
  color: z
    .strictObject({
      normal: photometricSchema(normalAugmentation),
      strong: photometricSchema(strongAugmentation),
      /** Who gets the strong one. */
      strongFor: z.enum(strongFor).default("meta-test"),
    })
    .prefault({}),
  /** Threads that read images; 0: the training thread itself. */
  workers: z.int().min(0).max(64).default(1),
  /** Batches read ahead. */
  prefetch: z.int().min(0).default(2),
  /** Memory for decoded images, in MiB. */
  cache: z.int().min(0).default(512),
  /** A file that cannot be used: stop, or go on without it and count it. */
  onError: z.enum(["throw", "skip"]).default("throw"),
});

export type DataConfig = z.output<typeof dataSchema>;
