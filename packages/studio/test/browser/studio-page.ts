// Pages of the studio in a headless Chromium, and what must never happen in one: errors, messages in its console, requests elsewhere.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Browser, Page } from "playwright-core";
import { openStudioPictures } from "../../../pinmem/src/cli/studio/studio-pictures.js";
import { openStudioRun, type StudioRunOptions } from "../../../pinmem/src/cli/studio/studio-run.js";
import type { StudioPicture, StudioRun } from "../../src/index.js";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** What the command hands to the server. */
export async function studioContent(
  paths: readonly string[],
  wanted: Parameters<typeof openStudioPictures>[1] = { limit: 2 },
  more: Partial<StudioRunOptions> = {},
): Promise<{ runs: StudioRun[]; pictures: readonly StudioPicture[]; version: string }> {
  const options = { normalize: { kind: "trained" }, place: null, ...more } as const;
  const runs = await Promise.all(paths.map((one) => openStudioRun(one, options)));
  const { pictures } = await openStudioPictures([paths[0] as string], wanted);
  return { runs, pictures, version: "0.0.0" };
}

/** @param wrong is told what must not be */
export async function openPage(
  browser: Browser,
  address: string,
  wrong: string[],
  options: Parameters<Browser["newPage"]>[0] = {},
): Promise<Page> {
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 }, ...options });
  page.on("pageerror", ({ message }) => wrong.push(message));
  page.on("console", (message) => {
    wrong.push(`${message.type()}: ${message.text()}`);
  });
  page.on("request", (request) => {
    const { protocol, origin } = new URL(request.url());
    if (!["blob:", "data:"].includes(protocol) && origin !== new URL(address).origin)
      wrong.push(request.url());
  });
  await page.goto(address);
  return page;
}

export const segmented = (page: Page) => page.waitForSelector("canvas[data-ready=true]");

/** What axe finds. */
export async function violations(page: Page): Promise<string[]> {
  await page.evaluate(axe);
  const { violations: found } = (await page.evaluate("axe.run()")) as {
    violations: { id: string; nodes: { html: string }[] }[];
  };
  return found.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`);
}
