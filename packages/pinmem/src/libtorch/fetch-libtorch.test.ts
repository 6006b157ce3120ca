// A small made-up wheel from a local server, good and bad, and from a file. How connections that cut, stall and lie are taken is
// tested where weights are pulled, by the same download.

import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type Behavior, serveFile } from "../../test/file-server.js";
import { zipOf } from "../../test/zip-builder.js";
import { type FetchOptions, fetchLibtorch } from "./fetch-libtorch.js";
import { placeOf } from "./unpack-wheel.js";
import { type Wheel, wheelFor } from "./wheels.js";

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
const wheel: Wheel = {
  version: "2.13.0+cpu",
  file: "torch-2.13.0+cpu-none.whl",
  sha256: createHash("sha256").update(content).digest("hex"),
  bytes: content.length,
};

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
  const problem = await fetchLibtorch(wheel, folder(), {
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
  await expect(fetchLibtorch(wheel, folder(), offline)).rejects.toThrow(
    /cannot be reached .*: without a network, fetch torch-2\.13\.0\+cpu-none\.whl elsewhere and name it with `from`; through a proxy, set HTTPS_PROXY/,
  );
  const file = join(root, "mine.whl");
  await expect(fetchLibtorch(wheel, folder(), { ...offline, from: file })).rejects.toThrow(
    /mine\.whl: there is no such file/,
  );
  writeFileSync(file, content);
  await fetchLibtorch(wheel, folder(), { ...offline, from: file, headers: false });
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
  await expect(fetchLibtorch(wheel, folder(), { mirror: "http://wheels.invalid", env })).rejects.toThrow(
    /the server answers 403 Forbidden/,
  );
});

test("a disk that is too small is told before anything is fetched", async () => {
  const huge = { ...wheel, bytes: 1e15 };
  await expect(fetchLibtorch(huge, folder(), { mirror: "http://127.0.0.1:9", env: {} })).rejects.toThrow(
    /has \d+ MB left, and libtorch needs \d+\. Free some space, or set PINMEM_CACHE/,
  );
});

test("an interrupted or damaged wheel leaves no folder", async () => {
  const stop = AbortSignal.abort(new Error("stopped"));
  const file = join(root, "mine.whl");
  writeFileSync(file, content);
  await expect(fetchLibtorch(wheel, folder(), { from: file, signal: stop })).rejects.toThrow("stopped");
  const cut = { ...wheel, sha256: createHash("sha256").update(content.subarray(9)).digest("hex") };
  writeFileSync(file, content.subarray(9));
  await expect(fetchLibtorch(cut, folder(), { from: file })).rejects.toThrow(/mine\.whl: .*damaged/);
  expect(existsSync(join(root, "cache")) ? readdirSync(join(root, "cache")) : []).toEqual([]);
});

test("no entry leaves the folder, and the wheels that are known have whole sums", () => {
  expect(placeOf("torch/lib/../../x.so", true)).toBeNull();
  expect(placeOf("torch/lib/libc10.dylib", true)).toBe("lib/libc10.dylib");
  for (const platform of ["linux-x64", "linux-arm64", "darwin-arm64"])
    expect(wheelFor(platform)?.sha256).toMatch(/^[0-9a-f]{64}$/);
  expect(wheelFor("win32-x64")).toBeUndefined();
  expect(wheelFor("constructor")).toBeUndefined();
});
