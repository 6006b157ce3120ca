// Picks bytes by rows and columns and looks each up in a table, in WebAssembly.
//
// AssemblyScript, not TypeScript: see resize.ts.

/**
 * The lower byte of `table[source[rows[y] * stride + columns[x]]]` for each x and y, row by row. The table has 256 entries
 * of 16 bits; returns all entries met, combined by "or".
 */
export function pickThrough(
  source: usize,
  stride: i32,
  rows: usize,
  rowCount: i32,
  columns: usize,
  width: i32,
  table: usize,
  target: usize,
): i32 {
  let seen: i32 = 0;
  let out = target;
  let last: i32 = -1;
  for (let y = 0; y < rowCount; y++) {
    const row = load<i32>(rows + ((<usize>y) << 2));
    if (row === last) {
      memory.copy(out, out - width, width);
      out += width;
      continue;
    }
    last = row;
    const begin = source + <usize>(row * stride);
    for (let x = 0; x < width; x++) {
      const byte: usize = load<u8>(begin + <usize>load<i32>(columns + ((<usize>x) << 2)));
      const entry: i32 = load<u16>(table + (byte << 1));
      seen |= entry;
      store<u8>(out, entry);
      out += 1;
    }
  }
  return seen;
}
