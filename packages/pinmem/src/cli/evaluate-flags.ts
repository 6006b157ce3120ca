import type { WhichWeights } from "../training/which-weights.js";
import type { ProtocolFlags } from "./protocol-options.js";

/** What `pinmem evaluate` was asked for. */
export interface EvaluateFlags extends ProtocolFlags {
  readonly on?: string[];
  readonly data?: string;
  readonly limit?: number;
  readonly which?: WhichWeights;
  readonly batch: number;
  readonly threads?: number;
  readonly device: string;
  /** Share of the diagonal. */
  readonly boundary?: number;
  readonly cohesion?: true;
  readonly maxPixels?: number;
  readonly shard?: { index: number; of: number };
  readonly out?: string;
  readonly classes?: true;
  readonly json?: true;
}
