// What processes must have in common, compared, and told with the values of all.

import { DisagreementError } from "./errors.js";

type Facts = Readonly<Record<string, string | number | null>>;

/** An error that names what differs; null where nothing does. */
export function findDifferences(what: string, all: readonly Facts[]): DisagreementError | null {
  const names = [...new Set(all.flatMap((facts) => Object.keys(facts)))];
  const lines = names.flatMap((name) => {
    const ranks = new Map<string, number[]>();
    for (const [rank, facts] of all.entries()) {
      const value = String(facts[name] ?? "nothing");
      ranks.set(value, [...(ranks.get(value) ?? []), rank]);
    }
    if (ranks.size === 1) return [];
    const values = [...ranks].map(
      ([value, who]) => `${value} on rank${who.length > 1 ? "s" : ""} ${who.join(", ")}`,
    );
    return [`  ${name}: ${values.join("; ")}`];
  });
  if (lines.length === 0) return null;
  return new DisagreementError(
    `the processes are not alike in ${what}; start all of them with the same:\n${lines.join("\n")}`,
  );
}
