// A local web server with one file, which behaves as badly as a test asks.

import http from "node:http";
import type { AddressInfo, Socket } from "node:net";

/** What it does with a request; null: what a good server does. */
export type Behavior = (request: http.IncomingMessage, response: http.ServerResponse) => "handled" | null;

export interface FileServer extends AsyncDisposable {
  /** Address of its root, without a slash at its end. */
  readonly address: string;
  /** Paths and ranges that were asked for, in order. */
  readonly asked: { readonly path: string; readonly range: string | undefined }[];
}

/** Serves `content` under every path, in ranges too. */
export async function serveFile(content: Uint8Array, behave: Behavior = () => null): Promise<FileServer> {
  const asked: { path: string; range: string | undefined }[] = [];
  const sockets = new Set<Socket>();
  const server = http.createServer((request, response) => {
    const { range } = request.headers;
    asked.push({ path: request.url ?? "", range });
    if (behave(request, response) === "handled") return;
    const start = Number(/^bytes=(\d+)-$/.exec(range ?? "")?.[1] ?? 0);
    if (start >= content.length) {
      response.writeHead(416).end();
      return;
    }
    const rest = content.subarray(start);
    const place = `bytes ${start}-${content.length - 1}/${content.length}`;
    response.writeHead(range ? 206 : 200, {
      "content-length": rest.length,
      ...(range && { "content-range": place }),
    });
    response.end(rest);
  });
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
