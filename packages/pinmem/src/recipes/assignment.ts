// `path=value` as it stands on a command line, such as `data.sources[0].root=/data`, taken apart. What it is about is for others.

export interface Assignment {
  /** The path, at least one key long. */
  readonly keys: readonly (string | number)[];
  /** JSON where it reads as such, otherwise text. */
  readonly value: unknown;
}

/** Of what is no assignment, why. */
export function parseAssignment(text: string): Assignment | { readonly problem: string } {
  const equals = text.indexOf("=");
  const keys = parsePath(text.slice(0, Math.max(equals, 0)));
  if (keys.length === 0) return { problem: "Write it as path=value, such as learningRate.base=0.002." };
  if (keys.includes("__proto__")) return { problem: "__proto__ is no field." };
  return { keys, value: parseValue(text.slice(equals + 1)) };
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
