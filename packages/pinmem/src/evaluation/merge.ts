// Results of the shards of one evaluation, added up: exactly what one evaluation of all images would have found.

import { stateOf, Tally } from "@pinmem/core";
import { type EvaluationResult, ResultError, sameProtocol } from "@pinmem/core/formats";

export interface NamedResult {
  /** Names the result in errors. */
  readonly file: string;
  readonly result: EvaluationResult;
}

/**
 * @param parts all shards, in any order
 * @throws ResultError where one is missing, doubled, or belongs to another evaluation
 */
export function mergeResults(parts: readonly NamedResult[]): EvaluationResult {
  const [first] = parts;
  if (!first) throw new RangeError("mergeResults: there is nothing to merge");
  const of = first.result.shard?.of ?? 1;
  const byIndex = new Map<number, NamedResult>();
  for (const part of parts) {
    checkBelongs(part, first);
    const index = part.result.shard?.index ?? 1;
    const other = byIndex.get(index);
    if (other) throw new ResultError(part.file, `is shard ${index} of ${of}, and so is ${other.file}`);
    byIndex.set(index, part);
  }
  const missing = Array.from({ length: of }, (_, at) => at + 1).filter((index) => !byIndex.has(index));
  if (missing.length > 0) {
    throw new ResultError(
      first.file,
      `is one of ${of} shards; missing: ${missing.map((index) => `${index}/${of}`).join(", ")}`,
    );
  }
  const ordered = [...byIndex].sort(([a], [b]) => a - b).map(([, part]) => part.result);
  const newest = ordered.reduce((a, b) => (b.date > a.date ? b : a));
  const { space } = first.result;
  return {
    ...(ordered[0] as EvaluationResult),
    domains: first.result.domains.map(({ name, dataset, role, boundaryIoU, cohesionLoss }, at) => {
      const tally = new Tally({
        classes: space.classes.length,
        dilation: boundaryIoU?.dilation ?? null,
        cohesion: ordered.some(({ domains }) => domains[at]?.cohesionLoss != null) || cohesionLoss !== null,
      });
      for (const { domains } of ordered) {
        const domain = domains[at];
        if (!domain) continue;
        const state = stateOf(domain);
        // A shard without a labeled pixel has no loss to tell, but belongs to those that were asked for it.
        tally.addState({ ...state, cohesion: tally.state.cohesion === null ? null : (state.cohesion ?? 0) });
      }
      return { name, dataset, role, ...tally.result(space) };
    }),
    date: newest.date,
    seconds: ordered.reduce((sum, { seconds }) => sum + seconds, 0),
    shard: null,
  };
}

function checkBelongs({ file, result }: NamedResult, { file: other, result: first }: NamedResult): void {
  const differs = (what: string) => {
    throw new ResultError(file, `does not belong to the evaluation of ${other}: ${what}`);
  };
  const { run, protocol, space, domains, shard } = result;
  if (run.name !== first.run.name || run.step !== first.run.step || run.score !== first.run.score)
    differs(`it is of other weights (${run.file}, not ${first.run.file})`);
  if (JSON.stringify(run.adaptation) !== JSON.stringify(first.run.adaptation))
    differs("the runs were not adapted alike");
  if (JSON.stringify(result.recipe) !== JSON.stringify(first.recipe)) differs("the recipes differ");
  if (!sameProtocol(protocol, first.protocol))
    differs(`the protocols differ (${protocol.name}, ${first.protocol.name})`);
  if (JSON.stringify(space) !== JSON.stringify(first.space)) differs("the classes differ");
  const list = (all: EvaluationResult["domains"]) =>
    all
      .map(({ name, dataset, boundaryIoU }) => `${name} (${dataset}) ${boundaryIoU?.dilation ?? ""}`.trim())
      .join("; ");
  if (list(domains) !== list(first.domains))
    differs(`the domains differ: ${list(domains)}, not ${list(first.domains)}`);
  if (shard?.of !== first.shard?.of)
    differs(`it is one of ${shard?.of ?? 1} shards, not of ${first.shard?.of ?? 1}`);
}
