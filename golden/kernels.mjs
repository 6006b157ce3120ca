// The figures come from a CPU with AVX2. Kernels for AVX-512 add up in another order, whose rounding in single precision
// is another draw of the same noise: with them 7 sections of 72 exceed twice the file's own draw. With the kernels that
// made the files every one-pass section is within it, and 2 to 4 training iterations are not (which ones changes from run
// to run with the scheduling of threads).

/** Variables that a process must have before libtorch loads, so that it computes as the files were computed. */
export const kernels = Object.freeze({
  DNNL_MAX_CPU_ISA: "AVX2",
  ONEDNN_MAX_CPU_ISA: "AVX2",
  OPENBLAS_CORETYPE: "Haswell",
  MKL_ENABLE_INSTRUCTIONS: "AVX2",
  ATEN_CPU_CAPABILITY: "avx2",
});
