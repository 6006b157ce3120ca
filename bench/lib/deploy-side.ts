// What the sides of `npm run bench -- deploy` are asked, and what they answer.

/** Of `open`. */
export interface Opening {
  /** Of a network: `run`, and the exported models `whole` and `half`. */
  readonly folder: string;
  readonly threads: number;
}

/** Of `segment`: a file of red, green, blue bytes. */
export interface PictureFile {
  readonly file: string;
  readonly width: number;
  readonly height: number;
  /** Whether the labels come back. */
  readonly wantsLabels: boolean;
}

/** What `segment` answers. */
export interface Measured {
  /** From pixels to labels. */
  readonly ms: number;
  /** When there were labels, since the process or the page began. */
  readonly sinceStart: number;
  /** Base64. */
  readonly labels: string | null;
}

/** What `edit` answers: a stroke written into the memory, and the picture decoded again. */
export interface Edited {
  readonly writeMs: number;
  readonly decodeMs: number;
}

/** What `own` answers, of one picture: in all, and within onnxruntime's sessions. */
export interface OwnTime {
  readonly ms: number;
  readonly sessionMs: number;
}

/** Along the lower edge of a picture. */
export const strokeOn = ({ width, height }: { readonly width: number; readonly height: number }) => ({
  class: "road",
  points: [
    [width / 4, 0.9 * height],
    [0.75 * width, 0.9 * height],
  ] as [number, number][],
  width: Math.max(1, Math.round(height / 40)),
});

/** Votes, so that what is written counts among the labels. */
export const VOTES = 10;
