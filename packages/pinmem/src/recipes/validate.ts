// Checks a configuration against its schema and says what is wrong in words: which field, what it holds, what it may hold,
// and for a mistyped name the one that was probably meant. All problems at once, not only the first.

import { closest } from "@pinmem/core";
import { z } from "zod";
import { inWords } from "./issue-words.js";
import { fieldsAt, hasField, literalsOf, type Path, type Schema, schemaAt, valueAt } from "./schema-path.js";

/** A recipe that cannot be used; `problems` has one line each. */
export class RecipeError extends Error {
  override readonly name = "RecipeError";
  constructor(
    readonly recipe: string,
    readonly problems: readonly string[],
    options?: ErrorOptions,
  ) {
    super(`${recipe} cannot be used:\n${problems.map((problem) => `  ${problem}`).join("\n")}`, options);
  }
}

/**
 * The value as the schema describes it, with its defaults.
 * @param what names the value in messages
 * @throws RecipeError with all problems
 */
export function validate<S extends z.ZodType>(schema: S, value: unknown, what: string): z.output<S> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new RecipeError(
    what,
    parsed.error.issues.flatMap((issue) => describe(schema, value, issue)),
  );
}

function describe(schema: Schema, value: unknown, issue: z.core.$ZodIssue): string[] {
  const found = valueAt(value, issue.path);
  const at = dotted(issue.path) || "it";
  switch (issue.code) {
    case "unrecognized_keys": {
      const known = fieldsAt(schema, value, issue.path);
      return issue.keys.map((key) => {
        const path = dotted([...issue.path, key]);
        const meant = closest(key, known);
        const other = meant ? null : otherMember(schema, value, issue.path, key);
        const remedy = other ?? (meant ? `did you mean "${meant}"?` : `there are ${known.join(", ")}`);
        return `${path} is no field of ${issue.path.length > 0 ? at : "a recipe"}; ${remedy}`;
      });
    }
    case "invalid_value": {
      const allowed = issue.values.map((option) => JSON.stringify(option)).join(", ");
      return [`${at} is ${show(found)}; it may be ${allowed}${suggestion(found, issue.values.map(String))}`];
    }
    case "invalid_union": {
      const names = choices(schema, value, issue.path);
      if (names.length === 0) return [`${at} is ${show(found)}, which fits none of what is allowed there`];
      const allowed = names.map((option) => JSON.stringify(option)).join(", ");
      return [`${at} is ${show(found)}; it may be ${allowed}${suggestion(found, names)}`];
    }
    default:
      if (found === undefined) return [`${at} is missing`];
      return [`${at} is ${show(found)}${inWords(issue)}`];
  }
}

function suggestion(found: unknown, known: readonly string[]): string {
  const meant = typeof found === "string" ? closest(found, known) : undefined;
  return meant ? ` (did you mean "${meant}"?)` : "";
}

const show = (value: unknown): string => {
  const text = asJson(value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
};

function asJson(value: unknown): string {
  if (typeof value === "function") return "a function";
  // JSON has neither NaN nor infinity.
  if (typeof value === "number") return String(value);
  try {
    return JSON.stringify(value) ?? String(value);
  } catch {
    return Array.isArray(value) ? "a list, nested very deeply" : "something that no JSON holds";
  }
}

/** `data.sources[0].root` */
export const dotted = (path: Path): string =>
  path.reduce<string>((text, key) => {
    if (typeof key === "number") return `${text}[${key}]`;
    return text ? `${text}.${String(key)}` : String(key);
  }, "");

/** Says so where a field belongs to another member of a union, as is left when only the member was changed. */
function otherMember(schema: Schema, value: unknown, path: Path, key: string): string | null {
  const union = schemaAt(schema, value, path);
  if (!(union instanceof z.ZodDiscriminatedUnion)) return null;
  const { discriminator } = union.def;
  const holders = (union.options as Schema[]).filter((option) => hasField(option, key));
  const names = holders.flatMap((option) => literalsOf(option, discriminator)).map((name) => `"${name}"`);
  if (names.length === 0) return null;
  const chosen = String(valueAt(value, [...path, discriminator]));
  const whole = JSON.stringify({ [discriminator]: chosen });
  return (
    `"${chosen}" has none, but ${names.join(" and ")}. To choose the whole ${dotted(path)} anew, take the change ` +
    `\`${dotted(path)}=${whole}\``
  );
}

/** What may stand at `path` where that chooses among the members of a union. */
function choices(schema: Schema, value: unknown, path: Path): string[] {
  const union = schemaAt(schema, value, path.slice(0, -1));
  if (!(union instanceof z.ZodDiscriminatedUnion) || union.def.discriminator !== path.at(-1)) return [];
  const { discriminator } = union.def;
  return (union.options as Schema[]).flatMap((option) => literalsOf(option, discriminator)).map(String);
}
