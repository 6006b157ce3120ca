// The command `npm run golden -- DIR`: makes the checkout ready, then compares the code with the golden files in DIR.

import { createReporter } from "../packages/torch/setup/index.mjs";
import { prepare } from "./prepare.mjs";

// The figures come from a CPU with AVX2. oneDNN's AVX-512 kernels add up in another order, whose rounding in single
// precision is another draw of the same noise: with AVX2 kernels a section exceeds twice the file's own noise in 2 cases of
// 72, with AVX-512 in 7.
process.env.DNNL_MAX_CPU_ISA ??= "AVX2";
process.env.ONEDNN_MAX_CPU_ISA ??= "AVX2";

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
