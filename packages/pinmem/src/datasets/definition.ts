// What a data set says of itself: where its files lie, in each layout that users have on their disks, and how its labels are
// stored. One file a set, in sets/.

import type { LabelSpace } from "@pinmem/core";
import type { LabelDecoding } from "./label-decoding.js";

/** An image file and its label file. */
export interface FileSample {
  readonly image: string;
  readonly label: string;
}

/** Folders below the root; `{split}` stands for the split's folder. Files are found in all folders below them. */
export interface Layout {
  readonly name: string;
  readonly images: string;
  readonly labels: string;
  /** What the names end with after the part that an image and its label have in common; first match counts. */
  readonly imageEndings: readonly string[];
  readonly labelEndings: readonly string[];
  /** What the file names begin with before that part. */
  readonly prefixes?: { readonly image: string; readonly label: string };
  /** Folder names of the splits where they differ from the split's own name; null for a split that the layout lacks. */
  readonly folders?: Readonly<Record<string, string | null>>;
  /** Splits that this layout does not separate by folders: by lists of names, or not at all. */
  readonly lists?: (split: string) => string | undefined;
  readonly decoding?: LabelDecoding;
}

export interface DatasetDefinition {
  readonly name: string;
  readonly title: string;
  /** Where it can be had, and under which conditions. */
  readonly homepage: string;
  /** What to download there and what it unpacks to. */
  readonly download: string;
  /** Files expected by split; undefined where no number is official. The first is the default. */
  readonly splits: Readonly<Record<string, number | undefined>>;
  readonly subsets?: readonly string[];
  /** Whether the common part of a pair's names (relative to the images' folder) belongs to a subset and split. */
  readonly select?: (key: string, choice: { split: string; subset: string | undefined }) => boolean;
  readonly layouts: readonly Layout[];
  /** Names of the ways in which its classes can become Cityscapes', where there are several; the first is the default. */
  readonly mappings?: readonly string[];
  /** To the train ids of Cityscapes; `root` for those that need the data set's own tables, `mapping` one of the mappings. */
  readonly decoding: LabelDecoding | ((root: string, mapping?: string) => Promise<LabelDecoding>);
  /** To the train ids of the space itself, for files made for it. */
  readonly ownDecoding?: (space: LabelSpace) => LabelDecoding;
  /** A sentence about labels that are missing, where there is a known cure. */
  readonly labelsHint?: string;
}
