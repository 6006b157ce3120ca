// Golden results as text: one line for each section and precision, with the figure nearest to its tolerance or beyond.

import type { GroupResult } from "./compare.js";
import type { SectionResult } from "./run-golden.js";

const exponential = (value: number): string =>
  Number.isFinite(value) ? value.toExponential(1) : String(value);

/** How near to its tolerance; infinite for what is missing. */
const ratio = ({ deviation, tolerance }: GroupResult): number => deviation / tolerance;

/** The group that is nearest to its tolerance, or furthest beyond. */
export const worstGroup = (groups: readonly GroupResult[]): GroupResult | undefined =>
  groups.reduce<GroupResult | undefined>(
    (a, b) => (a === undefined || ratio(b) > ratio(a) ? b : a),
    undefined,
  );

/** `resnet50_mem_64  eval  float64  ok    3.1e-10 of 1.0e-7 at logits.samples[17]  (712 figures, 0.4 s)` */
export function describeResult(result: SectionResult, width = 0): string {
  const { precision, notRun, problem, groups, passed, seconds } = result;
  const head = `${result.case.padEnd(width)}  ${result.section.padEnd(18)} ${(precision ?? "").padEnd(8)}`;
  if (notRun !== null) return `${head} not run: ${notRun}`;
  if (problem !== null) return `${head} FAILED   ${problem}`;
  const worst = worstGroup(groups);
  if (!worst) return `${head} ok`;
  const figures = groups.reduce((sum, group) => sum + group.figures, 0);
  const lines = groups
    .filter((group) => !group.passed || group === worst)
    .map(({ deviation, tolerance, basis, figure }) => {
      const note = basis === "rounding" ? " (noise measured)" : "";
      return `${exponential(deviation)} of ${exponential(tolerance)}${note} at ${figure}`;
    });
  const status = passed ? "ok      " : "FAILED  ";
  return `${head} ${status} ${lines.join("; ")} (${figures} figures, ${seconds.toFixed(1)} s)`;
}

/** `31 sections agree, 1 does not, 12 were not run` */
export function summarize(results: readonly SectionResult[]): string {
  const notRun = results.filter((result) => result.notRun !== null).length;
  const failed = results.filter(({ passed }) => !passed).length;
  const agreed = results.length - notRun - failed;
  return `${agreed} sections agree, ${failed} do not, ${notRun} were not run`;
}
