// How long a training step of N processes takes: a model, for planning beyond the machines at hand. Its parameters are measured on one
// process and one link; what it leaves out is the wait for the slowest of many and what else goes over the network.
//
// Each exchange is one ring of Gloo: every process sends 2 (N - 1) / N of the bytes to its neighbor, in 2 (N - 1) messages, and before it
// the processes compare what they are about to do, in N - 1 messages more (process-group.ts). Gloo asks for a message before it is
// sent, so each takes the way twice. Gradients that travel as bfloat16 take half the bytes and one message more: to all others at once, then
// round the ring, each after a comparison (gradient-compression.ts). Exchanges follow one another and the backward pass; nothing overlaps.

import type { GradientCompression } from "./gradient-compression.js";
import { BUCKET } from "./world.js";

export interface StepCosts {
  /** Seconds of one episode on one process, forward and backward, with its share of what is done once a step. */
  readonly compute: number;
  /** Of the gradients: 4 for each parameter that is trained. */
  readonly bytes: number;
  /** Seconds that the smallest packet takes from one process to the next. */
  readonly latency: number;
  /** Bytes a second from one process to the next. */
  readonly bandwidth: number;
  /** Episodes of each process in a step. Default 1. */
  readonly accumulation?: number;
  /** How the gradients travel. Default "none": as they are. */
  readonly gradientCompression?: GradientCompression;
}

/** Beside the gradients: losses, running statistics, sums of the memory, questions for an end. Few bytes each. */
const SMALL_EXCHANGES = 4;

/** Of an exchange, for each neighbor: three messages, there and back. */
const WAYS = 6;

/** Of messages to all others at once. */
const WAYS_TO_ALL = 2;

/** Seconds of a step of so many processes. */
export function stepTime(
  processes: number,
  { compute, bytes, latency, bandwidth, accumulation = 1, gradientCompression = "none" }: StepCosts,
): number {
  if (processes === 1) return accumulation * compute;
  const buckets = Math.ceil(bytes / (4 * BUCKET));
  const neighbors = processes - 1;
  const [sent, more] = gradientCompression === "bfloat16" ? [bytes / 2, WAYS_TO_ALL * buckets] : [bytes, 0];
  const transfer = ((2 * neighbors) / processes) * (sent / bandwidth);
  const ways = WAYS * neighbors * (buckets + SMALL_EXCHANGES) + more;
  return accumulation * compute + transfer + ways * latency;
}

/** Share of the throughput that so many processes would have if nothing had to be exchanged. */
export const efficiency = (processes: number, costs: StepCosts): number =>
  stepTime(1, costs) / stepTime(processes, costs);
