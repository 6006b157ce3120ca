// Set-up of an installed package, made up: a package whose import does nothing, an addon that nobody loads, a wheel of some bytes.
// `npm run release -- --check` tries the real ones.

import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readlinkSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { locateAddon, platformName } from "@pinmem/torch/setup";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { recordingReporter } from "../../../torch/setup/testing.js";
import { zipOf } from "../../test/zip-builder.js";
import { packagedJpeg } from "../images/packaged-jpeg.js";
import { cacheParts, cleanCache } from "./clean-cache.js";
import { type SetUpOptions, setUp } from "./set-up.js";

const platform = platformName(process);
const ending = process.platform === "darwin" ? "dylib" : "so";
const content = zipOf({
  "torch/version.py": "__version__ = '2.13.0+cpu'",
  [`torch/lib/libtorch_cpu.${ending}`]: "cpu",
  [`torch/lib/libc10.${ending}`]: "c10",
  "torch/include/torch/headeronly/version.h":
    "#define TORCH_VERSION_MAJOR 2\n#define TORCH_VERSION_MINOR 13\n#define TORCH_VERSION_PATCH 0\n",
});
const wheel = {
  file: "torch.whl",
  address: "http://127.0.0.1:9",
  sha256: createHash("sha256").update(content).digest("hex"),
  bytes: content.length,
};
const official = { version: "2.13.0+cpu", wheels: [wheel] };

let root: string;
let packageDir: string;
let env: NodeJS.ProcessEnv;

function write(path: string, text: string | Uint8Array): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

/** npm's package for this platform, without its libtorch. */
function addPlatformPackage(version = "1.2.3", glibc: string | null = null): void {
  const home = `node_modules/@pinmem/torch-${platform}`;
  const dependencies = { [`@pinmem/libtorch-${platform}`]: "2.13.0" };
  write(`${home}/package.json`, JSON.stringify({ name: `@pinmem/torch-${platform}`, version, dependencies }));
  write(`${home}/torch.node`, "addon");
  write(`${home}/jpeg.node`, "jpeg");
  write(
    `${home}/build.json`,
    JSON.stringify({ id: platform, glibc, features: [], libtorch: { version: "2.13.0" } }),
  );
}

const set = (options: Partial<SetUpOptions> = {}) =>
  setUp({ packageDir, env, report: recordingReporter(), official, ...options });

beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), "pinmem-set-up-")));
  packageDir = join(root, "node_modules/@pinmem/torch");
  write(
    "node_modules/@pinmem/torch/package.json",
    '{ "name": "@pinmem/torch", "version": "1.2.3", "type": "module" }',
  );
  write("node_modules/@pinmem/torch/dist/index.js", "export {};");
  write("torch.whl", content);
  // No compiler, no Python.
  env = { PINMEM_CACHE: join(root, "cache"), PATH: join(root, "bin"), CXX: "" };
});
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(root, { recursive: true });
});

describe("setUp without a compiler", () => {
  it("takes npm's addon with PyTorch's libtorch, both in the cache, where the loader finds them", async () => {
    addPlatformPackage();
    const result = await set({ from: join(root, "torch.whl") });
    expect(result).toMatchObject({ kind: "cache", libtorch: "2.13.0+cpu", made: true });
    const folder = dirname(result.path);
    expect(existsSync(join(folder, "jpeg.node"))).toBe(true);
    const libtorch = readlinkSync(join(folder, "node_modules/@pinmem", `libtorch-${platform}`));
    expect(libtorch).toBe(join(root, "cache/libtorch", `2.13.0+cpu-${platform}`));
    expect(locateAddon({ packageDir, env })).toMatchObject({ kind: "cache", path: result.path });
    expect(await set()).toEqual({ ...result, made: false });
  });

  it("leaves the decoder of JPEG files to npm's package where the addon in use has none beside it", async () => {
    addPlatformPackage();
    const { path } = await set({ from: join(root, "torch.whl") });
    const beside = join(dirname(path), "jpeg.node");
    expect(packagedJpeg(packageDir, env)).toBe(beside);
    rmSync(beside);
    const packaged = join(root, `node_modules/@pinmem/torch-${platform}/jpeg.node`);
    expect(packagedJpeg(packageDir, env)).toBe(packaged);
    if (process.platform === "linux") {
      addPlatformPackage("1.2.3", "99.0");
      expect(packagedJpeg(packageDir, env)).toBeNull();
    }
    rmSync(packaged);
    expect(packagedJpeg(packageDir, env)).toBeNull();
  });

  it("does nothing where what npm installed loads, and says what does not", async () => {
    addPlatformPackage();
    write(`node_modules/@pinmem/libtorch-${platform}/package.json`, "{}");
    write(`node_modules/@pinmem/libtorch-${platform}/lib/libtorch_cpu.${ending}`, "");
    expect(await set()).toMatchObject({ kind: "package", made: false });
    expect(existsSync(join(root, "cache/libtorch"))).toBe(false);
    write("node_modules/@pinmem/torch/dist/index.js", 'throw new Error("does not fit");');
    const report = recordingReporter();
    await expect(set({ report, from: undefined, mirror: "http://127.0.0.1:9" })).rejects.toThrow(
      /cannot be reached/,
    );
    expect(report.lines).toContain("does not fit");
  });

  it("names the compiler or the package where it has neither, and a libtorch of another version", async () => {
    const from = join(root, "torch.whl");
    await expect(set({ from })).rejects.toThrow(
      new RegExp(
        `neither a C\\+\\+ compiler nor the package @pinmem/torch-${platform}.*npm install @pinmem/torch-${platform}@1\\.2\\.3`,
      ),
    );
    addPlatformPackage("1.2.2");
    await expect(set({ from })).rejects.toThrow(/neither a C\+\+ compiler nor the package/);
    addPlatformPackage();
    const other = join(root, "other");
    write(`other/lib/libtorch_cpu.${ending}`, "");
    write("other/version.py", "__version__ = '2.5.1'");
    write(
      "other/include/torch/headeronly/version.h",
      "#define TORCH_VERSION_MAJOR 2\n#define TORCH_VERSION_MINOR 5\n",
    );
    await expect(set({ libtorch: other })).rejects.toThrow(
      /libtorch has to be 2\.13\.0, .*; .*other has 2\.5\.1/,
    );
    await expect(set({ libtorch: join(root, "nowhere") })).rejects.toThrow(/there is no folder/);
  });

  it("takes npm's addon for CUDA too, beside PyTorch's libraries, which find NVIDIA's", async () => {
    addPlatformPackage();
    const nvidia = zipOf({ "nvidia/cu13/lib/libcudart.so.13": "cudart" });
    const sha256 = createHash("sha256").update(nvidia).digest("hex");
    write("nvidia.whl", nvidia);
    const cuda = {
      version: "2.13.0+cu130",
      wheels: [wheel, { ...wheel, file: "nvidia.whl", sha256, bytes: nvidia.length }],
    };
    const { path } = await set({ cuda: true, official: cuda, from: root });
    const libtorch = join(dirname(path), "node_modules/@pinmem", `libtorch-${platform}`, "lib");
    expect(existsSync(join(realpathSync(libtorch), "../../nvidia/cu13/lib/libcudart.so.13"))).toBe(true);
  });

  it.runIf(process.platform === "linux")(
    "says before any download that the addon is for a newer system",
    async () => {
      addPlatformPackage("1.2.3", "2.999");
      const nowhere = { mirror: "http://127.0.0.1:9" };
      await expect(set(nowhere)).rejects.toThrow(
        /no C\+\+ compiler, and @pinmem\/torch-\S+ cannot run here: this system has glibc .*2\.999 .*Install g\+\+/,
      );
    },
  );

  it("says what to do where no build is known, with CUDA or without, and in a checkout which command that has", async () => {
    vi.spyOn(process, "arch", "get").mockReturnValue("s390x");
    await expect(set({ official: undefined })).rejects.toThrow(
      /PyTorch has no build of libtorch for \w+-s390x: name one of this machine with `libtorch`/,
    );
    await expect(set({ cuda: true, official: undefined })).rejects.toThrow(
      /no libtorch with CUDA is known here for \w+-s390x\. .*\n.*pip install torch==2\.13\.0/,
    );
    write("node_modules/@pinmem/torch/tsconfig.json", "{}");
    await expect(set()).rejects.toThrow(/npm run setup/);
  });
});

it("cleaning removes what pinmem made in its cache, and nothing of others", async () => {
  addPlatformPackage();
  await set({ from: join(root, "torch.whl") });
  write("cache/weights/resnet18.pth", "12345");
  write("cache/mine.txt", "stays");
  expect(cacheParts(env).map(({ what }) => what)).toEqual(["addons", "libtorch", "weights of backbones"]);
  expect((await cleanCache(env)).at(-1)).toMatchObject({ bytes: 5 });
  expect(existsSync(join(root, "cache/mine.txt"))).toBe(true);
  expect(await cleanCache(env)).toEqual([]);
  rmSync(join(root, "cache/mine.txt"));
  await cleanCache(env);
  expect(existsSync(join(root, "cache"))).toBe(false);
});
