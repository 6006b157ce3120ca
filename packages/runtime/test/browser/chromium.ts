// A headless Chromium, the system's: CHROMIUM names another one. Where there is none, tests say so and are skipped.

import { existsSync } from "node:fs";
import { type Browser, chromium } from "playwright-core";

const usual = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

const executable: string | undefined = process.env.CHROMIUM ?? usual.find((path) => existsSync(path));

/** Why nothing is tested; null: there is one. */
export const noChromium: string | null =
  executable === undefined
    ? `there is no Chromium (${usual.join(", ")}); on Debian: apt-get install chromium, or set CHROMIUM`
    : null;
if (noChromium !== null) console.warn(`Tests in a browser are left out: ${noChromium}`);

/** @param args flags of Chromium */
export const launch = (args: readonly string[] = []): Promise<Browser> =>
  chromium.launch({ executablePath: executable ?? "", args: ["--no-sandbox", ...args] });
