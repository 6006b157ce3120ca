import { describe, expect, it } from "vitest";
import { inProcess } from "../test/elsewhere.js";
import { buildInfo } from "./index.js";

/** What loading the package says in a process with this environment. */
async function loading(env: Record<string, string | undefined>): Promise<string> {
  const { ended } = await inProcess(() => "loaded", { env });
  expect(ended.signal).toBeNull();
  return ended.stderr;
}

describe("loading the addon", () => {
  it("finds the build for LIBTORCH", async () => {
    const { libraryPath } = buildInfo();
    const { result, ended } = await inProcess(({ buildInfo: info }) => info().libraryPath, {
      env: { LIBTORCH: libraryPath },
    });
    expect(ended).toEqual({ code: 0, signal: null, stderr: "" });
    expect(result).toBe(libraryPath);
  });

  it("says what to do where no addon was built for LIBTORCH", async () => {
    const message = await loading({ LIBTORCH: "/nowhere/libtorch" });
    expect(message).toContain(
      "LibtorchNotFoundError: LIBTORCH is /nowhere/libtorch, but no addon was built for it. " +
        "Run `npm run setup -- --libtorch /nowhere/libtorch`, or unset LIBTORCH.",
    );
  });

  it("sets passive waiting before the library reads it, and the number of threads", async () => {
    const { result } = await inProcess(
      ({ getNumThreads }) => ({ policy: process.env.OMP_WAIT_POLICY, threads: getNumThreads() }),
      { env: { OMP_WAIT_POLICY: undefined, OMP_NUM_THREADS: undefined } },
    );
    const { physicalCores } = await import("./cores.js");
    expect(result).toEqual({ policy: "passive", threads: physicalCores() });
  });

  it("leaves what the user chose", async () => {
    const { result } = await inProcess(
      ({ getNumThreads }) => ({ policy: process.env.OMP_WAIT_POLICY, threads: getNumThreads() }),
      { env: { OMP_WAIT_POLICY: "active", OMP_NUM_THREADS: "1" } },
    );
    expect(result).toEqual({ policy: "active", threads: 1 });
  });

  it("lets the process end by itself, with tensors alive", async () => {
    const { result, ended } = await inProcess(({ ones, scope, randn }) => {
      const kept = scope(() => ones([1000]).add(randn([1000])));
      return kept.shape;
    });
    expect(result).toEqual([1000]);
    expect(ended).toEqual({ code: 0, signal: null, stderr: "" });
  });
});
