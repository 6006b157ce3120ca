// Undoes PNG's row filters (PNG specification, third edition, chapter 9), in WebAssembly.
//
// AssemblyScript, not TypeScript: see resize.ts.

/**
 * Rows of a filter byte and `rowBytes` bytes, one behind the other, to rows without filters and filter bytes. `pixel` is
 * the distance to the byte left of a byte. A row of zeros must lie before `target`. Returns the first row whose filter
 * does not exist, or -1.
 */
export function unfilter(source: usize, target: usize, rowBytes: i32, rows: i32, pixel: i32): i32 {
  let from = source;
  let out = target;
  for (let y = 0; y < rows; y++) {
    const filter = load<u8>(from);
    from += 1;
    if (filter === 0) memory.copy(out, from, rowBytes);
    else if (filter === 1) addLeft(from, out, rowBytes, pixel);
    else if (filter === 2) addAbove(from, out, rowBytes);
    else if (filter === 3) addAverage(from, out, rowBytes, pixel);
    else if (filter === 4) addPaeth(from, out, rowBytes, pixel);
    else return y;
    from += rowBytes;
    out += rowBytes;
  }
  return -1;
}

function addLeft(from: usize, out: usize, rowBytes: i32, pixel: i32): void {
  memory.copy(out, from, pixel);
  for (let x = pixel; x < rowBytes; x++) {
    store<u8>(out + x, load<u8>(from + x) + load<u8>(out + x - pixel));
  }
}

function addAbove(from: usize, out: usize, rowBytes: i32): void {
  const above = out - rowBytes;
  let x = 0;
  for (; x + 16 <= rowBytes; x += 16)
    v128.store(out + x, i8x16.add(v128.load(from + x), v128.load(above + x)));
  for (; x < rowBytes; x++) store<u8>(out + x, load<u8>(from + x) + load<u8>(above + x));
}

function addAverage(from: usize, out: usize, rowBytes: i32, pixel: i32): void {
  const above = out - rowBytes;
  for (let x = 0; x < rowBytes; x++) {
    const left: u32 = x < pixel ? 0 : load<u8>(out + x - pixel);
    store<u8>(out + x, load<u8>(from + x) + ((left + <u32>load<u8>(above + x)) >> 1));
  }
}

function addPaeth(from: usize, out: usize, rowBytes: i32, pixel: i32): void {
  const above = out - rowBytes;
  for (let first = 0; first < pixel; first++) {
    let left: i32 = 0;
    let corner: i32 = 0;
    for (let x = first; x < rowBytes; x += pixel) {
      const up: i32 = load<u8>(above + x);
      const toLeft = abs(up - corner);
      const toUp = abs(left - corner);
      const toCorner = abs(left + up - 2 * corner);
      const nearest = toLeft <= toUp && toLeft <= toCorner ? left : toUp <= toCorner ? up : corner;
      left = (<i32>load<u8>(from + x) + nearest) & 255;
      store<u8>(out + x, left);
      corner = up;
    }
  }
}
