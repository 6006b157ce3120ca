// What an inspection leaves behind: pictures, and `inspection.json`, which lists them and holds every figure.
//
// Files are named relative to the folder of inspection.json. Shares and scores are from 0 to 1. `null` stands where a part
// was not asked for or cannot be made, which `notes` explains.

import type { DomainRole } from "./domains.js";
import type { HeatScale } from "./heat-maps.js";
import type { Reliance } from "./reliance.js";
import type { Similarity } from "./similarity.js";

/** Version of the layout of inspection.json. */
export const INSPECTION_FORMAT = 1;

export const INSPECTION_FILE = "inspection.json";

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
  /** Mean weight of the class's own row, over the pixels labelled with the class and over all others (null: there are none). */
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

/** Of the images shown: the share of labelled pixels that are right. */
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
