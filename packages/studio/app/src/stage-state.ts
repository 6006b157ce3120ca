// What the stage shows beside the open run's result, and how it is enlarged and moved: the same in all of its panes.

import { signal } from "@preact/signals";
import type { Shown } from "./overlay.js";

/** A result beside others. */
export interface PaneView {
  readonly title: string;
  /** Null: not there yet. */
  readonly result: Shown | null;
}

export const zoom = signal(1);
/** In pixels of the screen. */
export const moved = signal<readonly [number, number]>([0, 0]);
/** Side by side; null: the open run's result alone. */
export const panes = signal<readonly PaneView[] | null>(null);
/** Left of the swipe, in place of what was before teaching. */
export const beside = signal<Shown | null>(null);
/** Pixels to mark in each pane instead of showing classes; null: classes. */
export const marks = signal<((pane: number, at: number) => boolean) | null>(null);

/** @param at the point that stays, in pixels from the middle of its pane */
export function zoomBy(factor: number, at: readonly [number, number] = [0, 0]): void {
  const next = Math.min(40, Math.max(0.2, zoom.value * factor));
  const by = next / zoom.value;
  moved.value = [at[0] - (at[0] - moved.value[0]) * by, at[1] - (at[1] - moved.value[1]) * by];
  zoom.value = next;
}

/** All of the picture again. */
export function fit(): void {
  zoom.value = 1;
  moved.value = [0, 0];
}
