// Whose code is in the libraries of PyTorch's wheel, and where the license of each part lies. The parts are recognized by names in
// the libraries themselves, not by a list for each platform: what is linked in differs between them and may change.
//
// PyTorch's wheel carries most licenses. Those that it lacks lie in `licenses/` beside this file, but for Intel's of oneMKL, which
// comes with oneMKL (`--mkl`). A part without its license, or a library that is not known here, may not be published.

import {
  closeSync,
  cpSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";

/**
 * @typedef {object} Part
 * @property {string} name
 * @property {RegExp} [file] names of libraries that are this part, whole
 * @property {string} [mark] bytes that are in a library that this part is linked into
 * @property {readonly string[]} licenses where they lie in the package, below licenses/
 */

const theirs = (/** @type {string} */ path) => `third_party/${path}`;

/** @type {readonly Part[]} */
export const parts = [
  { name: "PyTorch", file: /^lib(torch|torch_cpu|c10)\./, licenses: ["LICENSE"] },
  part("oneDNN", "dnnl_", "ideep/mkl-dnn/LICENSE"),
  part("Xbyak", "5Xbyak", "xbyak.txt"),
  part("ideep", "5ideep", "ideep/LICENSE"),
  part("Intel ITT API", "__itt_", "ittapi.txt"),
  part("SLEEF", "Sleef_", "sleef/LICENSE.txt"),
  part("FBGEMM", "fbgemm", "fbgemm/LICENSE"),
  part("AsmJit", "6asmjit", "asmjit.txt"),
  part("XNNPACK", "XNNPACK", "XNNPACK/LICENSE"),
  part("NNPACK", "nnp_", "NNPACK/LICENSE", "psimd/LICENSE", "FP16/LICENSE"),
  part("pthreadpool", "pthreadpool_", "pthreadpool/LICENSE", "FXdiv/LICENSE"),
  part("cpuinfo", "cpuinfo_", "cpuinfo/LICENSE", "cpuinfo/deps/clog/LICENSE"),
  part("Gloo", "4gloo", "gloo/LICENSE"),
  part("TensorPipe", "10tensorpipe", "tensorpipe/LICENSE.txt", "tensorpipe/third_party/libnop/LICENSE"),
  part("libuv", "uv_loop_", "tensorpipe/third_party/libuv/LICENSE"),
  part("Kineto", "libkineto", "kineto/LICENSE", "kineto/libkineto/third_party/dynolog/LICENSE"),
  part("Protocol Buffers", "6google8protobuf", "protobuf/LICENSE"),
  part("ONNX", "onnx_torch", "onnx/LICENSE"),
  part("FlatBuffers", "11flatbuffers", "flatbuffers/LICENSE"),
  part("fmt", "3fmt", "fmt/LICENSE"),
  part("miniz", "mz_zip", "miniz-3.0.2/LICENSE"),
  part("cpp-httplib", "7httplib", "cpp-httplib/LICENSE"),
  part("JSON for Modern C++", "8nlohmann", "nlohmann-json.txt"),
  part("gemmlowp", "8gemmlowp", "gemmlowp/gemmlowp/LICENSE"),
  part("mimalloc", "mi_malloc", "mimalloc/LICENSE"),
  {
    name: "Intel oneMKL",
    mark: "Intel(R) oneAPI Math Kernel Library Version",
    licenses: [theirs("intel-mkl/license.txt"), theirs("intel-mkl/third-party-programs.txt")],
  },
  {
    name: "libgomp of GCC",
    file: /^libgomp[.-]/,
    licenses: ["COPYING3", "COPYING.RUNTIME", "SOURCE"].map((name) => theirs(`libgomp/${name}`)),
  },
  { name: "OpenMP of LLVM", file: /^libomp\./, licenses: [theirs("llvm-openmp/LICENSE.txt")] },
  // Not in the libraries for linux-x64; those for Arm have some of them.
  { name: "OpenBLAS", file: /^libopenblas/, mark: "openblas_get_config", licenses: [theirs("openblas.txt")] },
  {
    name: "Arm Compute Library",
    file: /^libarm_compute/,
    mark: "11arm_compute",
    licenses: [theirs("arm-compute-library.txt")],
  },
  part("KleidiAI", "kai_run_", "kleidiai.txt"),
  part("PocketFFT", "9pocketfft", "pocketfft.txt"),
  part("concurrentqueue", "10moodycamel", "concurrentqueue.txt"),
  part("OpenTelemetry", "13opentelemetry", "opentelemetry.txt"),
  part("Eigen", "5Eigen", "eigen.txt"),
];

/**
 * @param {string} name
 * @param {string} mark
 * @param {...string} licenses
 * @returns {Part}
 */
function part(name, mark, ...licenses) {
  return { name, mark, licenses: licenses.map(theirs) };
}

/**
 * The parts that are in a folder of libraries.
 *
 * @param {string} lib
 * @returns {{ found: Part[], unknown: string[] }} `unknown`: libraries that are no part by their name
 */
export function partsOf(lib) {
  const names = readdirSync(lib).sort();
  const waiting = new Set(parts);
  for (const name of names) {
    for (const one of parts) if (one.file?.test(name)) waiting.delete(one);
    for (const one of marked(join(lib, name), [...waiting])) waiting.delete(one);
  }
  return {
    found: parts.filter((one) => !waiting.has(one)),
    unknown: names.filter((name) => !parts.some(({ file }) => file?.test(name))),
  };
}

/**
 * Puts the licenses that the wheel lacks beside those that it has, of the parts that are in it.
 *
 * @param {string} lib
 * @param {string} licenses the folder of the package
 * @param {string | undefined} mkl a folder with oneMKL's
 */
export function addLicenses(lib, licenses, mkl) {
  for (const path of partsOf(lib).found.flatMap((one) => one.licenses)) {
    const own = join(import.meta.dirname, "licenses", path.replace(/^third_party\//, ""));
    if (existsSync(own)) copy(own, join(licenses, path));
  }
  if (mkl === undefined) return;
  const files = /** @type {string[]} */ (readdirSync(mkl, { recursive: true }));
  for (const path of files.filter((one) => /^(license|third-party-programs.*)\.txt$/i.test(basename(one)))) {
    const target = join(licenses, theirs("intel-mkl"), basename(path).toLowerCase());
    // Other wheels of Intel lie in the same folder where pip has put them there, with licenses of their own.
    if (basename(target) !== "license.txt" || isIntels(join(mkl, path))) copy(join(mkl, path), target);
  }
}

/**
 * @param {string} from
 * @param {string} to
 */
function copy(from, to) {
  mkdirSync(dirname(to), { recursive: true });
  cpSync(from, to);
}

/** @param {string} file */
const isIntels = (file) => {
  const text = readFileSync(file, "utf8");
  return /Intel Simplified Software License/.test(text) && /Use and Redistribution/.test(text);
};

/**
 * What keeps a package with these libraries from being published, one sentence each.
 *
 * @param {string} lib
 * @param {string} licenses
 */
export function missingLicenses(lib, licenses) {
  const { found, unknown } = partsOf(lib);
  const missing = found.flatMap(({ name, licenses: paths }) => {
    const absent = paths.filter((path) => !existsSync(join(licenses, path)));
    return absent.length > 0 ? [`${name} is in it without its license (${absent.join(", ")})`] : [];
  });
  return [...missing, ...unknown.map((name) => `${name} is a library whose license is not known here`)];
}

/**
 * @param {string} file
 * @param {readonly Part[]} wanted
 * @returns {Part[]} those whose mark is in the file
 */
function marked(file, wanted) {
  const overlap = 100;
  const size = 2 ** 24;
  const buffer = Buffer.alloc(size + overlap);
  /** @type {Part[]} */
  const found = [];
  let left = wanted.flatMap((one) => (one.mark === undefined ? [] : [{ one, mark: Buffer.from(one.mark) }]));
  const descriptor = openSync(file, "r");
  try {
    for (let at = 0; left.length > 0; at += size) {
      const bytes = buffer.subarray(0, readSync(descriptor, buffer, 0, buffer.length, at));
      const here = left.filter(({ mark }) => bytes.includes(mark));
      found.push(...here.map(({ one }) => one));
      left = left.filter((each) => !here.includes(each));
      if (bytes.length < buffer.length) break;
    }
  } finally {
    closeSync(descriptor);
  }
  return found;
}
