// The product itself: `pinmem adapt` with the pictures that are given, and what the adapted run answers to the others.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { adaptToPlace } from "pinmem/adaptation";
import type { Dataset } from "pinmem/data";
import { evaluateRun, protocol } from "pinmem/evaluation";
import { openRun } from "pinmem/training";
import { cpuClock } from "../lib/cpu-clock.js";
import type { Lever } from "./levers.js";

export interface AdaptedOptions {
  readonly run: string;
  readonly given: Dataset;
  readonly scored: Dataset;
  /** Pictures with labels among the given ones. */
  readonly shots: number;
}

export async function measureAdapted({ run, given, scored, shots }: AdaptedOptions): Promise<Lever> {
  const folder = mkdtempSync(join(tmpdir(), "pinmem-new-place-"));
  try {
    const clock = cpuClock();
    const { out } = await adaptToPlace(run, { images: given, shots, out: join(folder, "adapted") });
    const seconds = clock();
    using adapted = openRun(out);
    const { domains } = await evaluateRun(adapted, {
      domains: [{ name: "place", dataset: scored, role: null }],
      protocol: protocol("whole"),
    });
    const [result] = domains;
    return {
      shots,
      variant: "adapt",
      setting: null,
      meanIoU: result?.meanIoU ?? 0,
      classIoU: result?.classIoU ?? {},
      seconds,
      steps: 0,
      pictures: scored.samples.length,
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
