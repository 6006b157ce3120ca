// One folder, one question: is there a libtorch in it that this project can be built against? Knows the three layouts
// in use (unpacked LibTorch archive, Python's site-packages/torch, a prefix such as /usr) and reads version, C++ ABI
// and CUDA from the files alone; nothing is loaded or executed. Where to look is find-libtorch's business.

import { readdirSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { fingerprint, isFile, isFolder, readText, realPath } from "./files.mjs";
import {
  isOlder,
  oldestSupported,
  parseAbi,
  parseVersionHeader,
  parseVersionPy,
} from "./libtorch-version.mjs";

/** @import { Libtorch, Unusable } from "./index.mjs" */

const versionHeaders = ["torch/headeronly/version.h", "torch/csrc/api/include/torch/version.h"];
const extension = process.platform === "darwin" ? "dylib" : "so";
/** @type {Record<string, string>} */
const triplets = { x64: "x86_64-linux-gnu", arm64: "aarch64-linux-gnu", ppc64: "powerpc64le-linux-gnu" };

/** Debian's name for the library folder of this kind of machine. */
export const triplet = triplets[process.arch] ?? "";

/**
 * @param {string} path
 * @param {Libtorch["source"]} source
 * @returns {Libtorch | Unusable}
 */
export function inspectLibtorch(path, source) {
  const start = realPath(path);
  if (start === undefined || !isFolder(start)) {
    const what = start === undefined ? `there is no folder ${path}` : `${path} is a file, not a folder`;
    return { problem: "absent", reason: what };
  }
  const root = trueRoot(start);
  const libraryDir = libraryDirs(root).find((folder) => isFile(join(folder, library("torch_cpu"))));
  if (libraryDir === undefined) {
    const places = libraryDirs(root);
    const runtime = places.find((folder) => names(folder).some((name) => name.startsWith("libtorch_cpu.")));
    return runtime === undefined
      ? { problem: "absent", reason: `there is no ${library("torch_cpu")} in ${places.join(", ")}` }
      : { problem: "no headers", reason: `${runtime} has libtorch to run with, but not to build with` };
  }
  const includeDir = join(root, "include");
  const headers = versionHeaders.map((name) => join(includeDir, name));
  const headerVersion = headers.map((file) => parseVersionHeader(readText(file) ?? "")).find(Boolean);
  if (headerVersion === undefined) {
    return { problem: "no headers", reason: `${libraryDir} has libtorch, but there is no ${headers[1]}` };
  }
  const version = packagedVersion(root) ?? headerVersion;
  if (isOlder(version, oldestSupported)) {
    return { problem: "too old", reason: `libtorch ${version} in ${root} is older than ${oldestSupported}` };
  }
  const part = (/** @type {string} */ name) => join(libraryDir, library(name));
  return {
    root,
    version,
    source,
    abi:
      process.platform === "linux" && isFile(part("c10")) ? parseAbi(readFileSync(part("c10"), "latin1")) : 1,
    cuda: isFile(part("torch_cuda")) && isFile(part("c10_cuda")),
    libraryDir,
    includeDirs: [includeDir, join(includeDir, "torch/csrc/api/include")],
    aliases: start === root ? [] : [start],
    identity: identityOf(libraryDir, includeDir),
  };
}

/**
 * @param {string} libraryDir
 * @param {string} includeDir
 */
export function identityOf(libraryDir, includeDir) {
  const parts = ["torch", "torch_cpu", "c10", "torch_cuda", "c10_cuda"].map((name) =>
    join(libraryDir, library(name)),
  );
  return fingerprint([...parts, ...versionHeaders.map((name) => join(includeDir, name))]);
}

/**
 * A libtorch in or above `path`, for the question "did you mean …?".
 *
 * @param {string} path
 */
export function nearbyLibtorch(path) {
  const python = names(join(path, "lib")).filter((name) => name.startsWith("python3"));
  const inside = ["libtorch", "torch", ...python.map((name) => `lib/${name}/site-packages/torch`)];
  const above = [dirname(path), dirname(dirname(path)), dirname(dirname(dirname(path)))];
  return [...inside.map((name) => join(path, name)), ...above].find(
    (folder) => isFolder(folder) && "root" in inspectLibtorch(folder, "LIBTORCH"),
  );
}

/**
 * The root that the libraries truly lie in. Distributions put them elsewhere and leave links, or nothing, in Python's
 * torch folder; both ways must lead to one build.
 *
 * @param {string} start
 */
function trueRoot(start) {
  const linked = libraryDirs(start)
    .map((folder) => realPath(join(folder, library("torch_cpu"))))
    .find((file) => file !== undefined);
  if (linked === undefined)
    return /^(.*)\/lib\/python3[^/]*\/(site|dist)-packages\/torch$/.exec(start)?.[1] ?? start;
  if (linked.startsWith(start === "/" ? "/" : `${start}/`)) return start;
  const folder = basename(dirname(linked)) === triplet ? dirname(dirname(linked)) : dirname(linked);
  return dirname(folder);
}

/** @param {string} root */
function libraryDirs(root) {
  return [join(root, "lib"), join(root, "lib", triplet), join(root, "lib64")];
}

/** @param {string} name */
function library(name) {
  return `lib${name}.${extension}`;
}

/**
 * More exact than the header ("2.13.0+cpu"), where there is one: wheels have version.py, the archive build-version.
 *
 * @param {string} root
 */
function packagedVersion(root) {
  return (
    parseVersionPy(readText(join(root, "version.py")) ?? "") ?? readText(join(root, "build-version"))?.trim()
  );
}

/** @param {string} folder */
function names(folder) {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
