// The orientation tag of EXIF data: a TIFF directory, in either byte order, whatever integer type the tag has (cameras write
// SHORT, some programs LONG). As libvips and Pillow read it: what is out of range or unreadable is no orientation.

const ORIENTATION = 0x0112;
/** Bytes of the integer types: BYTE, SHORT, LONG and their signed counterparts. */
const sizes: Readonly<Record<number, 1 | 2 | 4>> = { 1: 1, 3: 2, 4: 4, 6: 1, 8: 2, 9: 4 };

/** 1 upright, 2 … 8 mirrored or turned; undefined where these bytes do not tell. */
export function readExifOrientation(tiff: Uint8Array): number | undefined {
  const view = new DataView(tiff.buffer, tiff.byteOffset, tiff.byteLength);
  if (view.byteLength < 8) return undefined;
  const order = view.getUint16(0);
  const little = order === 0x4949;
  if ((!little && order !== 0x4d4d) || view.getUint16(2, little) !== 42) return undefined;
  const directory = view.getUint32(4, little);
  if (directory + 2 > view.byteLength) return undefined;
  const entries = view.getUint16(directory, little);
  for (let entry = 0; entry < entries; entry++) {
    const at = directory + 2 + entry * 12;
    if (at + 12 > view.byteLength) return undefined;
    if (view.getUint16(at, little) !== ORIENTATION) continue;
    const size = sizes[view.getUint16(at + 2, little)];
    const count = view.getUint32(at + 4, little);
    if (size === undefined || count === 0 || size * count > 4) return undefined;
    const value =
      size === 1
        ? view.getUint8(at + 8)
        : size === 2
          ? view.getUint16(at + 8, little)
          : view.getUint32(at + 8, little);
    return value >= 1 && value <= 8 ? value : undefined;
  }
  return undefined;
}
