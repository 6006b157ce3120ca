import { availableParallelism } from "node:os";
import { getNumThreads, setNumThreads } from "@pinmem/torch";
import { afterEach, expect, it, vi } from "vitest";
import { useThreads } from "./environment.js";

const before = getNumThreads();
afterEach(() => {
  setNumThreads(before);
  vi.restoreAllMocks();
});

it("warns of more threads than cores, and of nothing else", () => {
  const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
  const cores = availableParallelism();
  useThreads(cores);
  expect(warn).not.toHaveBeenCalled();
  useThreads(cores + 1);
  expect(getNumThreads()).toBe(cores + 1);
  expect(warn.mock.calls).toEqual([
    [
      expect.stringMatching(
        new RegExp(
          `^threads is ${cores + 1}, but this process has ${cores} cores?: .*take ${cores} or fewer$`,
        ),
      ),
    ],
  ]);
});
