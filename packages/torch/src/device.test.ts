import { describe, expect, it } from "vitest";
import {
  buildInfo,
  cudaDeviceCount,
  cudaMemory,
  cudaSynchronize,
  getNumThreads,
  isCudaAvailable,
  ones,
  profile,
  setNumThreads,
} from "./index.js";

describe("threads", () => {
  it("can be set, and results stay the same", () => {
    const before = getNumThreads();
    const results = [1, 2].map((count) => {
      setNumThreads(count);
      expect(getNumThreads()).toBe(count);
      return ones([300, 300])
        .matmul(ones([300, 300]))
        .sum()
        .item();
    });
    expect(results).toEqual([27_000_000, 27_000_000]);
    setNumThreads(before);
  });

  it.each([0, -1, 1.5, Number.NaN, 1e9])("cannot be %d", (count) => {
    const before = getNumThreads();
    expect(() => setNumThreads(count)).toThrow("setNumThreads: argument 'threads' must be");
    expect(getNumThreads()).toBe(before);
  });
});

describe("buildInfo", () => {
  it("says which libtorch this is and what it can do", () => {
    const info = buildInfo();
    expect(info.libtorch).toMatch(/^\d+\.\d+/);
    expect(info.libraryPath).toMatch(/^\//);
    expect(info.showConfig).toContain("PyTorch built with");
    expect(info.parallelInfo).toContain("at::get_num_threads()");
    expect(info.cpuCapability).toMatch(/^(DEFAULT|AVX2|AVX512|NO AVX|VSX|Z VECTOR|SVE\d*|unknown)$/);
    expect(info.threads).toBe(getNumThreads());
    expect(info.cuda.deviceCount).toBe(cudaDeviceCount());
    expect(info.distributed.every((name) => ["gloo", "nccl", "mpi"].includes(name))).toBe(true);
  });

  it("gives a reason where there is no CUDA device, and only there", () => {
    const { available, reason } = buildInfo().cuda;
    expect(available).toBe(isCudaAvailable());
    if (available) expect(reason).toBeNull();
    else expect(reason).toMatch(/\w/);
  });
});

describe.skipIf(isCudaAvailable())("without CUDA", () => {
  it("its functions say so", () => {
    expect(cudaMemory()).toBeNull();
    expect(() => cudaSynchronize()).toThrow(
      "cudaSynchronize: argument 'device' is \"cuda:0\", but there is no such device:",
    );
    expect(() => ones([1]).cuda()).toThrow(
      "to: argument 'device' is \"cuda:0\", but there is no such device:",
    );
  });
});

describe.runIf(isCudaAvailable())("with CUDA", () => {
  it("computes there and counts its memory", () => {
    const before = cudaMemory();
    const x = ones([1024, 1024], { device: "cuda" });
    expect(x.device).toBe("cuda:0");
    expect((cudaMemory()?.allocated ?? 0) - (before?.allocated ?? 0)).toBe(4 * 1024 * 1024);
    cudaSynchronize();
    expect(x.sum().item()).toBe(1024 * 1024);
    expect(profile(() => x.add(1)).entries.length).toBeGreaterThan(0);
    expect(x.cpu().device).toBe("cpu");
  });
});
