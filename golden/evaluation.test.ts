// The logits of evaluation against the official code's figures, and what a protocol's resizing makes of them.

import { join } from "node:path";
import { noGrad, scope, type Tensor } from "@pinmem/torch";
import { predict, type ViewOptions, viewLogits } from "pinmem/evaluation";
import { describe, expect, it } from "vitest";
import { full } from "../packages/pinmem/test/scope.js";
import { type CaseFile, type Expected, readGoldenFile } from "./case-file.js";
import { CaseRun } from "./case-run.js";
import { compareSection } from "./compare.js";
import { Snapshot } from "./figures.js";

const read = (name: string) =>
  readGoldenFile(join(import.meta.dirname, "fixtures", `${name}.json`)) as CaseFile;

const forwardOf = (run: CaseRun) => {
  const network = run.network();
  network.eval();
  return (image: Tensor) => predict(network, image);
};

/** The part of a section that one figure is. */
const only = (section: Expected | undefined, figure: string): Expected => ({
  [figure]: (section as Record<string, Expected>)[figure] as Expected,
});

const cases = ["mobilenetv2_mem_64", ...(full ? ["resnet18_mem_64", "deepv2_r50_mem_64"] : [])];

describe.each(cases)("evaluation of %s", (name) => {
  it.each([
    ["in one piece", null],
    ["through a window as large as the image", { crop: 64, overlap: 1 / 3 }],
  ] as const)("%s gives the official logits", async (_, window) => {
    using run = new CaseRun(read(name), { precision: "float64" });
    const results = scope(() =>
      noGrad(() => {
        const forward = forwardOf(run);
        const [height, width] = run.file.config.hw;
        const options: ViewOptions = { window, size: { width, height }, mirrored: false };
        const logits = new Snapshot(viewLogits(forward, run.batch([0, 1]).image, options));
        const golden = { f64: only(run.file.f64.eval, "logits"), f32: only(run.file.f32.eval, "logits") };
        return compareSection({ logits }, golden, { precision: "float64" });
      }),
    );
    expect(results.map(({ group, passed }) => [group, passed])).toEqual([["forward", true]]);
    expect(results[0]?.figures).toBeGreaterThan(16);
  });
});

it("resizing brings the official logits to another size by half-pixel bilinear interpolation, mirrored ones turned back", async () => {
  using run = new CaseRun(read("resnet18_mem_64"), { precision: "float64" });
  scope(() =>
    noGrad(() => {
      const forward = forwardOf(run);
      const { image } = run.batch([0]);
      const native = forward(image.flip([3]));
      const [, classes = 0, from = 0] = native.shape;
      const values = native.contiguous().toTypedArray() as Float64Array;
      const to = 100;
      const size = { width: to, height: to };
      const resized = viewLogits(forward, image.flip([3]), { window: null, size, mirrored: true });
      const ours = resized.contiguous().toTypedArray() as Float64Array;
      const taps = (at: number) => {
        const position = Math.max(0, ((at + 0.5) * from) / to - 0.5);
        const low = Math.floor(position);
        return [low, Math.min(low + 1, from - 1), position - low] as const;
      };
      let largest = 0;
      for (let at = 0; at < ours.length; at += 31) {
        const [k, y, x] = [Math.floor(at / to ** 2) % classes, Math.floor(at / to) % to, at % to];
        const [top, bottom, down] = taps(y);
        const [left, right, across] = taps(to - 1 - x);
        const value = (row: number, column: number) => values[(k * from + row) * from + column] ?? Number.NaN;
        const upper = value(top, left) * (1 - across) + value(top, right) * across;
        const lower = value(bottom, left) * (1 - across) + value(bottom, right) * across;
        largest = Math.max(largest, Math.abs(upper * (1 - down) + lower * down - (ours[at] ?? Number.NaN)));
      }
      expect(largest).toBeLessThan(1e-10);
    }),
  );
});
