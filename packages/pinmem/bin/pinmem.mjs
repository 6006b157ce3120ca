#!/usr/bin/env node
// The command `pinmem`. Only checks that there is something to run: the commands are compiled from src/cli.

import { existsSync } from "node:fs";

const entry = new URL("../dist/cli/main.js", import.meta.url);
if (!existsSync(entry)) {
  console.error("pinmem is not compiled yet. Run `npm run setup` in the checkout first.");
  process.exit(1);
}
const { main } = await import(entry.href);
await main(process.argv);
