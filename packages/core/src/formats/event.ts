// What a run says about itself while it trains: plain data, written by the trainer, read by whoever wants to know
// (a terminal, a log file, TensorBoard). Everything that depends on the clock or on the machine stands under `timing`, so
// that two runs of one recipe write the same events but for that.

/** The terms of a training pass, in the order in which they are summed. */
export const termNames = [
  "segmentation",
  "auxiliary",
  "whitening",
  "cohesion",
  "divergence",
  "classification",
] as const;
export type TermName = (typeof termNames)[number];

/** Terms of one pass before weighting, and their weighted sum. */
export type LossTerms = { readonly total: number } & Readonly<Partial<Record<TermName, number>>>;

/** Loss terms of each pass: "train", or "meta-train" and "meta-test". */
export type LossesOfPasses = Readonly<Record<string, LossTerms>>;

/** Duration and memory: differ from run to run. */
export interface Timing {
  /** Of the step, in seconds. */
  readonly seconds: number;
  readonly imagesPerSecond: number;
  /** Part of the step that was spent waiting for the data, in seconds. */
  readonly dataSeconds: number;
  /** Largest resident size of the process so far, in bytes. */
  readonly peakMemory: number;
}

export interface StepEvent {
  readonly event: "step";
  /** Optimizer steps done, this one included. */
  readonly step: number;
  readonly epoch: number;
  /** Loss terms of each pass: "train", or "meta-train" and "meta-test". */
  readonly losses: LossesOfPasses;
  readonly learningRate: number;
  /** Of the inner step, where the method has one. */
  readonly innerRate?: number;
  /** L2 norm of the whole gradient, before clipping. */
  readonly gradientNorm: number;
  /** Names of the domains that were met as unseen, where the method splits them. */
  readonly metaTest?: readonly string[];
  readonly timing: Timing;
}

export interface EvaluationEvent {
  readonly event: "evaluation";
  readonly step: number;
  readonly domain: string;
  /** Scores on sources may select a model; those on targets are written down and never used. */
  readonly role: "source" | "target";
  /** Of the weights averaged over time; without it, of those that are trained. */
  readonly weights?: "average";
  /** Mean over the classes that occur, 0 to 1; null where no pixel is labeled. */
  readonly meanIoU: number | null;
  /** By class name; null for classes that neither occur nor were predicted. */
  readonly classIoU: Readonly<Record<string, number | null>>;
  readonly images: number;
  /** Pictures that could not be used and were left out; without it, none. */
  readonly skipped?: number;
}

/** The memory's rows, compared: 1 on the diagonal, high where two classes can hardly be told apart. */
export interface MemoryEvent {
  readonly event: "memory";
  readonly step: number;
  readonly classes: readonly string[];
  readonly cosine: readonly (readonly number[])[];
}

/** A picture for whoever looks; files of text leave it out. */
export interface PictureEvent {
  readonly event: "picture";
  readonly step: number;
  readonly name: string;
  readonly width: number;
  readonly height: number;
  /** height x width x 3, red, green, blue. */
  readonly pixels: Uint8Array;
}

/** Something worth a sentence: a checkpoint was written, statistics were estimated, a class is missing. */
export interface NoteEvent {
  readonly event: "note";
  readonly step: number;
  readonly text: string;
}

export interface StartEvent {
  readonly event: "start";
  /** Steps done before: 0, or where the run is taken up again. */
  readonly step: number;
  readonly steps: number;
  readonly name: string;
}

export interface EndEvent {
  readonly event: "end";
  readonly step: number;
  readonly reason: "finished" | "interrupted";
}

export type TrainingEvent =
  | StartEvent
  | StepEvent
  | EvaluationEvent
  | MemoryEvent
  | PictureEvent
  | NoteEvent
  | EndEvent;

/** Somewhere events go. */
export interface EventSink {
  write(event: TrainingEvent): void | Promise<void>;
  /** Makes what was written durable: on return it survives the end of the process. */
  flush(): void;
  close(): void;
}
