// What a program gave, as errors name it, and numbers that are checked at the door: what comes from a form is often a string.

/** Of a value, what it is in JavaScript: "Response", "HTMLImageElement", "Array", also where it comes from another frame. */
export const kindOf = (value: unknown): string => Object.prototype.toString.call(value).slice(8, -1);

/** A value, with its type where that may be what is wrong. */
export function shown(value: unknown): string {
  if (typeof value === "string") return `the string ${JSON.stringify(value)}`;
  if (typeof value === "function" || (typeof value === "object" && value !== null)) {
    const kind = kindOf(value);
    return kind === "Object" ? "a plain object" : kind;
  }
  return String(value);
}

/**
 * @param must what it is and has to be, as the error begins
 * @throws RangeError where it is no number, or one that does not fit
 */
export function checkNumber(
  value: unknown,
  fits: (value: number) => boolean,
  must: string,
): asserts value is number {
  if (typeof value === "number" && fits(value)) return;
  const isWritten = typeof value === "string" && value.trim() !== "" && Number.isFinite(Number(value));
  throw new RangeError(`${must}, got ${shown(value)}${isWritten ? "; Number() makes a number of it" : ""}`);
}
