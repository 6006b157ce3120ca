#!/usr/bin/env node
// The command `pinmem`. Only checks that there is something to run, the commands are compiled from src/cli, and takes two
// signals in hand before anything else, since Node has its own ways with them.

import { existsSync } from "node:fs";
import { isatty } from "node:tty";

// Batch systems send it as a warning; Node would open its debugger on a port.
process.on("SIGUSR1", () => {});
// Node forgets that `nohup` ignores it. Without a terminal there is none that could be closed.
if (![0, 1, 2].some((descriptor) => isatty(descriptor))) process.on("SIGHUP", () => {});

const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(
    `Node.js ${process.versions.node} is too old: pinmem needs 20.19 or newer (https://nodejs.org).`,
  );
  process.exit(1);
}
const entry = new URL("../dist/cli/main.js", import.meta.url);
if (!existsSync(entry)) {
  console.error("pinmem is not compiled yet. Run `npm run setup` in the checkout first.");
  process.exit(1);
}
const { main } = await import(entry.href);
await main(process.argv);
