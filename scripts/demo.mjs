// The command `npm run demo`: makes the checkout ready, then runs `pinmem demo` with the options given.

import { createReporter } from "../packages/torch/setup/index.mjs";
import { prepare } from "./prepare.mjs";

if (await ready()) {
  const { main } = await import("../packages/pinmem/dist/cli/main.js");
  await main([process.execPath, "pinmem", "demo", ...process.argv.slice(2)]);
} else {
  process.exitCode = 1;
}

async function ready() {
  try {
    await prepare({ report: createReporter(process.stderr) });
    return true;
  } catch (error) {
    if (/** @type {Error} */ (error).name !== "SetupError") throw error;
    console.error(`\nset-up stopped: ${/** @type {Error} */ (error).message}`);
    return false;
  }
}
