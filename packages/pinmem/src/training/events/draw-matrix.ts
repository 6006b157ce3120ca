// A matrix of numbers from -1 to 1 as a picture: white at 0, red towards 1, blue towards -1.

const CELL = 16;

export function drawMatrix(rows: readonly (readonly number[])[]): {
  width: number;
  height: number;
  pixels: Uint8Array;
} {
  const width = (rows[0]?.length ?? 0) * CELL;
  const height = rows.length * CELL;
  const pixels = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const value = rows[Math.floor(y / CELL)]?.[Math.floor(x / CELL)] ?? 0;
      pixels.set(color(value), (y * width + x) * 3);
    }
  }
  return { width, height, pixels };
}

function color(value: number): [red: number, green: number, blue: number] {
  const faded = Math.round(255 * (1 - Math.min(Math.abs(value), 1)));
  return value >= 0 ? [255, faded, faded] : [faded, faded, 255];
}
