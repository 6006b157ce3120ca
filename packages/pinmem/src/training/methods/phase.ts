// Which steps are those of the method, and which are plainer: meta-learning need not be taken at every step, nor from the first.
//
// Until a part of the run is over, a warm-up trains as erm does, without memory and without split; from then on every n-th step is
// a meta step, and the others train on all sources at once (as memory-erm does where there is a memory, as erm where there is
// none). A function of the step alone, so that a run that is taken up again goes on alike.

/** "warm-up" and "joint": all sources at once, without and with the memory; "meta": split into meta-train and meta-test. */
export type Phase = "warm-up" | "joint" | "meta";

export interface MetaSchedule {
  /** A meta step every so many steps. Default 1. */
  readonly every?: number;
  /** Share of the run that is warm-up, in [0, 1). Default 0. */
  readonly from?: number;
}

/** Steps of the warm-up in a run of `steps` steps. */
export const warmUpSteps = ({ from = 0 }: MetaSchedule, steps: number): number => Math.round(from * steps);

/** The phase of each step, counted from 0, of a run of `steps` steps. */
export function phases(schedule: MetaSchedule, steps: number): (step: number) => Phase {
  const { every = 1 } = schedule;
  const begin = warmUpSteps(schedule, steps);
  return (step) => (step < begin ? "warm-up" : (step - begin) % every === 0 ? "meta" : "joint");
}
