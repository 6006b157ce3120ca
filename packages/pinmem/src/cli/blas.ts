// Which BLAS a loaded libtorch calls. Its own words are not enough: where the distribution decides at run time, they
// say "generic", and only the libraries in the process tell a fast one from the ten times slower reference.

export interface Blas {
  /** Such as "OpenBLAS 0.3.21, openmp". */
  readonly name: string;
  /** The shared library, or null where it is a part of libtorch. */
  readonly library: string | null;
  readonly optimized: boolean;
  /** Which of its kernels OpenBLAS uses, such as "SkylakeX"; null for others. */
  readonly kernels: string | null;
}

const families: readonly (readonly [RegExp, string])[] = [
  [/libopenblas/, "OpenBLAS"],
  [/libmkl/, "MKL"],
  [/libblis/, "BLIS"],
  [/libatlas|libsatlas|libtatlas/, "ATLAS"],
  [/Accelerate\.framework/, "Accelerate"],
];

/** Names by which libtorch knows those that it was linked with. */
const linked: Readonly<Record<string, string>> = {
  mkl: "MKL",
  open: "OpenBLAS",
  flame: "BLIS",
  accelerate: "Accelerate",
  veclib: "Accelerate",
  atlas: "ATLAS",
  nvpl: "NVPL",
};

/**
 * @param showConfig libtorch's account of how it was built
 * @param libraries paths of the shared libraries in the process
 * @param kernels those of OpenBLAS, where it says
 */
export function describeBlas(
  showConfig: string,
  libraries: readonly string[],
  kernels: string | null = null,
): Blas | null {
  for (const [pattern, family] of families) {
    const library = libraries.find((path) => pattern.test(path));
    if (library === undefined) continue;
    const version = /-r(\d+(?:\.\d+)+)/.exec(library)?.[1];
    const threading = /openmp|pthread|serial/.exec(library)?.[0];
    const name = [family, version].filter(Boolean).join(" ") + (threading ? `, ${threading}` : "");
    return { name, library, optimized: true, kernels };
  }
  const info = /BLAS_INFO=(\w+)/.exec(showConfig)?.[1]?.toLowerCase();
  const inside = info === undefined ? undefined : linked[info];
  if (inside) return { name: `${inside}, inside libtorch`, library: null, optimized: true, kernels };
  const reference = libraries.find((path) => /libblas\.so/.test(path));
  return reference ? { name: "the reference BLAS", library: reference, optimized: false, kernels } : null;
}

/** Kernels that OpenBLAS takes where it does not know the processor: without AVX. */
export const isForAnyProcessor = (kernels: string): boolean =>
  ["Prescott", "Core2", "Nehalem", "generic"].includes(kernels);
