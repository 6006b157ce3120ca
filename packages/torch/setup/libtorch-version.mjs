// What can be read about a libtorch from the text of its files: version, C++ ABI, C++ standard. Pure functions.

export const oldestSupported = "1.13";

/**
 * @param {string} header text of torch/version.h, whose layout has moved between files but not changed
 * @returns {string | undefined} "2.13.0"
 */
export function parseVersionHeader(header) {
  const part = (/** @type {string} */ name) =>
    new RegExp(`^#define TORCH_VERSION_${name} +(\\d+)`, "m").exec(header)?.[1];
  const [major, minor, patch] = [part("MAJOR"), part("MINOR"), part("PATCH")];
  return major !== undefined && minor !== undefined ? `${major}.${minor}.${patch ?? 0}` : undefined;
}

/**
 * @param {string} text text of Python's torch/version.py
 * @returns {string | undefined} "2.13.0+cpu"
 */
export function parseVersionPy(text) {
  return /^__version__ *= *['"]([^'"]+)['"]/m.exec(text)?.[1];
}

/**
 * Compares major and minor version; what follows never decides anything here.
 *
 * @param {string} version such as "2.13.0+cpu" or "1.13.1+dfsg-4"
 * @param {string} than such as "2.10"
 */
export function isOlder(version, than) {
  const [major = 0, minor = 0] = version.split(".").map((part) => Number.parseInt(part, 10));
  const [otherMajor = 0, otherMinor = 0] = than.split(".").map((part) => Number.parseInt(part, 10));
  return major < otherMajor || (major === otherMajor && minor < otherMinor);
}

/**
 * Which std::string libc10's own symbols use. Wheels were built with the old ABI up to about 2.5, and an addon built
 * with the other one than its library fails to load with an unreadable symbol name.
 *
 * @param {string} symbols libc10's bytes as latin1
 * @returns {0 | 1} 1 where neither is seen, as on systems without libstdc++
 */
export function parseAbi(symbols) {
  const before = /_ZNK?3c10\w*?RKSs/.test(symbols);
  const after = /_ZNK?3c10\w*?St7__cxx1112basic_string/.test(symbols);
  return before && !after ? 0 : 1;
}

/**
 * The C++ standard to compile with: what ATen.h insists on, at least 17, and 20 from 2.10, whose headers need it.
 *
 * @param {string} version
 * @param {string} atenHeader text of ATen/ATen.h
 * @returns {17 | 20}
 */
export function cppStandard(version, atenHeader) {
  const required = /__cplusplus < (\d{6})L/.exec(atenHeader)?.[1] ?? "0";
  return Number(required) > 201703 || !isOlder(version, "2.10") ? 20 : 17;
}
