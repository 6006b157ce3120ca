import type { Libtorch } from "@pinmem/torch/setup";
import { expect, describe as suite, test } from "vitest";
import { describe } from "./doctor.js";
import { type Addon, type DoctorFacts, gatherFacts, type Runtime } from "./doctor-facts.js";

const runtime: Runtime = {
  version: "2.6.0",
  libraries: ["/opt/libtorch/lib/libtorch_cpu.so"],
  blas: { name: "MKL, inside libtorch", library: null, optimized: true, kernels: null },
  cpuCapability: "AVX2",
  bfloat16: null,
  threads: 1,
  cuda: { compiled: false, available: false, deviceCount: 0, reason: "built without CUDA" },
  nvidiaDriver: null,
  processGroups: { libtorch: ["gloo"], addon: [] },
};

const facts: DoctorFacts = {
  healthy: true,
  problems: [],
  node: { version: "v20.20.2", platform: "linux", arch: "x64" },
  libtorch: {
    root: "/opt/libtorch",
    version: "2.6.0+cu124",
    source: "LIBTORCH",
    abi: 0,
    cuda: true,
    libraryDir: "/opt/libtorch/lib",
    includeDirs: [],
    aliases: [],
    identity: "",
  },
  runtime,
  addon: {
    kind: "local",
    path: "/x",
    builtAt: "2026-01-02T03:04:05.678Z",
    compiler: "gcc 12.2.0",
    features: [],
    upToDate: true,
  },
  jpeg: { library: "libjpeg-turbo", version: "2.1.5" },
};

const withCuda = (cuda: Partial<Runtime["cuda"]>, nvidiaDriver: string | null = null) =>
  describe({ ...facts, runtime: { ...runtime, cuda: { ...runtime.cuda, ...cuda }, nvidiaDriver } });

suite("pinmem doctor prints", () => {
  test("what was found, one fact a line", () => {
    expect(describe(facts)).toBe(
      [
        "Node.js         20.20.2, linux x64",
        "libtorch        2.6.0+cu124, from LIBTORCH",
        "library         /opt/libtorch/lib",
        "C++ ABI         old (_GLIBCXX_USE_CXX11_ABI=0)",
        "BLAS            MKL, inside libtorch",
        "CPU             AVX2, bfloat16: no, 1 thread",
        "CUDA            not in this libtorch",
        "process groups  libtorch: gloo; addon: none",
        "addon           up to date, built 2026-01-02 03:04 UTC with gcc 12.2.0",
        "JPEG            libjpeg-turbo 2.1.5",
        "",
        "healthy",
      ].join("\n"),
    );
  });

  test("why no CUDA device answers, and when a driver goes unused", () => {
    expect(withCuda({ compiled: true, available: true, deviceCount: 2 })).toContain(
      "CUDA            2 devices\n",
    );
    expect(withCuda({ compiled: true, reason: "driver too old" })).toContain(
      "but no device answers: driver too old\n",
    );
    expect(withCuda({}, "550.54.15")).toContain(
      "not in this libtorch, though this machine has an NVIDIA driver (550.54.15)\n",
    );
  });

  test("where the library that runs lies, whatever was meant to run, and that of an addon outside a checkout", () => {
    const modules = "/home/me/node_modules/@pinmem";
    const text = describe({
      ...facts,
      libtorch: { ...(facts.libtorch as Libtorch), source: "package" },
      runtime: {
        ...runtime,
        libraries: ["/usr/lib/libc10.so", `${modules}/libtorch-linux-x64/lib/libtorch_cpu.so`],
      },
      addon: { ...(facts.addon as Addon), kind: "package", path: `${modules}/torch-linux-x64/torch.node` },
    });
    expect(text).toContain("libtorch        2.6.0+cu124, from npm's package\n");
    expect(text).toContain(`library         ${modules}/libtorch-linux-x64/lib\n`);
    expect(text).toContain("addon           prebuilt, built 2026");
    expect(text).toContain(`addon's file    ${modules}/torch-linux-x64/torch.node\n`);
  });

  test("what is wrong, and that it is", () => {
    const text = describe({
      ...facts,
      healthy: false,
      problems: ["no libtorch"],
      libtorch: null,
      runtime: null,
      addon: null,
    });
    expect(text).toMatch(
      /libtorch {8}not found\naddon {11}not built\nJPEG .*\n\nproblem: no libtorch\nnot healthy: /,
    );
    expect(describe({ ...facts, problems: ["slow"] })).toMatch(/note: slow\nhealthy$/);
  });
});

suite("gatherFacts", () => {
  test("finds this machine healthy, with the figures of the library that runs", async () => {
    const found = await gatherFacts();
    expect(found.healthy).toBe(true);
    expect(found.runtime?.threads).toBeGreaterThan(0);
    expect(found.runtime?.libraries).toContainEqual(expect.stringMatching(/libtorch_cpu/));
    expect(found.libtorch?.version.split("+")[0]).toBe(found.runtime?.version.split("+")[0]);
  });

  test("says what is wrong with a LIBTORCH that is none, without loading anything", async () => {
    const found = await gatherFacts({ LIBTORCH: "/nowhere/libtorch" });
    expect(found).toMatchObject({ healthy: false, libtorch: null, runtime: null, addon: null });
    expect(found.problems).toEqual([expect.stringContaining("there is no folder /nowhere/libtorch")]);
  });
});
