// The command `npm run golden -- DIR`: makes the checkout ready, then compares the code with the golden files in DIR.

import { prepared } from "./prepare.mjs";

// The figures come from a CPU with AVX2. oneDNN's AVX-512 kernels add up in another order, whose rounding in single
// precision is another draw of the same noise: with AVX2 kernels a section exceeds twice the file's own noise in 2 cases of
// 72, with AVX-512 in 7.
process.env.DNNL_MAX_CPU_ISA ??= "AVX2";
process.env.ONEDNN_MAX_CPU_ISA ??= "AVX2";

if (await prepared()) {
  const { main } = await import("../packages/pinmem/dist/golden/main.js");
  process.exitCode = await main(process.argv.slice(2));
} else {
  process.exitCode = 1;
}
