// Who may ask, and what: decided before a request is looked at any further.
//
// A page of another origin can send requests to a server on this machine. It must not be obeyed (Origin), and a name that its
// owner has pointed to this machine must not make it the same origin (Host: DNS rebinding). Where the server can be reached from
// elsewhere, only those may ask who know its token.

import { timingSafeEqual } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { isIP } from "node:net";

/** A request that is refused. */
export class Refusal extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

export interface GuardOptions {
  /** As it was asked for; null: this machine alone. */
  readonly host: string | null;
  readonly port: number;
  /** Null: none is needed. */
  readonly token: string | null;
  /** Names of this machine. */
  readonly names: readonly string[];
}

/** Longest address that is looked at. */
const LONGEST = 4096;

/** Browsers keep the cookies of all ports of a machine together. */
const cookieName = (port: number): string => `pinmem_studio_${port}`;

/**
 * The header that lets a browser in that came with the token. Lax, since a link from elsewhere may open the page; what changes anything
 * asks for its origin.
 */
export const tokenCookie = ({ port, token }: { readonly port: number; readonly token: string }): string =>
  `${cookieName(port)}=${token}; HttpOnly; SameSite=Lax; Path=/`;

/** Path and query of a request that may be answered. @throws Refusal */
export function admit(
  request: IncomingMessage,
  { host, port, token, names }: GuardOptions,
): { readonly path: string; readonly entersWith: string | null } {
  const { method = "", url = "", headers } = request;
  if (!["GET", "HEAD", "POST"].includes(method)) throw new Refusal(405, "only GET, HEAD and POST");
  if (url.length > LONGEST || !url.startsWith("/")) throw new Refusal(400, "no such address");
  const asked = nameIn(headers.host);
  const own = ["localhost", "127.0.0.1", "[::1]"];
  const isOwn =
    asked !== null &&
    asked.port === port &&
    (own.includes(asked.name) || (host !== null && (isAddress(asked.name) || names.includes(asked.name))));
  if (!isOwn) throw new Refusal(421, "this server has another name");
  const { origin } = headers;
  const same = `http://${headers.host}`;
  const site = headers["sec-fetch-site"];
  if (method === "POST" && origin !== same) throw new Refusal(403, "asked from another origin");
  if (origin !== undefined && origin !== same) throw new Refusal(403, "asked from another origin");
  // Following a link from elsewhere may open the page, nothing else.
  if (site === "cross-site" && headers["sec-fetch-mode"] !== "navigate")
    throw new Refusal(403, "asked from another origin");
  const question = url.indexOf("?");
  const path = question < 0 ? url : url.slice(0, question);
  if (token === null) return { path, entersWith: null };
  const given = new URLSearchParams(question < 0 ? "" : url.slice(question)).get("token");
  if (given !== null && isSame(given, token)) return { path, entersWith: token };
  const cookies = (headers.cookie ?? "").split(/;\s*/);
  const name = `${cookieName(port)}=`;
  const kept = cookies.find((one) => one.startsWith(name))?.slice(name.length);
  if (kept === undefined || !isSame(kept, token))
    throw new Refusal(401, "open the address that pinmem studio printed, with its token");
  return { path, entersWith: null };
}

function nameIn(header: string | undefined): { readonly name: string; readonly port: number } | null {
  const [, name, port] = /^([\w.-]+|\[[\da-f:.]+\])(?::(\d{1,5}))?$/i.exec(header ?? "") ?? [];
  return name === undefined ? null : { name: name.toLowerCase(), port: Number(port ?? 80) };
}

const isAddress = (name: string): boolean => isIP(name.replace(/^\[|\]$/g, "")) > 0;

const isSame = (one: string, other: string): boolean => {
  const [a, b] = [Buffer.from(one), Buffer.from(other)];
  return a.length === b.length && timingSafeEqual(a, b);
};
