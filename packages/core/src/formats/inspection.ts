// What an inspection leaves behind: pictures, and `inspection.json`, which lists them and holds every figure.
//
// Files are named relative to the folder of inspection.json. Shares and scores are from 0 to 1. `null` stands where a part
// was not asked for or cannot be made, which `notes` explains.

import type { HeatScale } from "../raster/heat-maps.js";
import type { TestNormalization } from "./protocol.js";

/** Version of the layout of inspection.json. */
export const INSPECTION_FORMAT = 1;

/** Name of the file with the figures of an inspection, in its folder. */
export const INSPECTION_FILE = "inspection.json";

/** All parts that an inspection can have. */
export const inspectionParts = ["activation", "similarity", "embedding", "grid", "reliance"] as const;
export type InspectionPart = (typeof inspectionParts)[number];

export interface InspectionPicture {
  /** PNG. */
  readonly file: string;
  /** The same as SVG: vectors where there are any, images within embedded. */
  readonly svg: string;
  readonly kind: InspectionPart;
  readonly title: string;
  /** How to read it, in a sentence or two. */
  readonly caption: string;
  /** Of the SVG, in pixels; the PNG has twice as many. */
  readonly width: number;
  readonly height: number;
}

export interface InspectedRun {
  /** As it was given: a folder or a file. */
  readonly path: string;
  /** The file of weights. */
  readonly file: string;
  /** Of the recipe. */
  readonly name: string;
  readonly method: string;
  readonly step: number;
  readonly hasMemory: boolean;
}

/** Of one image in each domain, the one with most classes. */
export interface ActivationFigures {
  readonly domain: string;
  readonly image: string;
  /** How its pictures are scaled. */
  readonly scales: readonly HeatScale[];
  /** Weight of every row if all were the same, 1/K. */
  readonly flatWeight: number;
  /** Mean weight of the class's own row, over the pixels labeled with the class and over all others (null: there are none). */
  readonly classes: readonly {
    readonly name: string;
    readonly own: number;
    readonly others: number | null;
  }[];
}

export interface SimilarityFigures {
  /** In the order of the matrices' rows. */
  readonly classes: readonly string[];
  /** After the memory's start; null where the run's log does not tell. */
  readonly before: Similarity | null;
  readonly after: Similarity;
}

export interface EmbeddingFigures {
  readonly method: "t-SNE";
  readonly seed: number;
  readonly classes: readonly string[];
  /** Within the unit square; `domain` is null for rows of the memory. */
  readonly points: readonly {
    readonly x: number;
    readonly y: number;
    readonly class: string;
    readonly domain: string | null;
  }[];
  /** Share of the features whose most similar row, of those embedded, is that of their class; null without a memory. */
  readonly nearestIsOwnRow: readonly { readonly domain: string; readonly share: number | null }[] | null;
}

/** Of the images shown: the share of labeled pixels that are right. */
export interface GridFigures {
  readonly baseline: InspectedRun | null;
  readonly rows: readonly {
    readonly domain: string;
    readonly image: string;
    readonly accuracy: number | null;
    readonly baselineAccuracy: number | null;
  }[];
}

export interface Inspection {
  readonly format: typeof INSPECTION_FORMAT;
  readonly run: InspectedRun;
  readonly domains: readonly {
    readonly name: string;
    readonly role: DomainRole;
    readonly images: number;
  }[];
  readonly seed: number;
  /** Whose statistics batch norm took. */
  readonly normalize: TestNormalization;
  /** What the memory's votes weighed, where another weight than that of training was asked for. */
  readonly vote: number | null;
  /** How much of the sources' class frequencies was out of the logits; 0: nothing. */
  readonly logitAdjustment: number;
  /** What could not be made, and why. */
  readonly notes: readonly string[];
  readonly pictures: readonly InspectionPicture[];
  readonly figures: {
    readonly activation: readonly ActivationFigures[] | null;
    readonly similarity: SimilarityFigures | null;
    readonly embedding: EmbeddingFigures | null;
    readonly grid: GridFigures | null;
    readonly reliance: Reliance | null;
  };
}

/** Seen in training (images of that kind were), or not. */
export type DomainRole = "source" | "target";

/**
 * - `constant`: every pixel reads the mean read-out of the whole domain
 * - `image-mean`: every pixel reads the mean read-out of its image
 * - `permuted`: the values of the rows of classes that were written change places, none stays; weights are as they were
 * - `random`: all rows are random directions, as those of a new memory
 * - `temperature`: another temperature of the softmax
 * - `votes-off`, `votes-only`: the votes of a memory that votes are left out, or decide alone, without the decoder's logits
 * - `memory-off`: of a memory that votes, the read-out is made constant and the votes are left out
 */
export type AlterationKind =
  | "constant"
  | "image-mean"
  | "permuted"
  | "random"
  | "temperature"
  | "votes-off"
  | "votes-only"
  | "memory-off";

export interface ReadStatistics {
  /** Of the read weights, in nats, mean over pixels; flat weights have `flatEntropy`. */
  readonly entropy: number;
  /** ln K. */
  readonly flatEntropy: number;
  /** Mean over pixels. */
  readonly largestWeight: number;
  /** Share of the read weight that rows of classes never written take. */
  readonly absentShare: number;
  /**
   * Standard deviation over pixels of the read-out's part of the 1x1 convolution, mean over its channels; and of the
   * query's part. Before batch norm where the network is in its trained form.
   */
  readonly readoutSpread: number;
  readonly querySpread: number;
}

export interface AlterationResult {
  readonly kind: AlterationKind;
  /** Of the softmax, where that is what is altered. */
  readonly temperature?: number;
  /** How many random draws it is the mean of; 1 where nothing is random. */
  readonly draws: number;
  /** Share of all pixels whose class changes, 0 to 1. */
  readonly changed: number;
  /** 0 to 1, over the pixels of all draws; null where no pixel is labeled. */
  readonly meanIoU: number | null;
  /** Minus that of the network as it is. */
  readonly meanIoUDifference: number | null;
}

export interface DomainReliance {
  readonly name: string;
  /** "all": the domains together. */
  readonly role: DomainRole | "all";
  readonly images: number;
  readonly pixels: number;
  /** As the network is, 0 to 1. */
  readonly meanIoU: number | null;
  readonly read: ReadStatistics;
  readonly alterations: readonly AlterationResult[];
}

export interface Reliance {
  /** The memory's own. */
  readonly temperature: number;
  readonly classes: number;
  /** Train ids of rows that were written. */
  readonly presentRows: readonly number[];
  /** Mean cosine between different rows that were written; null for fewer than two. */
  readonly rowCosine: number | null;
  readonly domains: readonly DomainReliance[];
  /** Where there are several domains: their pixels together, each altered as in its domain. */
  readonly all: DomainReliance | null;
}

/** K x K. */
export type Cosines = readonly (readonly number[])[];

export interface Similarity {
  /** Optimizer steps done. */
  readonly step: number;
  readonly cosine: Cosines;
  /** Mean over pairs of different rows that were written; null for fewer than two. */
  readonly mean: number | null;
}
