// The picture while it is being made: linear light without upper limit, three numbers a pixel, and beside it what later
// steps want to know about each pixel.

export class Frame {
  readonly color: Float32Array;
  /** How strongly the ground mirrors what stands on it, 0 to 1. */
  readonly wet: Float32Array;
  /** Train ids. */
  readonly label: Uint8Array;
  /** Working space of the effects, as large as `color`. */
  readonly scratch: Float32Array;

  constructor(
    readonly width: number,
    readonly height: number,
  ) {
    this.color = new Float32Array(3 * width * height);
    this.scratch = new Float32Array(3 * width * height);
    this.wet = new Float32Array(width * height);
    this.label = new Uint8Array(width * height);
  }
}
