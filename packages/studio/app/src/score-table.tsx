// Scores of the runs' evaluations: domains by runs, the difference from the first, the newest of each domain.

import type { EvaluationResult } from "@pinmem/core/formats";
import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import * as state from "./state.js";

const results = signal<readonly (readonly EvaluationResult[])[]>([]);

/** A table, or nothing where no run was evaluated. */
export function ScoreTable() {
  useEffect(() => void read(), []);
  const runs = state.site.value?.runs ?? [];
  const scores = results.value.map((ofRun) => {
    const byDate = [...ofRun].sort((one, other) => (one.date < other.date ? -1 : 1));
    return new Map(
      byDate.flatMap(({ domains }) => domains.map(({ name, meanIoU }) => [name, meanIoU] as const)),
    );
  });
  const domains = [...new Set(scores.flatMap((one) => [...one.keys()]))];
  if (domains.length === 0) return null;
  return (
    <section>
      <h2>Mean IoU of evaluations</h2>
      <div class="tablewrap">
        <table class="scores">
          <thead>
            <tr>
              <th>Domain</th>
              {runs.map(({ name }) => (
                <th key={name}>{name}</th>
              ))}
            </tr>
          </thead>
          <tbody>
            {domains.map((domain) => (
              <tr key={domain}>
                <th scope="row">{domain}</th>
                {runs.map(({ name }, at) => (
                  <td key={name}>
                    {said(scores[at]?.get(domain), at === 0 ? null : scores[0]?.get(domain))}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

function said(score: number | null | undefined, first: number | null | undefined): string {
  if (typeof score !== "number") return "";
  const gain = typeof first === "number" ? 100 * (score - first) : null;
  return `${(100 * score).toFixed(1)}${gain === null ? "" : ` (${gain < 0 ? "−" : "+"}${Math.abs(gain).toFixed(1)})`}`;
}

async function read(): Promise<void> {
  const runs = state.site.value?.runs ?? [];
  results.value = await Promise.all(
    runs.map(async ({ evaluations }) => {
      const response = evaluations === null ? null : await fetch(evaluations).catch(() => null);
      return response?.ok ? ((await response.json()) as EvaluationResult[]) : [];
    }),
  );
}
