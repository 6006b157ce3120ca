// The memory's rows compared with each other, as an event: after the memory's start, and at every evaluation.

import type { LabelSpace } from "@pinmem/core";
import type { MemoryEvent } from "@pinmem/core/formats";
import { noGrad, scope } from "@pinmem/torch";
import type { ClassMemory } from "../../memory/class-memory.js";

const DIGITS = 4;

export function memoryEvent(memory: ClassMemory, { classes }: LabelSpace, step: number): MemoryEvent {
  const cosine = scope(() =>
    noGrad(() => {
      const items = memory.classItems();
      return items.matmul(items.t()).toArray() as number[][];
    }),
  );
  return {
    event: "memory",
    step,
    classes: classes.map(({ name }) => name),
    cosine: cosine.map((row) => row.map((value) => Number(value.toFixed(DIGITS)))),
  };
}
