// Names that tell runs and pictures apart: of several folders, some may be called the same.

/** The same names, but for those that were there before: "run", "run (2)". */
export function distinct(names: readonly string[]): string[] {
  const counts = new Map<string, number>();
  return names.map((name) => {
    const count = (counts.get(name) ?? 0) + 1;
    counts.set(name, count);
    return count === 1 ? name : `${name} (${count})`;
  });
}

/**
 * Names of runs: of those that are called the same, each with the end of its folder's path that no other has, so that one sees which is which:
 * "run (here)", "run (elsewhere)".
 */
export function namesByFolder(runs: readonly { readonly name: string; readonly path: string }[]): string[] {
  const named = runs.map(({ name, path }) => {
    const others = runs.filter((one) => one.name === name && one.path !== path).map((one) => one.path);
    return others.length === 0 ? name : `${name} (${ownEnd(path, others)})`;
  });
  return distinct(named);
}

/** As few parts of a path, from its end, as tell it from the others. */
function ownEnd(path: string, others: readonly string[]): string {
  const partsOf = (one: string) => one.split(/[\\/]+/).filter((part) => part !== "" && part !== ".");
  const parts = partsOf(path);
  const end = (of: readonly string[], count: number) => of.slice(-count).join("/");
  const enough = parts.findIndex((_, at) =>
    others.every((other) => end(partsOf(other), at + 1) !== end(parts, at + 1)),
  );
  return end(parts, enough < 0 ? parts.length : enough + 1);
}
