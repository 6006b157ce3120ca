// Where the built page lies: beside this file, in `app`. Vite builds it (`npm run build -w @pinmem/studio`); packages bring it.

import { existsSync } from "node:fs";
import { join } from "node:path";

/** The studio cannot be started; says what to do. */
export class StudioError extends Error {
  override readonly name = "StudioError";
}

/** @throws StudioError where it was not built */
export function appFolder(): string {
  // From the sources, as tests run, it lies in dist all the same.
  const folder = join(import.meta.dirname, "../dist/app");
  if (existsSync(join(folder, "index.html"))) return folder;
  throw new StudioError("the page of the studio was not built: npm run build -w @pinmem/studio");
}
