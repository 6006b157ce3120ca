// The command `npm run golden -- DIR`: makes the checkout ready, then compares the code with the golden files in DIR.

import { prepared } from "./prepare.mjs";

// The figures come from a CPU with AVX2. Kernels for AVX-512 add up in another order, whose rounding in single precision
// is another draw of the same noise: with them 7 sections of 72 exceed twice the file's own draw. With the kernels that
// made the files every one-pass section is within it, and 2 to 4 training iterations are not (which ones changes from run
// to run with the scheduling of threads).
process.env.DNNL_MAX_CPU_ISA ??= "AVX2";
process.env.ONEDNN_MAX_CPU_ISA ??= "AVX2";
process.env.OPENBLAS_CORETYPE ??= "Haswell";
process.env.MKL_ENABLE_INSTRUCTIONS ??= "AVX2";
process.env.ATEN_CPU_CAPABILITY ??= "avx2";

if (await prepared()) {
  const { main } = await import("../golden/dist/main.js");
  process.exitCode = await main(process.argv.slice(2));
} else {
  process.exitCode = 1;
}
