// The server against requests that it must refuse: paths in every disguise, other origins, other names, other methods, bodies too
// large or too slow. Nothing outside is served, nothing is written, and it answers on.

import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Studio, startStudio } from "./server.js";
import type { Site } from "./site.js";
import type { AdaptTask, StudioRun } from "./studio-run.js";

const SECRET = "nobody may read this";
let root: string;
let studio: Studio;
let port: number;
const tasks: AdaptTask[] = [];

const runIn = (folder: string): StudioRun => ({
  name: "run",
  path: folder,
  method: "erm",
  unfinished: () => null,
  exported: () => join(folder, "model"),
  model: async () => join(folder, "model"),
  events: null,
  training: () => null,
  validation: async () => [],
  inspection: () => null,
  compute: null,
  evaluations: () => [],
  goesOn: false,
  adapt: async (task) => {
    tasks.push(task);
    return { out: "out", lines: [], run: { ...runIn(join(folder, "saved")), name: task.name } };
  },
});

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), "pinmem-studio-"));
  writeFileSync(join(root, "secret.txt"), SECRET);
  mkdirSync(join(root, "page/assets"), { recursive: true });
  writeFileSync(join(root, "page/index.html"), "<title>page</title>");
  writeFileSync(join(root, "page/assets/a.js"), "1");
  symlinkSync(join(root, "secret.txt"), join(root, "page/assets/link.js"));
  mkdirSync(join(root, "run/model"), { recursive: true });
  writeFileSync(join(root, "run/recipe.json"), SECRET);
  writeFileSync(join(root, "run/model/model.json"), "{}");
  symlinkSync(join(root, "secret.txt"), join(root, "run/model/encode.onnx"));
  const image = async () => Uint8Array.of(0x89, 0x50, 1, 2);
  studio = await startStudio({
    runs: [runIn(join(root, "run"))],
    pictures: [{ name: "one", group: "g", image, label: null }],
    version: "0",
    page: join(root, "page"),
    patience: 400,
  });
  port = Number(new URL(studio.address).port);
});
afterAll(async () => {
  await studio[Symbol.asyncDispose]();
  rmSync(root, { recursive: true });
});

interface Asked {
  readonly method?: string;
  readonly path?: string;
  readonly host?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** As it is written, without a client that would tidy the path. */
const ask = ({ method = "GET", path = "/", host, headers = {}, body = "" }: Asked): Promise<string> =>
  new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    let answer = "";
    const lines = [
      `${method} ${path} HTTP/1.1`,
      `Host: ${host ?? `127.0.0.1:${port}`}`,
      "Connection: close",
      ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
      ...(body === "" ? [] : [`Content-Length: ${Buffer.byteLength(body)}`]),
    ];
    socket.on("data", (part) => {
      answer += part;
    });
    socket.on("error", () => resolve(answer));
    socket.on("close", () => resolve(answer));
    socket.write(`${lines.join("\r\n")}\r\n\r\n${body}`);
  });

const statusOf = (answer: string): number => Number(/^HTTP\/1\.1 (\d+)/.exec(answer)?.[1] ?? 0);

const ups = [
  "..",
  "%2e%2e",
  "%2E.",
  ".%2e",
  "..%2f..",
  "..%5c..",
  "..\\..",
  "%252e%252e",
  "..;",
  "....//",
  "%c0%ae%c0%ae",
];
const bases = [
  "/",
  "/assets/",
  "/ort/",
  "/runs/0/model/",
  "/runs/0/validation/",
  "/runs/0/",
  "/pictures/0/",
  "/pictures/../",
];
const goals = ["secret.txt", "run/recipe.json", "etc/passwd"];
const paths = bases.flatMap((base) =>
  ups.flatMap((up) => goals.map((goal) => `${base}${up}/${up}/${up}/${goal}`)),
);
const oddPaths = [
  "/assets/link.js",
  "/runs/0/model/encode.onnx",
  "/runs/0/model/../../recipe.json",
  "/runs/0/recipe.json",
  "/runs/-1/model/model.json",
  "/runs/1/model/model.json",
  "/runs/0x0/model/model.json",
  "/pictures/999999999/image",
  "/pictures/0/image/",
  "/%00",
  "/index.html%00.png",
  "//etc/passwd",
  "http://127.0.0.1/etc/passwd",
  `/${"a".repeat(5000)}`,
  "*",
  "/.git/config",
];
const json = { "content-type": "application/json" };

it("serves nothing that lies outside, however the path is written", async () => {
  for (const path of [...paths, ...oddPaths]) {
    const answer = await ask({ path });
    expect(statusOf(answer), path).toBeGreaterThanOrEqual(400);
    expect(answer, path).not.toContain(SECRET);
    expect(answer, path).not.toContain("root:");
  }
});

it("answers its own name, origin and methods alone", async () => {
  const own = `http://127.0.0.1:${port}`;
  const refused: readonly (readonly [number, Asked])[] = [
    ...["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "PROPFIND", "MOVE"].map(
      (method) => [405, { method }] as const,
    ),
    ...[
      "evil.example",
      `evil.example:${port}`,
      "127.0.0.1",
      `127.0.0.1:${port + 1}`,
      `localhost.evil:${port}`,
      "@",
    ].map((host) => [421, { host }] as const),
    [421, { host: `192.168.0.1:${port}` }],
    ...["http://evil.example", "null", `http://localhost:${port}`, `https://127.0.0.1:${port}`].flatMap(
      (origin) => [
        [403, { headers: { origin } }] as const,
        [403, { method: "POST", path: "/runs/0/adapt", headers: { ...json, origin }, body: "{}" }] as const,
      ],
    ),
    [403, { method: "POST", path: "/runs/0/adapt", headers: json, body: "{}" }],
    [
      403,
      { path: "/pictures/0/image", headers: { "sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors" } },
    ],
    [
      415,
      {
        method: "POST",
        path: "/runs/0/adapt",
        headers: { origin: own, "content-type": "text/plain" },
        body: "{}",
      },
    ],
    [400, { method: "POST", path: "/runs/0/adapt", headers: { origin: own, ...json }, body: "{" }],
    [
      413,
      {
        method: "POST",
        path: "/runs/0/adapt",
        headers: { origin: own, ...json, "Content-Length": "999999999999" },
      },
    ],
    [
      413,
      {
        method: "POST",
        path: "/runs/0/prepare",
        headers: { origin: own, ...json },
        body: `"${"a".repeat(4000)}"`,
      },
    ],
    [404, { method: "POST", path: "/runs/7/adapt", headers: { origin: own, ...json }, body: "{}" }],
    [404, { method: "POST", path: "/", headers: { origin: own, ...json }, body: "{}" }],
  ];
  expect(paths.length + oddPaths.length + refused.length).toBeGreaterThan(300);
  for (const [status, asked] of refused) expect([status, asked]).toEqual([statusOf(await ask(asked)), asked]);
});

it("lets go of requests that trickle in, and answers others meanwhile", async () => {
  const starts = [
    `POST /runs/0/adapt HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nOrigin: http://127.0.0.1:${port}\r\nContent-Type: application/json\r\nContent-Length: 500\r\n\r\n{`,
    `POST /runs/0/prepare HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nOrigin: http://127.0.0.1:${port}\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n{\r\n`,
    `GET / HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nX-Slow: `,
    "GET",
  ];
  const slow = Array.from({ length: 24 }, (_, at) => trickle(starts[at % starts.length] as string));
  expect((await fetch(studio.address)).status).toBe(200);
  for (const ended of await Promise.all(slow)) expect(ended).toMatch(/^(HTTP\/1\.1 4|$)/);
  expect(tasks).toEqual([]);
});

/** A byte now and then, until the server has had enough. */
const trickle = (start: string): Promise<string> =>
  new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    let answer = "";
    const timer = setInterval(() => socket.write("a"), 50);
    socket.on("data", (part) => {
      answer += part;
    });
    socket.on("error", () => {});
    socket.on("close", () => {
      clearInterval(timer);
      resolve(answer);
    });
    socket.write(start);
  });

it("takes adapted models whose name is a name and whose pictures are pictures", async () => {
  const headers = { origin: `http://127.0.0.1:${port}`, ...json };
  const png = Buffer.from([0x89, 0x50, 0x4e, 0x47]).toString("base64");
  const picture = { image: png, label: png };
  const send = (task: unknown) =>
    ask({ method: "POST", path: "/runs/0/adapt", headers, body: JSON.stringify(task) });
  const good = { name: "here", vote: 10, own: 0.3, pictures: [picture] };
  for (const bad of [
    null,
    [],
    { ...good, name: "../up" },
    { ...good, name: "a/b" },
    { ...good, name: "" },
    { ...good, name: ".hidden" },
    { ...good, name: "a".repeat(65) },
    { ...good, name: "a\0b" },
    { ...good, vote: -1 },
    { ...good, vote: "10" },
    { ...good, own: 1.5 },
    { ...good, own: undefined },
    { ...good, pictures: [] },
    { ...good, pictures: Array(65).fill(picture) },
    { ...good, pictures: [{ ...picture, image: "aGVsbG8=" }] },
    { ...good, pictures: [null] },
  ])
    expect(statusOf(await send(bad)), JSON.stringify(bad)).toBe(400);
  expect(tasks).toEqual([]);
  const answer = await send(good);
  expect(statusOf(answer)).toBe(200);
  expect(answer).toContain('{"out":"out","lines":[]}');
  expect(tasks.map(({ name, own, pictures }) => [name, own, pictures[0]?.file])).toEqual([
    ["here", 0.3, "000.png"],
  ]);
});

it("lists a run that was saved beside the others, whose addresses stay", async () => {
  const { runs } = (await (await fetch(`${studio.address}studio.json`)).json()) as Site;
  expect(runs.map(({ name, adapt }) => [name, adapt])).toEqual([
    ["run", "runs/0/adapt"],
    ["here", "runs/1/adapt"],
  ]);
});

it("still answers after all that, with headers that isolate the page and bind it to its origin", async () => {
  expect(readdirSync(root).sort()).toEqual(["page", "run", "secret.txt"]);
  const response = await fetch(studio.address);
  expect(await response.text()).toBe("<title>page</title>");
  expect(response.headers.get("content-security-policy")).toMatch(/script-src 'self' 'wasm-unsafe-eval';/);
  expect(response.headers.get("cross-origin-embedder-policy")).toBe("require-corp");
  expect(response.headers.get("cross-origin-opener-policy")).toBe("same-origin");
  const site = (await (await fetch(`${studio.address}studio.json`)).json()) as { runs: unknown[] };
  expect(site.runs.length).toBe(2); // With the one that was saved.
  expect((await fetch(`${studio.address}pictures/0/image`)).headers.get("content-type")).toBe("image/png");
});

it("lets in from elsewhere whoever has the token, and nobody else", async () => {
  await using open = await startStudio({
    runs: [],
    version: "0",
    host: "127.0.0.1",
    page: join(root, "page"),
  });
  const { origin, search } = new URL(open.address);
  expect(search).toMatch(/^\?token=[\w-]{32}$/);
  expect((await fetch(origin)).status).toBe(401);
  expect((await fetch(`${origin}/?token=${"a".repeat(32)}`)).status).toBe(401);
  const entered = await fetch(open.address, { redirect: "manual" });
  expect([entered.status, entered.headers.get("location")]).toEqual([303, "/"]);
  const cookie = (entered.headers.get("set-cookie") ?? "").split(";")[0] ?? "";
  expect((await fetch(`${origin}/studio.json`, { headers: { cookie } })).status).toBe(200);
  expect(entered.headers.get("set-cookie")).toMatch(/; HttpOnly; SameSite=Lax; /);
});

it("keeps the token of another studio on this machine, of which browsers send both", async () => {
  const start = () => startStudio({ runs: [], version: "0", host: "127.0.0.1", page: join(root, "page") });
  await using first = await start();
  await using second = await start();
  // As a browser: one jar for a host, whatever the port.
  const jar = new Map<string, string>();
  for (const { address } of [first, second]) {
    const entered = await fetch(address, { redirect: "manual" });
    const [name = "", value = ""] = (entered.headers.get("set-cookie") ?? "").split(";")[0]?.split("=") ?? [];
    jar.set(name, value);
  }
  const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join("; ");
  for (const { address } of [first, second])
    expect((await fetch(`${new URL(address).origin}/studio.json`, { headers: { cookie } })).status).toBe(200);
});
