// Which proxy a request goes through, by the variables that curl and most programs heed: HTTPS_PROXY, HTTP_PROXY and ALL_PROXY,
// and NO_PROXY for what is reached without one; in small letters they come first.

import type { Environment } from "./environment.js";
import { PullError } from "./pull-error.js";

/**
 * The proxy for an address; null: none.
 * @throws PullError where a variable holds what is no proxy of HTTP
 */
export function proxyFor(target: URL, env: Environment): URL | null {
  const kind = target.protocol === "https:" ? "https" : "http";
  const found = [`${kind}_proxy`, "all_proxy"]
    .flatMap((name) => [name, name.toUpperCase()])
    .map((name) => [name, env[name]] as const)
    .find(([, value]) => value);
  if (!found?.[1] || isExempt(target, env.no_proxy || env.NO_PROXY || "")) return null;
  const [name, value] = found;
  const text = value.includes("://") ? value : `http://${value}`;
  const proxy = URL.canParse(text) ? new URL(text) : null;
  if (proxy && ["http:", "https:"].includes(proxy.protocol)) return proxy;
  throw new PullError(name, "holds no address of an HTTP proxy, such as http://proxy.example.com:3128");
}

/** NO_PROXY: names with commas or spaces between them, each for its subdomains too, maybe with a port; "*" for everything. */
function isExempt(target: URL, list: string): boolean {
  const port = target.port || (target.protocol === "https:" ? "443" : "80");
  const host = target.hostname.replace(/^\[|\]$/g, "").toLowerCase();
  return list
    .toLowerCase()
    .split(/[\s,]+/)
    .filter((entry) => entry !== "")
    .some((entry) => {
      if (entry === "*") return true;
      const [, name = "", only] = /^\[?(.*?)\]?(?::(\d+))?$/.exec(entry) ?? [];
      const bare = name.replace(/^\*?\./, "");
      return (only === undefined || only === port) && (host === bare || host.endsWith(`.${bare}`));
    });
}

/** The header for a proxy that wants to know who asks; empty where the address names nobody. */
export function proxyHeaders({ username, password }: URL): Record<string, string> {
  if (!username) return {};
  const user = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return { "proxy-authorization": `Basic ${Buffer.from(user).toString("base64")}` };
}

/** An address as it may be shown: without a name and a password. */
export function shown(address: URL): string {
  const copy = new URL(address);
  [copy.username, copy.password] = ["", ""];
  return copy.href;
}
