// Files that a newer version wrote: told apart from those that are none of ours, since the remedy is another one.

/**
 * @param format what a file says of its layout
 * @param known newest layout that this version reads
 * @returns what is wrong, to be said behind the file's name; null: nothing
 */
export function newerFormat(format: unknown, known: number): string | null {
  if (typeof format !== "number" || !(format > known)) return null;
  return `was written by a newer version of pinmem (format ${format}, this one reads up to ${known}); install that version`;
}
