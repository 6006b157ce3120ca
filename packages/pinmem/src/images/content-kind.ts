// What a file really is, by its first bytes, for messages about files that are not what their names say.

const signatures: readonly (readonly [start: string, kind: string, at?: number])[] = [
  ["\xff\xd8\xff", "JPEG"],
  ["\x89PNG", "PNG"],
  ["BM", "BMP"],
  ["GIF8", "GIF"],
  ["WEBP", "WebP", 8],
  ["II*\0", "TIFF"],
  ["MM\0*", "TIFF"],
  ["ftyp", "AVIF or HEIC", 4],
  ["\x93NUMPY", "a NumPy array"],
  ["MATLAB", "a MATLAB file"],
  ["version https://git-lfs", "a pointer of Git LFS (fetch the file itself with `git lfs pull`)"],
  ["<!doctype html", "a web page"],
  ["<html", "a web page"],
];

/** "is JPEG by its content" and the like; undefined for what is not known. */
export function contentKind(bytes: Uint8Array): string | undefined {
  if (bytes.length === 0) return "is empty";
  const content = String.fromCharCode(...bytes.subarray(0, 64));
  const found = signatures.find(([start, , at = 0]) =>
    start.startsWith("<")
      ? content.trimStart().toLowerCase().startsWith(start)
      : content.startsWith(start, at),
  );
  return found && `is ${found[1]} by its content`;
}
