// Requests to the server, and what is said where it is gone. It has to come back at the same port: to a browser another one is another
// place, which knows nothing of what was brushed here.

import * as state from "./state.js";

/** What to do, for people. */
export const serverGone = (): string =>
  state.site.value?.live === false
    ? "the web server is gone: go on here when it is back"
    : `the server is gone: start pinmem studio again with --port ${location.port || 80}, and go on here`;

/** @throws where it is gone or refuses, with its reason */
export async function askServer(address: string, init: RequestInit = {}): Promise<Response> {
  const response = await fetch(address, init).catch(() => null);
  if (!response) throw new Error(serverGone());
  if (!response.ok) throw new Error(await response.text());
  return response;
}

/** JSON by POST. */
export const postJson = (address: string, value: unknown): Promise<Response> =>
  askServer(address, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(value),
  });
