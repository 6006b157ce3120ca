// A small made-up wheel from a local server, good and bad, and from a file. How connections that cut, stall and lie are taken is
// tested where weights are pulled, by the same download.

import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, test } from "vitest";
import { type Behavior, serveFile } from "../../test/file-server.js";
import { zipOf } from "../../test/zip-builder.js";
import { cudaBuildFor } from "./cuda-wheels.js";
import { type FetchOptions, fetchLibtorch } from "./fetch-libtorch.js";
import { placeBeside, placeOf } from "./unpack-wheel.js";
import { buildFor, bytesOf, type LibtorchBuild, type Wheel } from "./wheels.js";

const content = zipOf({
  "torch/__init__.py": "import os",
  "torch/version.py": "__version__ = '2.13.0+cpu'",
  "torch/lib/libtorch_cpu.so": "x".repeat(50_000),
  "torch/lib/libgomp.so.1": "gomp",
  "torch/lib/libtorch_python.so": "python",
  "torch/include/ATen/ATen.h": "#pragma once",
  "torch-2.13.0+cpu.dist-info/licenses/third_party/fmt/LICENSE": "MIT",
  "../../escape": "no",
});
const sumOf = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");
const wheel: Wheel = {
  file: "torch-2.13.0+cpu-none.whl",
  address: "http://127.0.0.1:9",
  sha256: sumOf(content),
  bytes: content.length,
};
const build: LibtorchBuild = { version: "2.13.0+cpu", wheels: [wheel] };
/** A build of one other wheel. */
const buildOf = (changes: Partial<Wheel>): LibtorchBuild => ({
  ...build,
  wheels: [{ ...wheel, ...changes }],
});

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "pinmem-libtorch-"));
});
afterEach(() => rmSync(root, { recursive: true }));

const folder = () => join(root, "cache", "libtorch");
const files = () =>
  existsSync(folder()) ? (readdirSync(folder(), { recursive: true }) as string[]).sort() : null;

async function fetchFrom(behave: Behavior, options: FetchOptions = {}) {
  await using server = await serveFile(content, behave);
  const problem = await fetchLibtorch(build, folder(), {
    mirror: server.address,
    env: {},
    pause: 1,
    ...options,
  }).then(
    () => null,
    (error: Error) => error.message,
  );
  return { problem, asked: server.asked };
}

test("what libtorch needs is unpacked, what only Python needs is not, and the wheel is not kept", async () => {
  const steps = new Set<string>();
  const { problem, asked } = await fetchFrom(() => null, { onProgress: (what) => steps.add(what) });
  expect(problem).toBeNull();
  expect(asked.map(({ path }) => path)).toEqual(["/torch-2.13.0%2Bcpu-none.whl"]);
  expect(files()?.filter((name) => /\.|LICENSE/.test(name))).toEqual([
    "include/ATen/ATen.h",
    "lib/libgomp.so.1",
    "lib/libtorch_cpu.so",
    "licenses/third_party/fmt/LICENSE",
    "version.py",
  ]);
  expect(readFileSync(join(folder(), "lib/libgomp.so.1"), "utf8")).toBe("gomp");
  expect([...steps]).toEqual(["downloading", "unpacking"]);
  expect(readdirSync(join(root, "cache"))).toEqual(["libtorch"]);
});

test("another file than the one whose sum is known is not unpacked, whoever sends it", async () => {
  const other = Buffer.from(content);
  other[40] = 0;
  const lies: Behavior = (_, response) => {
    response.writeHead(200, { "content-length": other.length }).end(other);
    return "handled";
  };
  expect((await fetchFrom(lies)).problem).toMatch(
    /is another file or damaged; its SHA-256 begins with .*Nothing is kept$/,
  );
  expect(readdirSync(join(root, "cache"))).toEqual([]);
  const file = join(root, "mine.whl");
  writeFileSync(file, other);
  expect((await fetchFrom(lies, { from: file })).problem).toMatch(
    /mine\.whl: is not torch-2\.13\.0\+cpu-none\.whl, or damaged/,
  );
  expect(files()).toBeNull();
});

test("without a network a file at hand will do, and stays; where there is none, both are said", async () => {
  const offline = { mirror: "http://127.0.0.1:9", env: {} };
  await expect(fetchLibtorch(build, folder(), offline)).rejects.toThrow(
    /cannot be reached .*: without a network, fetch torch-2\.13\.0\+cpu-none\.whl elsewhere and name it with `from`; through a proxy, set HTTPS_PROXY/,
  );
  const file = join(root, "mine.whl");
  await expect(fetchLibtorch(build, folder(), { ...offline, from: file })).rejects.toThrow(
    /mine\.whl: there is no such file/,
  );
  writeFileSync(file, content);
  await fetchLibtorch(build, folder(), { ...offline, from: file, headers: false });
  expect(files()).not.toContain("include");
  expect(existsSync(file)).toBe(true);
});

test("a proxy that refuses is told with its answer", async () => {
  const refuses: Behavior = (_, response) => {
    response.writeHead(403).end();
    return "handled";
  };
  await using proxy = await serveFile(content, refuses);
  const env = { HTTP_PROXY: proxy.address };
  await expect(fetchLibtorch(build, folder(), { mirror: "http://wheels.invalid", env })).rejects.toThrow(
    /the server answers 403 Forbidden/,
  );
});

test("a disk that is too small is told before anything is fetched", async () => {
  const huge = buildOf({ bytes: 1e15 });
  await expect(fetchLibtorch(huge, folder(), { mirror: "http://127.0.0.1:9", env: {} })).rejects.toThrow(
    /has \d+ MB left, and libtorch needs \d+\. Free some space, or set PINMEM_CACHE/,
  );
});

test("an interrupted or damaged wheel leaves no folder", async () => {
  const stop = AbortSignal.abort(new Error("stopped"));
  const file = join(root, "mine.whl");
  writeFileSync(file, content);
  await expect(fetchLibtorch(build, folder(), { from: file, signal: stop })).rejects.toThrow("stopped");
  const cut = buildOf({ sha256: sumOf(content.subarray(9)) });
  writeFileSync(file, content.subarray(9));
  await expect(fetchLibtorch(cut, folder(), { from: file })).rejects.toThrow(/mine\.whl: .*damaged/);
  expect(existsSync(join(root, "cache")) ? readdirSync(join(root, "cache")) : []).toEqual([]);
});

test("no entry leaves the folder, and the wheels that are known have whole sums", () => {
  expect(placeOf("torch/lib/../../x.so", true)).toBeNull();
  expect(placeOf("torch/lib/libc10.dylib", true)).toBe("lib/libc10.dylib");
  for (const platform of ["linux-x64", "linux-arm64", "darwin-arm64"])
    expect(buildFor(platform)?.wheels.map(({ sha256 }) => sha256)).toEqual([
      expect.stringMatching(/^[0-9a-f]{64}$/),
    ]);
  expect(buildFor("win32-x64")).toBeUndefined();
  expect(buildFor("constructor")).toBeUndefined();
});

describe("with CUDA, several wheels side by side", () => {
  const nvidia = zipOf({
    "nvidia/cu13/lib/libcublas.so.13": "y".repeat(40_000),
    "nvidia/cu13/include/cublas.h": "#pragma once",
    "nvidia/cu13/bin/tool": "no",
    "nvidia_cublas-13.dist-info/licenses/License.txt": "NVIDIA's",
  });
  const contents: Record<string, Uint8Array> = { [wheel.file]: content, "nvidia_cublas-13.whl": nvidia };
  const cublas: Wheel = {
    ...wheel,
    file: "nvidia_cublas-13.whl",
    sha256: sumOf(nvidia),
    bytes: nvidia.length,
  };
  const cuda: LibtorchBuild = { version: "2.13.0+cu130", wheels: [wheel, cublas] };
  const served = (request: { url?: string | undefined }) =>
    contents[decodeURIComponent((request.url ?? "").slice(1))];
  const whole: Behavior = (request, response) => {
    const bytes = served(request) ?? Buffer.alloc(0);
    const start = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? "")?.[1] ?? 0);
    const place = `bytes ${start}-${bytes.length - 1}/${bytes.length}`;
    response.writeHead(start > 0 ? 206 : 200, {
      "content-length": bytes.length - start,
      ...(start > 0 && { "content-range": place }),
    });
    response.end(bytes.subarray(start));
    return "handled";
  };
  const fetchAll = async (behave: Behavior, options: FetchOptions = {}) => {
    await using server = await serveFile(content, behave);
    const all = { mirror: server.address, env: {}, pause: 1, ...options };
    await fetchLibtorch(cuda, folder(), all);
    return server.asked.map(({ path, range }) => `${path}${range === undefined ? "" : ` ${range}`}`);
  };

  it("lie as PyTorch's libraries look for them, and are counted as one download", async () => {
    const seen: number[] = [];
    await fetchAll(whole, { onProgress: (what, done) => what === "downloading" && seen.push(done) });
    expect(files()?.filter((name) => /\.(so|h|txt)/.test(name))).toEqual([
      "nvidia/cu13/include/cublas.h",
      "nvidia/cu13/lib/libcublas.so.13",
      "nvidia/licenses/nvidia_cublas-13/License.txt",
      "torch/include/ATen/ATen.h",
      "torch/lib/libgomp.so.1",
      "torch/lib/libtorch_cpu.so",
    ]);
    expect(seen.at(-1)).toBe(bytesOf(cuda));
    expect(seen).toEqual(seen.toSorted((a, b) => a - b));
    expect(readdirSync(join(root, "cache"))).toEqual(["libtorch"]);
  });

  it("a connection that breaks off in the second goes on there; a later set-up does not fetch the first again", async () => {
    let cuts = 0;
    const cutting: Behavior = (request, response) => {
      if (!request.url?.includes("cublas") || cuts++ > 0) return whole(request, response);
      response.writeHead(200, { "content-length": nvidia.length });
      response.write(nvidia.subarray(0, 100));
      setTimeout(() => response.destroy(), 20);
      return "handled";
    };
    const asked = await fetchAll(cutting);
    expect(asked).toEqual([
      "/torch-2.13.0%2Bcpu-none.whl",
      "/nvidia_cublas-13.whl",
      "/nvidia_cublas-13.whl bytes=100-",
    ]);
    rmSync(folder(), { recursive: true });
    const refusing: Behavior = (request, response) => {
      if (!request.url?.includes("cublas")) return whole(request, response);
      response.writeHead(404).end();
      return "handled";
    };
    await expect(fetchAll(refusing)).rejects.toThrow(/nvidia_cublas-13\.whl: the server answers 404/);
    expect(await fetchAll(whole)).toEqual(["/nvidia_cublas-13.whl"]);
  });

  it("one that lies is named and nothing is unpacked", async () => {
    const other = Buffer.from(nvidia);
    other[50] = 0;
    const lying: Behavior = (request, response) => {
      if (!request.url?.includes("cublas")) return whole(request, response);
      response.writeHead(200, { "content-length": other.length }).end(other);
      return "handled";
    };
    await expect(fetchAll(lying)).rejects.toThrow(/nvidia_cublas-13\.whl: is another file or damaged/);
    expect(files()).toBeNull();
  });

  it("are taken from a folder at hand, and one file is not enough", async () => {
    const [at, file] = [join(root, "wheels"), join(root, "wheels", wheel.file)];
    mkdirSync(at);
    writeFileSync(file, content);
    await expect(fetchLibtorch(cuda, folder(), { from: file })).rejects.toThrow(
      /is one file, and 2 are needed: name the folder that they lie in \(torch-.*, nvidia_cublas-13\.whl\)/,
    );
    await expect(fetchLibtorch(cuda, folder(), { from: at })).rejects.toThrow(
      /nvidia_cublas-13\.whl: there is no such file; http:.*nvidia_cublas-13\.whl is where it comes from/,
    );
    writeFileSync(join(at, cublas.file), nvidia);
    await fetchLibtorch(cuda, folder(), { from: at });
    expect(files()).toContain("torch/lib/libtorch_cpu.so");
    expect(readdirSync(at)).toHaveLength(2);
  });

  it("every known one has a whole sum, an address and a name of its own", () => {
    const { wheels = [] } = cudaBuildFor("linux-x64") ?? {};
    expect(new Set(wheels.map(({ sha256 }) => sha256)).size).toBe(16);
    for (const { file, address, sha256, bytes } of wheels) {
      expect(sha256).toMatch(/^[0-9a-f]{64}$/);
      expect(`${address}/${file}`).toMatch(
        /^https:\/\/(download\.pytorch\.org\/whl\/cu130|pypi\.nvidia\.com\/nvidia-[\w-]+)\/(torch|nvidia)[\w.+-]+_x86_64\.whl$/,
      );
      expect(bytes).toBeGreaterThan(1e5);
    }
    expect(cudaBuildFor("linux-arm64")).toBeUndefined();
    expect(placeBeside("nvidia/../../x.so", true)).toBeNull();
  });
});
