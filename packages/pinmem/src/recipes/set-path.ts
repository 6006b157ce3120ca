// Single fields of a configuration changed by path, such as `learningRate.base=0.002` or `data.sources[0].root=/data`. A field
// that the configuration leaves out starts from its default, so that a change of `learningRate.base` needs no `kind`.

import { type Assignment, parseAssignment } from "./assignment.js";
import { overDefault, type Path, type Schema } from "./schema-path.js";
import { RecipeError } from "./validate.js";

type Key = string | number;

/**
 * A copy of `config` with the assignments carried out.
 * @param schema of the configuration; says what stands where it leaves fields out
 * @param prepare is given each assignment before it is carried out
 * @throws RecipeError where an assignment cannot be carried out
 */
export function withAssignments(
  config: unknown,
  assignments: readonly string[],
  schema: Schema,
  prepare: (assignment: Assignment) => Assignment = (assignment) => assignment,
): unknown {
  const copy = structuredClone(config);
  const begun: Path[] = [];
  for (const assignment of assignments) assign(copy, assignment, prepare, begun);
  // Not before all are carried out: a later one may choose another member of a union.
  for (const path of begun) put(copy, path as readonly Key[], overDefault(schema, copy, path));
  return copy;
}

function assign(
  config: unknown,
  assignment: string,
  prepare: (assignment: Assignment) => Assignment,
  begun: Path[],
): void {
  const fail = (problem: string) => new RecipeError(`the change \`${assignment}\``, [problem]);
  const parsed = parseAssignment(assignment);
  if ("problem" in parsed) throw fail(parsed.problem);
  const { keys, value } = prepare(parsed);
  const last = keys.at(-1) as Key;
  let holder = config as Record<Key, unknown>;
  for (const [depth, key] of keys.slice(0, -1).entries()) {
    if (!Object.hasOwn(holder, key)) {
      if (Array.isArray(holder)) throw fail(`there is no element ${key}`);
      holder[key] = {};
      begun.push(keys.slice(0, depth + 1));
    }
    const next = holder[key];
    if (typeof next !== "object" || next === null) throw fail(`${key} holds no fields`);
    holder = next as Record<Key, unknown>;
  }
  if (Array.isArray(holder) && !(typeof last === "number" && last <= holder.length)) {
    throw fail(`there is no element ${last}`);
  }
  holder[last] = value;
  // What is given as a whole has no defaults laid under it.
  const outside = begun.filter((path) => !keys.every((key, at) => path[at] === key));
  begun.splice(0, begun.length, ...outside);
}

/** Puts a value at a path that is there; where a later assignment replaced what holds it, nowhere. */
function put(config: unknown, path: readonly Key[], value: unknown): void {
  const last = path.at(-1) as Key;
  let holder = config;
  for (const key of path.slice(0, -1)) holder = (holder as Record<Key, unknown> | null | undefined)?.[key];
  if (typeof holder === "object" && holder !== null && Object.hasOwn(holder, last)) {
    (holder as Record<Key, unknown>)[last] = value;
  }
}
