// The server of a studio: Node's own http, this machine alone unless a host is named. It serves the page, onnxruntime's files, the
// exported models of the runs that it was given, their events and evaluations, and the pictures; nothing else can be asked for.

import { randomBytes } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { hostname } from "node:os";
import { pipeline } from "node:stream/promises";
import { packValues } from "@pinmem/core/formats";
import { adaptTask } from "./adapt-request.js";
import { appFolder } from "./app-folder.js";
import { jsonBody, tensorBody } from "./body.js";
import { describeSite } from "./describe-site.js";
import { streamEvents } from "./events-stream.js";
import { type FileMap, filesBelow, modelFiles, openFile, ortFiles, pictureType, typeOf } from "./files.js";
import { admit, type GuardOptions, Refusal, tokenCookie } from "./guard.js";
import { pageHeaders } from "./page-headers.js";
import { type AdaptAnswer, SITE_FILE, type SiteValidation } from "./site.js";
import type { StudioPicture, StudioRun } from "./studio-run.js";

export interface StudioOptions {
  readonly runs: readonly StudioRun[];
  readonly pictures?: readonly StudioPicture[];
  /** Name or address to be reached by from elsewhere; a token is needed then. Default: this machine alone. */
  readonly host?: string;
  /** Default: a free one. */
  readonly port?: number;
  /** Of pinmem, shown. */
  readonly version: string;
  /** Folder of the built page. Default: this package's own. */
  readonly page?: string;
  /** Milliseconds for a request to come in whole, after which its connection is closed. Default 60,000. */
  readonly patience?: number;
}

/** A server that runs. */
export interface Studio extends AsyncDisposable {
  /** To open in a browser, with a token where one is needed. */
  readonly address: string;
}

/**
 * Starts a server.
 * @throws StudioError where the page was not built, or the port is not to be had
 */
export async function startStudio({
  runs,
  pictures = [],
  host,
  port = 0,
  version,
  page,
  patience = 60_000,
}: StudioOptions): Promise<Studio> {
  const content: Content = {
    app: await filesBelow(page ?? appFolder()),
    ort: await ortFiles(),
    runs: [...runs],
    pictures,
    version,
  };
  const token = host === undefined ? null : randomBytes(24).toString("base64url");
  let guard: GuardOptions | undefined;
  // What trickles in does not hold a connection for long.
  const limits = {
    requestTimeout: patience,
    headersTimeout: Math.min(10_000, patience),
    connectionsCheckingInterval: Math.min(5_000, patience / 2),
  };
  const server = createServer(limits, (request, response) => {
    answer(request, response, content, guard as GuardOptions).catch((error: unknown) =>
      refuse(response, error),
    );
  });
  server.maxHeadersCount = 100;
  server.on("clientError", (_, socket) => {
    if (socket.writable) socket.end("HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n");
    else socket.destroy();
  });
  await listen(server, port, host ?? "127.0.0.1");
  const own = (server.address() as AddressInfo).port;
  const names = [hostname().toLowerCase(), ...(host === undefined ? [] : [host.toLowerCase()])];
  guard = { host: host ?? null, port: own, token, names };
  const shown = host === undefined ? "127.0.0.1" : host === "0.0.0.0" || host === "::" ? hostname() : host;
  return {
    address: `http://${shown.includes(":") ? `[${shown}]` : shown}:${own}/${token === null ? "" : `?token=${token}`}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const listen = (server: Server, port: number, host: string): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, resolve);
  });

interface Content {
  readonly app: FileMap;
  readonly ort: FileMap;
  /** Those that are saved are added. */
  readonly runs: StudioRun[];
  readonly pictures: readonly StudioPicture[];
  readonly version: string;
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  content: Content,
  guard: GuardOptions,
): Promise<void> {
  for (const [name, value] of Object.entries(pageHeaders)) response.setHeader(name, value);
  const { path, entersWith } = admit(request, guard);
  if (entersWith !== null) {
    // The token leaves the address bar, and so the history.
    response.setHeader("set-cookie", tokenCookie({ port: guard.port, token: entersWith }));
    response.writeHead(303, { location: "/", "cache-control": "no-store" }).end();
    return;
  }
  const name = path === "/" ? "index.html" : path.slice(1);
  if (request.method === "POST") return await act(name, request, response, content);
  const { app, ort } = content;
  if (name === SITE_FILE) return sendJson(response, describeSite(content));
  const asset = app.get(name);
  if (asset !== undefined)
    return await sendFile(request, response, asset, name.startsWith("assets/") ? FOR_EVER : ASK_AGAIN);
  if (name.startsWith("ort/")) {
    const file = ort.get(name.slice(4));
    if (file !== undefined) return await sendFile(request, response, file, ASK_AGAIN);
  }
  const [, kind, number, rest = ""] = /^(runs|pictures)\/(\d{1,6})\/(.*)$/.exec(name) ?? [];
  if (kind === "runs") return await sendOfRun(request, response, content.runs[Number(number)], rest);
  if (kind === "pictures") return await sendPicture(response, content.pictures[Number(number)], rest);
  throw new Refusal(404, "there is nothing here");
}

async function sendOfRun(
  request: IncomingMessage,
  response: ServerResponse,
  run: StudioRun | undefined,
  rest: string,
): Promise<void> {
  if (run && rest === "evaluations.json") return sendJson(response, run.evaluations());
  if (run && rest === "inspection.json") return sendJson(response, run.inspection());
  if (run?.events && rest === "events") return await streamEvents(run.events, response, () => run.training());
  if (run && rest === "validation") {
    const pictures = await run.validation();
    return sendJson(response, pictures.map(({ step, name }) => ({ step, name })) satisfies SiteValidation[]);
  }
  const [, at] = /^validation\/(\d{1,6})$/.exec(rest) ?? [];
  if (run && at !== undefined) return sendBytes(response, (await run.validation())[Number(at)]?.png);
  const folder = rest.startsWith("model/") ? run?.exported() : null;
  const file = folder ? (await modelFiles(folder)).get(rest.slice(6)) : undefined;
  if (file === undefined) throw new Refusal(404, "there is nothing here");
  await sendFile(request, response, file, NOT_KEPT);
}

async function sendPicture(
  response: ServerResponse,
  picture: StudioPicture | undefined,
  rest: string,
): Promise<void> {
  const read = rest === "image" ? picture?.image : rest === "label" ? picture?.label : null;
  if (!picture || !read) throw new Refusal(404, "there is nothing here");
  sendBytes(response, await read.call(picture));
}

function sendBytes(response: ServerResponse, bytes: Uint8Array | undefined): void {
  if (!bytes) throw new Refusal(404, "there is nothing here");
  response.writeHead(200, {
    "content-type": pictureType(bytes),
    "content-length": bytes.length,
    "cache-control": "private, max-age=600",
  });
  response.end(bytes);
}

/** What works: exports a model, saves an adapted one, computes a graph. */
async function act(
  name: string,
  request: IncomingMessage,
  response: ServerResponse,
  { runs }: Content,
): Promise<void> {
  const [, number, what] =
    /^runs\/(\d{1,6})\/(prepare|adapt|compute\/encode|compute\/decode)$/.exec(name) ?? [];
  const run = runs[Number(number)];
  if (what?.startsWith("compute/") && run?.compute) {
    const { values, wanted } = await tensorBody(request);
    const found = await run.compute(what.endsWith("encode") ? "encode" : "decode", values, wanted);
    const bytes = packValues(found);
    response.writeHead(200, { "content-type": "application/octet-stream", "content-length": bytes.length });
    response.end(bytes);
    return;
  }
  if (!run || (what !== "prepare" && what !== "adapt")) throw new Refusal(404, "there is nothing here");
  if (what === "prepare") {
    await jsonBody(request, 1024);
    response.writeHead(200, { "content-type": "application/x-ndjson", "cache-control": "no-store" });
    const tell = (line: object) => response.write(`${JSON.stringify(line)}\n`);
    try {
      await run.model((text) => tell({ progress: text }));
      tell({ done: true });
    } catch (error) {
      tell({ error: messageOf(error) });
    }
    response.end();
    return;
  }
  if (!run.adapt) throw new Refusal(409, "this is an exported model: save its files instead");
  const task = adaptTask(await jsonBody(request));
  const saved = await run.adapt(task).catch((error: unknown) => {
    throw new Refusal(409, messageOf(error));
  });
  // At the end, so that addresses of the others stay theirs.
  runs.push(saved.run);
  sendJson(response, { out: saved.out, lines: saved.lines } satisfies AdaptAnswer);
}

/** How long a browser may keep what it was sent. */
const FOR_EVER = "max-age=31536000, immutable";
const ASK_AGAIN = "no-cache";
/** Of a model, whose files come from here as fast as from the browser's own copy, which takes time to write. */
const NOT_KEPT = "no-store";

async function sendFile(
  request: IncomingMessage,
  response: ServerResponse,
  file: string,
  caching: string,
): Promise<void> {
  const handle = await openFile(file).catch(() => {
    throw new Refusal(404, "there is nothing here");
  });
  try {
    const { size } = await handle.stat();
    response.writeHead(200, {
      "content-type": typeOf(file),
      "content-length": size,
      "cache-control": caching,
    });
    if (request.method === "HEAD") response.end();
    else await pipeline(handle.createReadStream({ autoClose: false, highWaterMark: 2 ** 20 }), response);
  } finally {
    await handle.close();
  }
}

function sendJson(response: ServerResponse, value: unknown): void {
  response.writeHead(200, { "content-type": "application/json", "cache-control": "no-store" });
  response.end(JSON.stringify(value));
}

function refuse(response: ServerResponse, error: unknown): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const isKnown = error instanceof Refusal;
  response.writeHead(isKnown ? error.status : 500, {
    "content-type": "text/plain; charset=utf-8",
    connection: "close",
  });
  response.end(isKnown ? error.message : messageOf(error));
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
