// Serves folders and files as a plain web server does; with the headers that isolate a page, or without.

import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join } from "node:path";

const types: Readonly<Record<string, string>> = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".mjs": "text/javascript",
  ".json": "application/json",
  ".wasm": "application/wasm",
  ".png": "image/png",
  ".jpg": "image/jpeg",
  ".css": "text/css",
};

export interface StaticServer extends AsyncDisposable {
  readonly address: string;
  /** Paths that were asked for. */
  readonly asked: readonly string[];
}

/** @param mounts folders, or contents of files, by the beginning of their path; the longest that fits counts */
export async function serve(
  mounts: Readonly<Record<string, string | { readonly content: string | Uint8Array }>>,
  { isolated }: { readonly isolated: boolean },
): Promise<StaticServer> {
  const asked: string[] = [];
  const contentOf = async (path: string): Promise<string | Uint8Array> => {
    const [mount = "", target] =
      Object.entries(mounts)
        .filter(([prefix]) => path.startsWith(prefix))
        .sort(([one], [other]) => other.length - one.length)[0] ?? [];
    if (target === undefined) throw new Error("nothing there");
    return typeof target === "string"
      ? await readFile(join(target, path.slice(mount.length)))
      : target.content;
  };
  const server = createServer(async (request, response) => {
    const asFound = new URL(request.url ?? "/", "http://localhost").pathname;
    const pathname = asFound === "/" ? "/index.html" : asFound;
    asked.push(pathname);
    const headers = {
      "content-type": types[extname(pathname)] ?? "application/octet-stream",
      ...(isolated && {
        "cross-origin-opener-policy": "same-origin",
        "cross-origin-embedder-policy": "require-corp",
      }),
    };
    try {
      const content = await contentOf(pathname);
      response.writeHead(200, headers).end(content);
    } catch {
      response.writeHead(404, { ...headers, "content-type": "text/html" }).end("<h1>not here</h1>");
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
