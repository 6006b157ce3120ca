// The command `npm run golden -- DIR`: makes the checkout ready, then compares the code with the golden files in DIR.

import { createReporter } from "../packages/torch/setup/index.mjs";
import { prepare } from "./prepare.mjs";

if (await ready()) {
  const { main } = await import("../packages/pinmem/dist/golden/main.js");
  process.exitCode = await main(process.argv.slice(2));
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
