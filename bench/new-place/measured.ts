// A figure of the study of new places.

/** One way to use a network in a place, scored on pictures of it that were not given. Shares from 0 to 1. */
export interface Measured {
  /** The place. */
  readonly benchmark: string;
  /** How the network was trained. */
  readonly method: string;
  /** Folder of the run, without what lies above it. */
  readonly run: string;
  /** Of the training. */
  readonly seed: number;
  /** Seed of the choice of the pictures that are given. */
  readonly choice: number;
  /** "trained", "image:W", "image:auto", "place:W"; "adapt": as `pinmem adapt` chooses. */
  readonly statistics: string;
  /** Pictures with labels. */
  readonly shots: number;
  /**
   * - `off`: no votes
   * - `trained rows`, `written rows`: votes with these rows
   * - `nearest mean`: the class whose written row is nearest, without the decoder
   * - `last layer`: the classifier trained on the labeled pictures, no votes
   * - `adapt`: all by `pinmem adapt`
   */
  readonly variant: string;
  /** What the variant was tried with: strength of the votes, or learning rate. */
  readonly setting: number | null;
  readonly meanIoU: number;
  readonly classIoU: Readonly<Record<string, number | null>>;
  /** Of computation on one thread that adapting or training took; 0 where there is nothing to do. */
  readonly seconds: number;
  /** Steps of training, where there were any. */
  readonly steps: number;
  /** Pictures that were scored. */
  readonly pictures: number;
}
