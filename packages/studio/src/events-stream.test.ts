import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, it } from "vitest";
import { streamEvents } from "./events-stream.js";

const folder = mkdtempSync(join(tmpdir(), "pinmem-events-"));
const file = join(folder, "events.jsonl");
afterEach(() => rmSync(file, { force: true }));

/** What a browser hears, as it comes. */
async function listen(onResponse: (response: ServerResponse) => void = () => {}) {
  const server = createServer((_, response) => {
    onResponse(response);
    void streamEvents(file, response, () => null);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const { body } = await fetch(`http://127.0.0.1:${port}`);
  const heard = { text: "" };
  void (async () => {
    for await (const part of body ?? []) heard.text += Buffer.from(part).toString("utf8");
  })().catch(() => {});
  const stop = async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return { heard, [Symbol.asyncDispose]: stop };
}

it("begins anew, and says so, where the file was removed and written again, however long it is by then", async () => {
  writeFileSync(file, '{"of":"before"}\n');
  await using stream = await listen();
  const { heard } = stream;
  await expect.poll(() => heard.text).toContain('"before"');
  rmSync(file);
  writeFileSync(join(folder, "other"), ""); // Takes what names the file inside the file system.
  writeFileSync(file, `${'{"of":"the first line afterwards"}\n'}{"of":"the second"}\n`);
  await expect.poll(() => heard.text, { timeout: 5000 }).toContain("the second");
  const [, after] = heard.text.split("event: restart");
  expect(after).toContain("the first line afterwards");
  appendFileSync(file, '{"of":"the third"}\n');
  await expect.poll(() => heard.text, { timeout: 5000 }).toContain("the third");
  expect(heard.text.match(/event: restart/g)?.length).toBe(1);
});

it("begins anew where the file was gone for a look", async () => {
  writeFileSync(file, '{"of":"before"}\n');
  await using stream = await listen();
  const { heard } = stream;
  await expect.poll(() => heard.text).toContain('"before"');
  rmSync(file);
  await expect.poll(() => heard.text, { timeout: 5000 }).toContain("event: restart");
  writeFileSync(file, '{"of":"after"}\n');
  await expect.poll(() => heard.text, { timeout: 5000 }).toContain('"after"');
});

it("waits for slow browsers without piling up listeners", async () => {
  const line = `${JSON.stringify({ text: "x".repeat(100_000) })}\n`;
  writeFileSync(file, line.repeat(200));
  const most = { count: 0 };
  await using stream = await listen((response) => {
    const { on } = response;
    response.on = function count(this: ServerResponse, ...given: Parameters<typeof on>) {
      const kept = on.apply(this, given);
      most.count = Math.max(most.count, this.listenerCount("close"));
      return kept;
    } as typeof on;
  });
  await expect.poll(() => stream.heard.text.length, { timeout: 20_000 }).toBeGreaterThan(200 * 100_000);
  expect(most.count).toBeGreaterThan(1);
  expect(most.count).toBeLessThan(6);
});
