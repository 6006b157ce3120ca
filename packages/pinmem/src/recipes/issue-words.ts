// What a schema asks of a value, in the words of this project's messages: what zod says is written for programmers.

import type { z } from "zod";

/** What may stand in a place, by the schema's name for it. */
const kinds: Readonly<Record<string, string>> = {
  string: "a text",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  object: "an object with fields",
  record: "an object with fields",
  array: "a list",
  tuple: "a list",
  null: "null",
};

/** Behind "FIELD is VALUE": what it must be. What a schema says in words of its own stays. */
export function inWords(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case "invalid_type": {
      const kind = kinds[issue.expected];
      return kind ? `; it must be ${kind}` : `: ${issue.message}`;
    }
    case "too_small":
      return `; it must ${bound(issue, issue.minimum, issue.inclusive ? "at least" : "more than")}`;
    case "too_big":
      return `; it must ${bound(issue, issue.maximum, issue.inclusive ? "at most" : "less than")}`;
    default:
      return `: ${issue.message}`;
  }
}

function bound({ origin }: { readonly origin: string }, value: number | bigint, how: string): string {
  if (origin === "string") return `have ${how} ${value} ${value === 1 ? "character" : "characters"}`;
  if (origin === "array") return `have ${how} ${value} ${value === 1 ? "entry" : "entries"}`;
  return `be ${how} ${value}`;
}
