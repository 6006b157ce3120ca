// What is wrong with a folder or an address is said once, clearly, before anything runs.

import { createHash } from "node:crypto";
import { cpSync, readFileSync, rmSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { exportRun } from "../../pinmem/src/export/export-run.js";
import { temporaryFolder } from "../../pinmem/test/data-fixtures.js";
import { type LoadOptions, load } from "../src/index.js";
import { type Exported, exportTiny, noRuntime, street } from "./exported.js";

const root = temporaryFolder();
let count = 0;

describe.skipIf(noRuntime !== null)("loading a model", () => {
  let exported: Exported;
  beforeAll(async () => {
    exported = await exportTiny(root);
  });

  /** A copy of the exported folder, changed. */
  function changed(change: (folder: string) => void): string {
    const folder = join(root, `copy-${count++}`);
    cpSync(exported.folder, folder, { recursive: true });
    change(folder);
    return folder;
  }

  function describedBy(change: (model: Record<string, unknown>) => void): string {
    return changed((folder) => {
      const file = join(folder, "model.json");
      const model = JSON.parse(readFileSync(file, "utf8"));
      change(model);
      writeFileSync(file, JSON.stringify(model));
    });
  }

  it.each<[string, () => string, RegExp]>([
    [
      "a folder that is no export",
      () => root,
      /is no exported model: it has no model\.json\. `pinmem export` makes/,
    ],
    [
      "a place that does not exist",
      () => join(root, "none"),
      /none does not exist \(seen from \S+\): give the folder that `pinmem export` wrote/,
    ],
    [
      "the file in place of its folder",
      () => join(exported.folder, "model.json"),
      /model\.json is a file: give the folder/,
    ],
    [
      "nothing",
      () => undefined as unknown as string,
      /^load: needs the folder .* its address, got undefined/,
    ],
    ["an empty text", () => "", /its address, got the string ""/],
    [
      "a description that is no JSON",
      () => changed((folder) => writeFileSync(join(folder, "model.json"), "{")),
      /model\.json is no JSON/,
    ],
    [
      "a newer format",
      () => describedBy((model) => Object.assign(model, { format: 99 })),
      /was written by a newer version of pinmem \(format 99/,
    ],
    [
      "a description of something else",
      () => describedBy((model) => delete model.labels),
      /describes no exported model: labels/,
    ],
    [
      "a missing file",
      () => changed((folder) => rmSync(join(folder, "decode.onnx"))),
      /lacks decode\.onnx, which model\.json names; copy the exported folder once more/,
    ],
    [
      "a file that was cut off",
      () =>
        changed((folder) => {
          const file = join(folder, "encode.onnx");
          writeFileSync(file, readFileSync(file).subarray(0, 100));
        }),
      /encode\.onnx has 100 bytes, but model\.json says \d+/,
    ],
    [
      "a file that is longer than it was, of which no more is read",
      () => changed((folder) => truncateSync(join(folder, "encode.onnx"), 2 ** 40)),
      /encode\.onnx is longer than the \d+ bytes that model\.json says; copy/,
    ],
    [
      "a description of gigabytes",
      () => changed((folder) => truncateSync(join(folder, "model.json"), 2 ** 33)),
      /model\.json is longer than 67108864 bytes, as no description of a model is/,
    ],
    [
      "a graph that takes weights from another file",
      () =>
        changed((folder) => {
          const graph = Buffer.concat([
            readFileSync(join(folder, "encode.onnx")),
            Buffer.from("\n\blocation"),
          ]);
          writeFileSync(join(folder, "encode.onnx"), graph);
          const file = join(folder, "model.json");
          const model = JSON.parse(readFileSync(file, "utf8"));
          const sha256 = createHash("sha256").update(graph).digest("hex");
          Object.assign(model.graphs.encode, { bytes: graph.length, sha256 });
          writeFileSync(file, JSON.stringify(model));
        }),
      /encode\.onnx takes weights from another file, as no exported graph does/,
    ],
    [
      "a device in place of a file",
      () =>
        changed((folder) => {
          rmSync(join(folder, "model.json"));
          symlinkSync("/dev/zero", join(folder, "model.json"));
        }),
      /model\.json is no file; copy the exported folder once more/,
    ],
    [
      "a file that was changed",
      () =>
        changed((folder) => {
          const file = join(folder, "memory.safetensors");
          const bytes = readFileSync(file);
          bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
          writeFileSync(file, bytes);
        }),
      /memory\.safetensors is not the file that was exported: its SHA-256 is [0-9a-f]{12}…, but/,
    ],
  ])("refuses %s", async (_, folder, problem) => {
    await expect(load(folder())).rejects.toThrow(problem);
  });

  it("says which file asks for what its description does not have", async () => {
    const folder = describedBy((model) => Object.assign(model, { memory: null }));
    await using model = await load(folder, { threads: 1 });
    await expect(model.segment(street(32, 32))).rejects.toThrow(
      /^decode\.onnx asks for memory, which this model does not have as model\.json describes it; export/,
    );
  });

  it("refuses a single graph, which is for other tools", async () => {
    const out = join(root, "single");
    await exportRun(exported.run, { out, verify: false, single: "labels" });
    await expect(load(out)).rejects.toThrow(
      /holds a single graph, made for other tools; export the run once/,
    );
  });

  it.each<[LoadOptions, RegExp]>([
    [{ threads: -1 }, /load: threads must be a whole number of at least 1, got -1/],
    [{ threads: 0 }, /at least 1, got 0/],
    [{ threads: 1.5 }, /at least 1, got 1\.5/],
    [{ threads: "2" as unknown as number }, /got the string "2"; Number\(\) makes a number of it/],
    [{ memory: Number.NaN }, /load: memory must be a positive number of MiB, got NaN/],
    [{ memory: -5 }, /MiB, got -5/],
    [
      { device: "gpu" } as LoadOptions,
      /load: device must be "auto", "webgpu" or "wasm", got the string "gpu"/,
    ],
  ])("refuses %o before it reads anything", async (options, problem) => {
    await expect(load(join(root, "none"), options)).rejects.toThrow(problem);
  });

  it("takes at most as many threads as there are processors", async () => {
    await using model = await load(exported.folder, { threads: 1000 });
    expect(model.engine.threads).toBe(availableParallelism());
  });

  it("ends with the reason of its signal, at whatever moment that comes", async () => {
    const reason = new Error("the user left");
    await expect(load(exported.folder, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    const moments: ((done: number, total: number) => boolean)[] = [
      () => true,
      (done, total) => done === total,
    ];
    for (const isThen of moments) {
      const controller = new AbortController();
      const loading = load(exported.folder, {
        threads: 1,
        signal: controller.signal,
        onProgress: ({ done, total }) => isThen(done, total) && controller.abort(reason),
      });
      await expect(loading).rejects.toBe(reason);
    }
    const soon = new AbortController();
    const loading = load(exported.folder, { threads: 1, signal: soon.signal });
    setImmediate(() => soon.abort(reason));
    await expect(loading).rejects.toBe(reason);
  });

  it("says why nobody answers, without words about pages", async () => {
    const closed = createServer();
    await new Promise<void>((resolve) => closed.listen(0, "127.0.0.1", resolve));
    const { port } = closed.address() as AddressInfo;
    await new Promise((resolve) => closed.close(resolve));
    const error = await load(`http://127.0.0.1:${port}/pm?token=5`).catch((problem: Error) => problem);
    expect((error as Error).message).toMatch(
      /\/pm\/model\.json cannot be fetched: fetch failed \(.*ECONNREFUSED.*\)\. Is the address right, and does its server run\?$/,
    );
  });

  it("takes an address, tells what has arrived, and says what the server answered", async () => {
    const server = createServer((request, response) => {
      const { pathname: path, searchParams } = new URL(request.url ?? "", "http://localhost");
      if (path.startsWith("/signed/") && searchParams.get("token") !== "a/5")
        return void response.writeHead(403).end();
      if (path.startsWith("/broken/")) return void response.writeHead(503).end();
      if (path.startsWith("/flood/")) {
        const more = setInterval(() => response.write(Buffer.alloc(2 ** 23, " ")), 1);
        response.on("close", () => clearInterval(more));
        return;
      }
      if (path.startsWith("/endless/") && path.endsWith("decode.onnx")) {
        const more = setInterval(() => response.write(Buffer.alloc(2 ** 16)), 1);
        response.on("close", () => clearInterval(more));
        return;
      }
      try {
        response.end(readFileSync(join(root, path.replace(/endless|signed/, "exported"))));
      } catch {
        response.writeHead(404).end("<html>not here</html>");
      }
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    try {
      const told: number[] = [];
      await using model = await load(new URL(`${address}/exported/`), {
        threads: 1,
        onProgress: ({ done, total }) => told.push(done / total),
      });
      expect(told.at(-1)).toBe(1);
      expect(told).toEqual(told.toSorted((a, b) => a - b));
      expect(told.length).toBeLessThan(105);
      expect((await model.segment(street(32, 32))).labels.length).toBe(1024);
      const signed = await load(`${address}/signed/?token=a/5#part`, { threads: 1 });
      await signed.dispose();
      await expect(load(`${address}/signed?token=secret`)).rejects.toThrow(
        /signed\/model\.json cannot be had: the server answered 403$/,
      );
      await expect(load(`${address}/none`)).rejects.toThrow(/none is no exported model/);
      await expect(load(`${address}/broken`)).rejects.toThrow(
        /model\.json cannot be had: the server answered 503/,
      );
      await expect(load(`${address}/flood`)).rejects.toThrow(
        /flood\/model\.json is longer than 67108864 bytes, as no description of a model is/,
      );
      await expect(load(`${address}/endless`)).rejects.toThrow(
        /endless\/decode\.onnx is longer than the \d+ bytes that model\.json says; copy/,
      );
    } finally {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
  });
});
