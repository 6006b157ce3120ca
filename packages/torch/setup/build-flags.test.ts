import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { buildFlags } from "./build-flags.mjs";
import { buildId } from "./builds.mjs";
import { jobLimit } from "./compile.mjs";
import { detectFeatures } from "./features.mjs";
import { temporaryFolder, writeFiles } from "./testing.js";

const wheel = {
  version: "2.5.0+cu124",
  abi: 0 as const,
  libraryDir: "/site/torch/lib",
  includeDirs: ["/site/torch/include", "/site/torch/include/torch/csrc/api/include"],
};

describe("flags", () => {
  test("use the library's own ABI and standard, and the user's flags last", () => {
    const { standard, compile } = buildFlags(wheel, [], { env: { CXXFLAGS: "-O0  -g" }, platform: "linux" });
    expect(standard).toBe(17);
    expect(compile).toContain("-D_GLIBCXX_USE_CXX11_ABI=0");
    expect(compile).toContain("-std=c++17");
    expect(compile.slice(-2)).toEqual(["-O0", "-g"]);
  });

  test("never name /usr/include, which would hide the compiler's own headers", () => {
    const system = { ...wheel, includeDirs: ["/usr/include", "/usr/include/torch/csrc/api/include"] };
    const { compile } = buildFlags(system, [], { env: {}, platform: "linux" });
    expect(compile).not.toContain("/usr/include");
    expect(compile).toContain("/usr/include/torch/csrc/api/include");
  });

  test("link all libraries even where no symbol of them is used, or CUDA would not register", () => {
    const features = [{ name: "cuda", defines: [], includeDirs: [], libraries: ["torch_cuda", "c10_cuda"] }];
    const { link } = buildFlags(wheel, features, { env: {}, platform: "linux" });
    expect(link.indexOf("-Wl,--no-as-needed")).toBeGreaterThan(-1);
    expect(link.indexOf("-Wl,--no-as-needed")).toBeLessThan(link.indexOf("-ltorch"));
    expect(link).toEqual(
      expect.arrayContaining(["-ltorch_cuda", "-lc10_cuda", "-Wl,-rpath,/site/torch/lib"]),
    );
  });

  test("speak the language of Apple's linker on a Mac", () => {
    const { compile, link } = buildFlags(wheel, [], { env: {}, platform: "darwin" });
    expect(link).toEqual(expect.arrayContaining(["-bundle", "-undefined", "dynamic_lookup"]));
    expect([...compile, ...link].join(" ")).not.toMatch(/GLIBCXX|as-needed|dtags/);
  });
});

describe("features", () => {
  test("process groups are built where libtorch holds the code of Gloo, wherever in the library", () => {
    const folder = temporaryFolder();
    const name = process.platform === "darwin" ? "libtorch_cpu.dylib" : "libtorch_cpu.so";
    const found = (content: Buffer) => {
      writeFileSync(join(folder, name), content);
      return detectFeatures({ cuda: false, libraryDir: folder }, {});
    };
    expect(found(Buffer.from("_ZN4c10d16ProcessGroupMPIC1E"))).toEqual([]);
    // Across the border of the pieces in which it is read.
    const late = Buffer.concat([Buffer.alloc(2 ** 24 - 10), Buffer.from("_ZN4c10d16ProcessGroupGlooC1E")]);
    expect(found(late)).toMatchObject([{ name: "gloo", defines: ["PINMEM_WITH_GLOO"] }]);
  });

  test("CUDA is linked where the library has it, and its headers used where pip put them", () => {
    const site = temporaryFolder();
    const libtorch = { cuda: true, libraryDir: join(site, "torch/lib") };
    const names = () =>
      detectFeatures(libtorch, { CUDA_HOME: join(site, "nowhere"), PATH: "" }).map(({ name }) => name);
    const without = names();
    writeFiles(site, { "nvidia/cuda_runtime/include/cuda_runtime_api.h": "" });
    expect(names()).toEqual(["cuda", "cuda-headers"]);
    expect(without[0]).toBe("cuda");
    expect(detectFeatures({ ...libtorch, cuda: false }, {})).toEqual([]);
  });

  test("the user's toolkit comes first", () => {
    const folder = temporaryFolder();
    writeFiles(folder, { "include/cuda_runtime_api.h": "" });
    const features = detectFeatures({ cuda: true, libraryDir: "/nowhere/lib" }, { CUDA_HOME: folder });
    expect(features[1]).toMatchObject({
      defines: ["PINMEM_WITH_CUDA"],
      includeDirs: [join(folder, "include")],
    });
  });
});

test("a build's name tells the machine and the library, and differs for each root", () => {
  expect(buildId("/opt/libtorch")).toMatch(
    new RegExp(`^${process.platform}-${process.arch}-libtorch-[0-9a-f]{8}$`),
  );
  expect(buildId("/a/torch")).not.toBe(buildId("/b/torch"));
  expect(buildId("/")).toContain("-root-");
});

test("as many compilers run as there are cores, as far as memory goes, and one in any case", () => {
  expect(jobLimit({ cores: 16, memory: 64e9 })).toBe(16);
  expect(jobLimit({ cores: 16, memory: 3.5e9 })).toBe(3);
  expect(jobLimit({ cores: 4, memory: 1e8 })).toBe(1);
});
