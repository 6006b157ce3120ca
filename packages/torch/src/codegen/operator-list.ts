// Reads ops.txt: one ATen operator a line, overloads of one name gathered in the order of the file.

export interface ListedOperator {
  readonly name: string;
  readonly description: string;
  readonly overloads: readonly string[];
}

export function parseOperatorList(text: string): ListedOperator[] {
  const operators = new Map<string, { name: string; description: string; overloads: string[] }>();
  for (const [index, line] of text.split("\n").entries()) {
    if (!line.trim() || line.startsWith("#")) continue;
    const match = /^(\w+)(?:\.(\w+))?(?:\s+(\S.*))?$/.exec(line.trimEnd());
    if (!match) throw new Error(`ops.txt:${index + 1}: not an operator: "${line}"`);
    const [, name = "", overload = "", description = ""] = match;
    const known = operators.get(name);
    if (!known) operators.set(name, { name, description, overloads: [overload] });
    else if (known.overloads.includes(overload))
      throw new Error(`ops.txt:${index + 1}: ${line.trim()} is listed twice`);
    else known.overloads.push(overload);
  }
  return [...operators.values()];
}
