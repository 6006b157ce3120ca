// How deep JSON of strangers may be nested. JSON.parse takes any depth; what walks through its value by calling itself, as checks of
// a schema do, does not.

/** Ours are nested a dozen levels deep; what follows from a recipe's own fields is the rest. */
export const DEEPEST = 100;

/** What is wrong with such a file, to be said behind its name. */
export const TOO_DEEP = `is nested more than ${DEEPEST} levels deep, which no file of this kind is`;

/** Whether a value, as JSON.parse gives it, holds lists and objects within one another to more than `deepest` levels. */
export function isNestedDeeper(value: unknown, deepest = DEEPEST): boolean {
  if (typeof value !== "object" || value === null) return false;
  return deepest === 0 || Object.values(value).some((one) => isNestedDeeper(one, deepest - 1));
}
