import { describe, expect, it } from "vitest";
import { batchBytes, batchViews, finishCrop, openBatch, takeCrop } from "./loader-protocol.js";

describe("a batch in shared memory", () => {
  const memory = new SharedArrayBuffer(batchBytes(3, 10));

  it("hands out every crop once, and none of a batch that is over", () => {
    openBatch(memory, 7);
    expect([0, 1, 2, 3].map(() => takeCrop(memory, 7, 3))).toEqual([0, 1, 2, undefined]);
    openBatch(memory, 8);
    expect(takeCrop(memory, 7, 3)).toBeUndefined();
    expect(takeCrop(memory, 8, 3)).toBe(0);
  });

  it("tells the last crop from the others", () => {
    openBatch(memory, 9);
    expect([1, 2, 3].map(() => finishCrop(memory, 3))).toEqual([false, false, true]);
  });

  it("goes on when numbers of batches no longer fit the header", () => {
    const large = 2 ** 21 + 5;
    openBatch(memory, large);
    expect(takeCrop(memory, large, 3)).toBe(0);
    expect(takeCrop(memory, 6, 3)).toBeUndefined();
  });

  it("holds images and labels side by side", () => {
    const { image, label } = batchViews(memory, 3, 10);
    expect([image.length, label.length, label.byteOffset - image.byteOffset]).toEqual([90, 30, 90]);
    expect(label.byteOffset + label.length).toBe(memory.byteLength);
  });
});
