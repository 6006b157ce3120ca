// The command `npm run demo`: makes the checkout ready, then runs `pinmem demo` with the options given.

import "./node-version.mjs";
import { prepared } from "./prepare.mjs";

if (await prepared()) {
  const { main } = await import("../packages/pinmem/dist/cli/main.js");
  await main([process.execPath, "pinmem", "demo", ...process.argv.slice(2)]);
} else {
  process.exitCode = 1;
}
