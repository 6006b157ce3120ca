// A GET request that goes through a proxy where the environment names one. Node's own fetch heeds these variables only from
// version 24 on; a tunnel takes forty lines on node:http, and no dependency.

import http from "node:http";
import https from "node:https";
import { isIP, type Socket } from "node:net";
import tls from "node:tls";
import type { Environment } from "./environment.js";
import { proxyFor, proxyHeaders, shown } from "./proxy.js";
import { PullError } from "./pull-error.js";

export interface RequestOptions {
  readonly env: Environment;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

const MOST_REDIRECTS = 5;
const redirects: readonly number[] = [301, 302, 303, 307, 308];

/**
 * The answer, its body not read yet, after redirections.
 * @throws what node:http throws, and PullError where a proxy or a redirection makes no sense
 */
export async function request(address: URL, options: RequestOptions): Promise<http.IncomingMessage> {
  let target = address;
  for (let count = 0; count <= MOST_REDIRECTS; count++) {
    const answer = await send(target, options);
    const { location } = answer.headers;
    if (!redirects.includes(answer.statusCode ?? 0) || location === undefined) return answer;
    answer.destroy();
    const next = URL.canParse(location, target.href) ? new URL(location, target) : null;
    if (!next || !["http:", "https:"].includes(next.protocol))
      throw new PullError(shown(address), "redirects to what is no web address");
    target = next;
  }
  throw new PullError(shown(address), `redirects more than ${MOST_REDIRECTS} times`);
}

async function send(target: URL, { env, headers, signal }: RequestOptions): Promise<http.IncomingMessage> {
  const proxy = proxyFor(target, env);
  const isTls = target.protocol === "https:";
  // What a server compresses would have other positions than the file.
  const all = { "accept-encoding": "identity", "user-agent": "pinmem", ...headers };
  if (!proxy) return answerOf((isTls ? https : http).request(target, { headers: all, signal, agent: false }));
  if (!isTls) {
    // A proxy is told the whole address.
    const path = shown(target);
    const through = { ...all, host: target.host, ...proxyHeaders(proxy) };
    return answerOf(
      clientOf(proxy).request({ ...endOf(proxy), path, headers: through, signal, agent: false }),
    );
  }
  const socket = await tunnel(proxy, target, signal);
  const name = target.hostname.replace(/^\[|\]$/g, "");
  const createConnection = () =>
    tls.connect({ socket, host: name, ...(isIP(name) === 0 && { servername: name }) });
  // Any agent, `false` too, would make a connection of its own.
  const toServer = { ...all, host: target.host };
  return answerOf(https.request(target, { headers: toServer, signal, createConnection }));
}

/** A connection to the target's host, through the proxy. */
async function tunnel(proxy: URL, target: URL, signal: AbortSignal): Promise<Socket> {
  const authority = `${target.hostname}:${target.port || 443}`;
  const headers = { host: authority, ...proxyHeaders(proxy) };
  const asked = clientOf(proxy).request({
    ...endOf(proxy),
    method: "CONNECT",
    path: authority,
    headers,
    signal,
    agent: false,
  });
  return new Promise((resolve, reject) => {
    asked.on("error", reject);
    // A proxy that refuses may answer as a server does.
    const answered = ({ statusCode, statusMessage }: http.IncomingMessage, socket?: Socket) => {
      if (statusCode === 200 && socket) return resolve(socket);
      asked.destroy();
      const cure =
        statusCode === 407
          ? ": name user and password in HTTPS_PROXY"
          : `: let it permit ${target.hostname}, go past it with NO_PROXY, or take a server that it permits with \`mirror\``;
      reject(new PullError(shown(proxy), `the proxy refuses: ${statusCode} ${statusMessage}${cure}`));
    };
    asked.once("connect", answered);
    asked.once("response", answered);
    asked.end();
  });
}

function answerOf(asked: http.ClientRequest): Promise<http.IncomingMessage> {
  return new Promise((resolve, reject) => {
    asked.on("error", reject);
    asked.once("response", resolve);
    asked.end();
  });
}

const clientOf = ({ protocol }: URL): typeof http | typeof https => (protocol === "https:" ? https : http);

const endOf = ({ protocol, hostname, port }: URL) => ({
  host: hostname.replace(/^\[|\]$/g, ""),
  port: port || (protocol === "https:" ? 443 : 80),
});
