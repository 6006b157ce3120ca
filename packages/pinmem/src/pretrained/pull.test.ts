// Downloads from a local server that is good, or cuts, stalls, refuses and lies.

import { execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import http from "node:http";
import https from "node:https";
import { type AddressInfo, connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type Behavior, serveFile } from "../../test/file-server.js";
import { backboneNames } from "../models/backbones/names.js";
import { weightsFolder } from "./cache.js";
import { type PublishedWeights, promisedHash, publishedWeights, weightsFor } from "./catalog.js";
import { type PullOptions, pullPublished, pullWeights } from "./pull.js";

const content = Buffer.alloc(300_000, "weights of a backbone, ");
const sha256 = createHash("sha256").update(content).digest("hex");
const weights: PublishedWeights = {
  backbone: "resnet18",
  from: "torchvision",
  file: `resnet18-${sha256.slice(0, 8)}.pth`,
  bytes: content.length,
  download: content.length,
  license: "none",
};

const hasOpenssl = spawnSync("openssl", ["version"]).status === 0;

let cache: string;
beforeEach(() => {
  cache = mkdtempSync(join(tmpdir(), "pinmem-pull-"));
});
afterEach(() => rmSync(cache, { recursive: true }));

const pathInCache = () => join(cache, "weights", weights.file);
const inCache = () => (existsSync(join(cache, "weights")) ? readdirSync(join(cache, "weights")) : []);

/** Pulls from a server that behaves like this. */
async function pullFrom(behave: Behavior, options: PullOptions = {}) {
  await using server = await serveFile(content, behave);
  const result = await pullPublished(weights, {
    mirror: server.address,
    env: { PINMEM_CACHE: cache },
    pause: 1,
    ...options,
  }).then(
    (pulled) => ({ pulled, problem: null }),
    (error: Error) => ({ pulled: null, problem: error.message }),
  );
  return { ...result, asked: server.asked };
}

/** Sends the beginning of what was asked for, and breaks the connection. */
const cutAfter =
  (bytes: number): Behavior =>
  ({ headers }, response) => {
    const start = Number(/\d+/.exec(headers.range ?? "0")?.[0]);
    const rest = content.length - start;
    if (rest <= bytes) return null;
    response.writeHead(headers.range ? 206 : 200, {
      "content-length": rest,
      ...(headers.range && { "content-range": `bytes ${start}-${content.length - 1}/${content.length}` }),
    });
    // What arrives together with the end of a connection may be lost: let the bytes arrive first.
    response.write(content.subarray(start, start + bytes), () => setTimeout(() => response.destroy(), 20));
    return "handled";
  };

const answers =
  (status: number, body: string | Uint8Array = ""): Behavior =>
  (_, response) => {
    response.writeHead(status).end(body);
    return "handled";
  };

describe("pulling weights", () => {
  it("keeps the file whose hash its name promises, tells how far it is, and asks nobody a second time", async () => {
    const seen: [number, number][] = [];
    const { pulled, asked } = await pullFrom(() => null, {
      onProgress: (done, total) => seen.push([done, total]),
    });
    expect(pulled).toMatchObject({ path: pathInCache(), sha256, bytes: content.length, downloaded: true });
    expect(readFileSync(pathInCache()).equals(content)).toBe(true);
    expect(inCache()).toEqual([weights.file]);
    expect(seen.at(-1)).toEqual([content.length, content.length]);
    expect(asked).toEqual([{ path: `/${weights.file}`, range: undefined }]);
    const again = await pullFrom(answers(500));
    expect(again.pulled).toMatchObject({ downloaded: false, sha256 });
    expect(again.asked).toEqual([]);
  });

  it("goes on by itself where connections break, from where they broke", async () => {
    const { pulled, asked } = await pullFrom(cutAfter(100_000));
    expect(pulled?.downloaded).toBe(true);
    expect(asked[0]?.range).toBeUndefined();
    expect(asked.length).toBeGreaterThan(1);
    expect(asked.slice(1).every(({ range }) => /^bytes=[1-9]\d*-$/.test(range ?? ""))).toBe(true);
    expect(readFileSync(pathInCache()).equals(content)).toBe(true);
  });

  it("gives up where every connection brings next to nothing, keeps what came, and goes on from it the next time", async () => {
    const first = await pullFrom(cutAfter(1000));
    expect(first.problem).toMatch(/the connection was cut.*; \d+ bytes are kept: run this again to go on/);
    expect(first.asked).toHaveLength(3);
    expect(inCache()).toEqual([`${weights.file}.part`]);
    const kept = readFileSync(`${pathInCache()}.part`).length;
    expect(kept).toBeGreaterThan(0);
    const second = await pullFrom(() => null);
    expect(second.asked).toEqual([{ path: `/${weights.file}`, range: `bytes=${kept}-` }]);
    expect(second.pulled?.sha256).toBe(sha256);
  });

  it.each([
    ["knows no ranges", (range: string) => range !== ""],
    ["has a whole one lying there already", () => false],
  ])("takes a part that lies there, from a server that %s", async (_, ignores) => {
    mkdirSync(join(cache, "weights"));
    writeFileSync(`${pathInCache()}.part`, content.subarray(0, ignores("bytes") ? 1000 : undefined));
    const { pulled } = await pullFrom(({ headers }, response) => {
      if (!ignores(headers.range ?? "")) return null;
      return answers(200, content)({} as never, response);
    });
    expect(pulled?.sha256).toBe(sha256);
  });

  it("takes a whole part for whole, whatever a server writes below its answer that nothing follows", async () => {
    mkdirSync(join(cache, "weights"), { recursive: true });
    writeFileSync(`${pathInCache()}.part`, content);
    const { pulled, asked } = await pullFrom(({ headers }, response) => {
      if (headers.range === undefined) return null;
      response.writeHead(416, { "content-type": "text/html" }).end("<html>Range Not Satisfiable</html>");
      return "handled";
    });
    expect(pulled).not.toBeNull();
    expect(asked.map(({ range }) => range)).toEqual([`bytes=${content.length}-`]);
    expect(readFileSync(pathInCache()).equals(content)).toBe(true);
  });

  it("begins anew, once, where the part that lay there was another file's", async () => {
    mkdirSync(join(cache, "weights"));
    writeFileSync(`${pathInCache()}.part`, "something else");
    const { pulled, asked } = await pullFrom(() => null);
    expect(asked.map(({ range }) => range)).toEqual(["bytes=14-", undefined]);
    expect(pulled?.sha256).toBe(sha256);
  });

  const other = Buffer.from(content);
  other[5] = 0;
  const stalls: Behavior = (_, response) => {
    response.writeHead(200, { "content-length": content.length }).write(content.subarray(0, 10));
    return "handled";
  };
  it.each<[what: string, behave: Behavior, problem: RegExp, kept: string[]]>([
    [
      "another file",
      answers(200, other),
      /is another file or damaged; its SHA-256 begins with \w{8}, not/,
      [],
    ],
    [
      "a page in its place",
      answers(200, "<html>log in"),
      /is truncated, or another file: 12 bytes of about/,
      [],
    ],
    ["no end", answers(200, Buffer.alloc(400_000)), /far larger than the 300000 bytes.*nothing is kept/, []],
    ["404", answers(404), /the server answers 404 Not Found\. Look at the address, or .*`mirror`/, []],
    ["403", answers(403), /the server answers 403 Forbidden/, []],
    ["503", answers(503), /the server answers 503 Service Unavailable$/, []],
    ["silence", stalls, /nothing came for 0\.1 s; \d+ bytes are kept/, [`${weights.file}.part`]],
  ])("refuses what a server sends that is %s, in one line", async (_, behave, problem, kept) => {
    const result = await pullFrom(behave, { patience: 100 });
    expect(result.problem).toMatch(problem);
    expect(result.problem).toMatch(new RegExp(`^http://127.0.0.1:\\d+/${weights.file}: [^\\n]*$`));
    expect(inCache()).toEqual(kept);
  });

  it("says so where no server is to be reached, and shows no password", async () => {
    await using server = await serveFile(content);
    const { address } = server;
    await server[Symbol.asyncDispose]();
    const mirror = address.replace("//", "//me:secret@");
    const { problem } = await pullFrom(() => null, { mirror });
    expect(problem).toMatch(
      /^http:\/\/127[^@]*: cannot be reached \(ECONNREFUSED\): .*HTTPS_PROXY.*`mirror`$/,
    );
  });

  it.each(["nonsense", "file:///tmp"])("refuses the mirror %s", async (mirror) => {
    expect((await pullFrom(() => null, { mirror })).problem).toMatch(/`mirror` must be an address/);
  });

  it("follows redirections, but not for ever", async () => {
    await using server = await serveFile(content);
    const to =
      (location: string): Behavior =>
      (_, response) => {
        response.writeHead(302, { location }).end();
        return "handled";
      };
    expect((await pullFrom(to("/again"))).problem).toMatch(/redirects more than 5 times/);
    expect((await pullFrom(to("file:///etc/passwd"))).problem).toMatch(/redirects to what is no web address/);
    expect((await pullFrom(to(`${server.address}/there`))).pulled?.sha256).toBe(sha256);
  });

  it("fetches once where two ask at once; the other waits and says so", async () => {
    const said: string[] = [];
    const slow: Behavior = (_, response) => {
      setTimeout(() => answers(200, content)({} as never, response), 50);
      return "handled";
    };
    await using server = await serveFile(content, slow);
    const options = {
      mirror: server.address,
      env: { PINMEM_CACHE: cache },
      say: (line: string) => said.push(line),
    };
    const both = await Promise.all([pullPublished(weights, options), pullPublished(weights, options)]);
    expect(both.map(({ downloaded }) => downloaded).sort()).toEqual([false, true]);
    expect(server.asked).toHaveLength(1);
    expect(said).toEqual([expect.stringMatching(/another pull of .* is at work/)]);
    expect(inCache()).toEqual([weights.file]);
  });

  it("replaces a file in the cache that is not what its name promises", async () => {
    mkdirSync(join(cache, "weights"));
    writeFileSync(pathInCache(), "half");
    const said: string[] = [];
    const { pulled } = await pullFrom(() => null, { say: (line) => said.push(line) });
    expect(pulled).toMatchObject({ downloaded: true, sha256 });
    expect(said).toEqual([`${pathInCache()} is damaged, and is fetched anew`]);
  });

  it("stops when it is told to, and keeps what came", async () => {
    const controller = new AbortController();
    const { problem } = await pullFrom(stalls, {
      signal: controller.signal,
      onProgress: () => controller.abort(),
    });
    expect(problem).toMatch(/abort/);
    expect(inCache().filter((name) => !name.endsWith(".part"))).toEqual([]);
  });

  it.runIf(existsSync("/dev/full"))("says that the disk is full", async () => {
    mkdirSync(join(cache, "weights"));
    symlinkSync("/dev/full", `${pathInCache()}.part`);
    const { problem } = await pullFrom(() => null);
    expect(problem).toMatch(
      /\.part: cannot be written: the disk is full\. Free some space, then run this again$/,
    );
    expect(existsSync(pathInCache())).toBe(false);
  });

  it("says that the cache cannot be written, before anything is fetched", async () => {
    writeFileSync(join(cache, "file"), "");
    const { problem, asked } = await pullFrom(() => null, { env: { PINMEM_CACHE: join(cache, "file") } });
    expect(problem).toMatch(/cannot be written: .*file is a file, not a folder\. Choose another place$/);
    expect(asked).toEqual([]);
  });
});

describe("proxies", () => {
  /** A proxy that passes requests on and tunnels none; counts them. */
  async function proxy(refusal = "407 Proxy Authentication Required") {
    const seen: string[] = [];
    const server = http.createServer((request, response) => {
      seen.push(`${request.url} ${request.headers["proxy-authorization"] ?? ""}`);
      http.get(request.url ?? "", (answer) => answer.pipe(response));
    });
    server.on("connect", (request, socket) => {
      seen.push(`CONNECT ${request.url} ${request.headers["proxy-authorization"] ?? ""}`);
      socket.end(`HTTP/1.1 ${refusal}\r\n\r\n`);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return {
      seen,
      port: (server.address() as AddressInfo).port,
      [Symbol.dispose]: () => void server.close(),
    };
  }

  it("are gone through with name and password, unless NO_PROXY names the host", async () => {
    using through = await proxy();
    const HTTP_PROXY = `http://me:p%40ss@127.0.0.1:${through.port}`;
    const env = { PINMEM_CACHE: cache, HTTP_PROXY };
    expect((await pullFrom(() => null, { env })).pulled?.sha256).toBe(sha256);
    const basic = `Basic ${Buffer.from("me:p@ss").toString("base64")}`;
    expect(through.seen).toEqual([
      expect.stringMatching(new RegExp(`^http://127.*/${weights.file} ${basic}$`)),
    ]);
    rmSync(join(cache, "weights"), { recursive: true });
    await pullFrom(() => null, { env: { ...env, no_proxy: "example.com, 127.0.0.1" } });
    expect(through.seen).toHaveLength(1);
  });

  it("are asked for a tunnel to an https address; what they refuse is said without the password", async () => {
    using through = await proxy();
    const env = { PINMEM_CACHE: cache, https_proxy: `http://me:secret@127.0.0.1:${through.port}` };
    const { problem } = await pullFrom(() => null, { env, mirror: "https://weights.invalid/models" });
    expect(problem).toBe(
      `http://127.0.0.1:${through.port}/: the proxy refuses: 407 Proxy Authentication Required: name user and password in HTTPS_PROXY`,
    );
    expect(through.seen).toEqual([expect.stringMatching(/^CONNECT weights\.invalid:443 Basic /)]);
  });

  it("that refuse an address for good are told with what else there is", async () => {
    using through = await proxy("403 Forbidden");
    const env = { PINMEM_CACHE: cache, https_proxy: `http://127.0.0.1:${through.port}` };
    const { problem } = await pullFrom(() => null, { env, mirror: "https://weights.invalid/models" });
    expect(problem).toMatch(
      /: the proxy refuses: 403 Forbidden: let it permit weights\.invalid, go past it with NO_PROXY, or .*`mirror`$/,
    );
  });

  it.skipIf(!hasOpenssl)("tunnel to a server whose certificate is looked at", async () => {
    const [key, cert] = [join(cache, "key.pem"), join(cache, "cert.pem")];
    const ecdsa = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
    const files = ["-keyout", key, "-out", cert, "-subj", "/CN=weights.invalid"];
    execFileSync("openssl", ["req", "-x509", ...ecdsa, ...files], { stdio: "ignore" });
    const hosts: (string | undefined)[] = [];
    const server = https.createServer(
      { key: readFileSync(key), cert: readFileSync(cert) },
      (request, response) => {
        hosts.push(request.headers.host);
        response.end(content);
      },
    );
    const through = http.createServer().on("connect", (_, client) => {
      const onward = connect((server.address() as AddressInfo).port, "127.0.0.1", () => {
        client.write("HTTP/1.1 200 OK\r\n\r\n");
        onward.pipe(client).pipe(onward);
      });
      for (const socket of [onward, client]) socket.on("error", () => {});
    });
    for (const one of [server, through])
      await new Promise<void>((resolve) => one.listen(0, "127.0.0.1", resolve));
    const HTTPS_PROXY = `http://127.0.0.1:${(through.address() as AddressInfo).port}`;
    const options = { env: { PINMEM_CACHE: cache, HTTPS_PROXY }, mirror: "https://weights.invalid/models" };
    try {
      expect((await pullFrom(() => null, options)).problem).toMatch(
        /its certificate is not trusted \(DEPTH_ZERO_SELF_SIGNED_CERT\): .*NODE_EXTRA_CA_CERTS$/,
      );
      expect(hosts).toEqual([]);
      vi.stubEnv("NODE_TLS_REJECT_UNAUTHORIZED", "0");
      expect((await pullFrom(() => null, options)).pulled?.sha256).toBe(sha256);
      expect(hosts).toEqual(["weights.invalid"]);
    } finally {
      vi.unstubAllEnvs();
      for (const one of [server, through]) one.close();
    }
  });

  it("of another kind are refused by the variable's name", async () => {
    const env = { PINMEM_CACHE: cache, ALL_PROXY: "socks5://127.0.0.1:1080" };
    expect((await pullFrom(() => null, { env })).problem).toMatch(
      /^ALL_PROXY: holds no address of an HTTP proxy/,
    );
  });
});

describe("the catalog", () => {
  it("has torchvision's file for every backbone, under a name that promises a hash", () => {
    for (const name of backboneNames) {
      expect(weightsFor(name)[0]?.file).toMatch(/^(?!.*nsfwjs)[a-z0-9_]+-[0-9a-f]{8,10}\.pth$/);
    }
    for (const { file } of publishedWeights) expect(promisedHash(file).length).toBeGreaterThanOrEqual(8);
  });

  it("says who else publishes what is asked for", async () => {
    await expect(pullWeights("resnet18", { from: "npm" })).rejects.toThrow(
      /resnet18: no weights of it are published by npm; take `from` "torchvision"/,
    );
    await expect(pullWeights("dinov3_vitb16")).rejects.toThrow(
      /its weights are not fetched: download model\.safetensors from https:.*dinov3-vitb16\S* \(DINOv3 License/,
    );
    await expect(pullWeights("tiny")).rejects.toThrow(/tiny: no weights of it .*train it from random values/);
  });
});

describe("the cache", () => {
  it.each([
    [{ PINMEM_CACHE: "/big/cache", XDG_CACHE_HOME: "/x" }, "linux", "/big/cache/weights"],
    [{ HOME: "/home/me", XDG_CACHE_HOME: "/x" }, "linux", "/x/pinmem/weights"],
    [{ HOME: "/home/me" }, "linux", "/home/me/.cache/pinmem/weights"],
    [{ HOME: "/Users/me" }, "darwin", "/Users/me/Library/Caches/pinmem/weights"],
  ])("with %j on %s is %s", (env, platform, folder) => {
    expect(weightsFolder(env, platform)).toBe(folder);
  });
});
