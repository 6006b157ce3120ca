// Single values of a configuration from the command line: `--set learningRate.base=0.002 --set data.sources[0].root=/data`.

import { parseAssignment } from "./assignment.js";
import { RecipeError } from "./validate.js";

/** A copy of `config` with the assignments carried out. */
export function withAssignments(config: unknown, assignments: readonly string[]): unknown {
  const copy = structuredClone(config);
  for (const assignment of assignments) assign(copy, assignment);
  return copy;
}

function assign(config: unknown, assignment: string): void {
  const fail = (problem: string) => new RecipeError(`--set ${assignment}`, [problem]);
  const parsed = parseAssignment(assignment);
  if ("problem" in parsed) throw fail(parsed.problem);
  const { keys, value } = parsed;
  const last = keys.at(-1) as string | number;
  let holder = config as Record<string | number, unknown>;
  for (const key of keys.slice(0, -1)) {
    if (!Object.hasOwn(holder, key)) {
      if (Array.isArray(holder)) throw fail(`there is no element ${key}`);
      holder[key] = {};
    }
    const next = holder[key];
    if (typeof next !== "object" || next === null) throw fail(`${key} holds no fields`);
    holder = next as Record<string | number, unknown>;
  }
  if (Array.isArray(holder) && !(typeof last === "number" && last <= holder.length)) {
    throw fail(`there is no element ${last}`);
  }
  holder[last] = value;
}
