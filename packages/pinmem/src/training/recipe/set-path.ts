// Single values of a configuration from the command line: `--set learningRate.base=0.002 --set data.sources[0].root=/data`.

import { RecipeError } from "./validate.js";

/** A copy of `config` with the assignments carried out; a value is JSON where it reads as such, otherwise text. */
export function withAssignments(config: unknown, assignments: readonly string[]): unknown {
  const copy = structuredClone(config);
  for (const assignment of assignments) assign(copy, assignment);
  return copy;
}

/** `a.b[0]=1` as its path and value. @throws Error where it is no assignment */
export function parseAssignment(assignment: string): { keys: readonly (string | number)[]; value: unknown } {
  const equals = assignment.indexOf("=");
  const keys = parsePath(assignment.slice(0, Math.max(equals, 0)));
  if (keys.length === 0) throw new Error("Write it as path=value, such as learningRate.base=0.002.");
  if (keys.includes("__proto__")) throw new Error("__proto__ is no field.");
  return { keys, value: parseValue(assignment.slice(equals + 1)) };
}

function assign(config: unknown, assignment: string): void {
  const fail = (problem: string) => new RecipeError(`--set ${assignment}`, [problem]);
  const { keys, value } = parsed(assignment, fail);
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

function parsed(assignment: string, fail: (problem: string) => Error): ReturnType<typeof parseAssignment> {
  try {
    return parseAssignment(assignment);
  } catch (error) {
    throw fail((error as Error).message);
  }
}

/** `a.b[0].c` as its keys; empty where it is not a path. */
function parsePath(path: string): (string | number)[] {
  if (!/^[A-Za-z_]\w*(\.[A-Za-z_]\w*|\[\d+\])*$/.test(path)) return [];
  return path.split(/[.[\]]+/).flatMap((key) => (key === "" ? [] : [/^\d+$/.test(key) ? Number(key) : key]));
}

function parseValue(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
