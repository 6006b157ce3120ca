// The worker that cuts pictures into superpixels, one after the other.

import { superpixels } from "./superpixels.js";

/** What it is sent. */
export interface CutRequest {
  readonly rgba: Uint8ClampedArray<ArrayBuffer>;
  readonly width: number;
  readonly height: number;
  readonly cell: number;
}

addEventListener("message", ({ data: { rgba, cell, ...size } }: MessageEvent<CutRequest>) => {
  postMessage(superpixels(rgba, size, cell));
});
