// All that the page knows, as signals: what there is, what is looked at, how it is shown. Panels read it; actions.ts changes it.

import type { Model, Segmentation } from "@pinmem/runtime/browser";
import { computed, signal } from "@preact/signals";
import type { Site, SiteRun } from "../../src/site.js";
import type { BrushStroke } from "./brush-stroke.js";

/** A picture that can be looked at. */
export interface Picture {
  readonly id: string;
  readonly name: string;
  readonly group: string;
  /** Bytes of its file. */
  blob(): Promise<Blob>;
  /** Train ids as gray PNG; null where it is not labeled. */
  readonly label: string | null;
  /** Many pictures: frames follow one another. */
  readonly isVideo?: true;
}

/** Views of the page, in the order of their keys 1 to 5. */
export const tabs = ["Segment", "Inside", "Teach", "Compare", "Follow"] as const;
export type Tab = (typeof tabs)[number];

/** Of the server or the exported site; null until it is read. */
export const site = signal<Site | null>(null);
export const tab = signal<Tab>("Segment");
/** Position of the run that is looked at. */
export const runAt = signal(0);
export const run = computed<SiteRun | null>(() => site.value?.runs[runAt.value] ?? null);
/** What is loaded of it. */
export const model = signal<Model | null>(null);
export const pictures = signal<readonly Picture[]>([]);
export const picture = signal<Picture | null>(null);
/** Decoded, upright. */
export const bitmap = signal<ImageBitmap | null>(null);
export const result = signal<Segmentation | null>(null);
/** With the memory as exported, beside one that was taught; null where nothing was. */
export const resultBefore = signal<Segmentation | null>(null);
/** What is at work, for people; null: nothing. */
export const busy = signal<string | null>(null);
/** What went wrong, and what to do. */
export const problem = signal<string | null>(null);
/** What was done, told to people who cannot see it. */
export const said = signal("");

export const opacity = signal(0.55);
export const outline = signal(false);
export const threshold = signal(0);
export const hidden = signal<ReadonlySet<number>>(new Set());
/** By train id, where another color was chosen. */
export const recolored = signal<ReadonlyMap<number, readonly [number, number, number]>>(new Map());
export const votes = signal(0);
/** Weight of each picture's own statistics, where it does not decide itself. */
export const normalize = signal(0);
/** Whether each picture decides how it is looked at. */
export const isAuto = signal(false);
/** What the page asks of own statistics. */
export const statistics = computed(() => (isAuto.value ? "auto" : normalize.value));
/** Pixel below the pointer. */
export const pointed = signal<{ readonly x: number; readonly y: number } | null>(null);

/** The same where keys have brought the pointer there: shown as a cross. */
export const cross = signal<{ readonly x: number; readonly y: number } | null>(null);

/** Colors by train id, as shown. */
export const colors = computed(() =>
  (model.value?.classes ?? []).map(({ color }, at) => recolored.value.get(at) ?? color),
);

/** Of each picture, by its id. */
export const strokes = signal<ReadonlyMap<string, readonly BrushStroke[]>>(new Map());
/** Train id that is brushed; null: the eraser. */
export const brushClass = signal<number | null>(0);
/** In pixels of the picture. */
export const brushWidth = signal(24);
/** Whether strokes snap to superpixels. */
export const snaps = signal(false);
/** Share of the picture, from the left, that shows it as before. */
export const swipe = signal(0);
/** Names of classes whose rows were written. */
export const written = signal<readonly string[]>([]);
/** Positions of runs whose rows are not those of their files. */
export const taught = signal<ReadonlySet<number>>(new Set());
/** Pictures with strokes whose files are not open, and so teach nothing. */
export const missing = signal(0);
/** Whether the strokes are in the browser's storage. */
export const isKept = signal(true);

/** What the pixel that was clicked reads and votes for. */
export const looked = signal<{
  readonly x: number;
  readonly y: number;
  readonly weights: Float32Array;
  readonly cosines: Float32Array;
} | null>(null);
/** Map of the row of a class; null: none is shown. */
export const rowMap = signal<{
  readonly trainId: number;
  readonly kind: "weights" | "cosines";
  readonly width: number;
  readonly height: number;
  readonly values: Float32Array;
} | null>(null);

/** What an error says. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
