import { Random } from "@pinmem/core";
import { describe, expect, it } from "vitest";
import { embed } from "./embedding.js";

/** Vectors around three far corners of a space of eight dimensions. */
function clusters(): Float64Array[] {
  const random = new Random({ seed: 4 });
  return Array.from({ length: 30 }, (_, at) =>
    Float64Array.from({ length: 8 }, (_, axis) => (axis === at % 3 ? 5 : 0) + random.normal(0, 0.1)),
  );
}

describe("embed", () => {
  it("gives the same points for the same seed, others for another", async () => {
    const [a, b, c] = await Promise.all([1, 1, 2].map((seed) => embed(clusters(), { seed })));
    expect(a).toEqual(b);
    expect(a).not.toEqual(c);
  });

  it("keeps what is near together and fills the unit square", async () => {
    const points = await embed(clusters());
    const values = points.flat();
    expect(Math.min(...values)).toBeCloseTo(0, 9);
    expect(Math.max(...values)).toBeCloseTo(1, 9);
    const distance = (a: number, b: number) => {
      const [p, q] = [points[a], points[b]] as [readonly number[], readonly number[]];
      return Math.hypot((p[0] as number) - (q[0] as number), (p[1] as number) - (q[1] as number));
    };
    for (let a = 0; a < 30; a++) {
      const nearest = [...points.keys()]
        .filter((b) => b !== a)
        .sort((b, c) => distance(a, b) - distance(a, c));
      expect((nearest[0] as number) % 3).toBe(a % 3);
    }
  });

  it("says when there are too few", async () => {
    await expect(embed(clusters().slice(0, 3))).rejects.toThrow(/3 vectors cannot be embedded/);
  });
});
