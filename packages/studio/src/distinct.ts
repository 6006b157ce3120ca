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
