// What decides which prebuilt package fits this machine: the system, the processor, and the C library that Node.js itself
// was built for. Only looks; locate.mjs decides.

import { closeSync, openSync, readSync } from "node:fs";

/** Kinds of machines that there are packages for. */
export const prebuiltPlatforms = /** @type {const} */ (["linux-x64", "linux-arm64", "darwin-arm64"]);

/**
 * @typedef {object} Machine
 * @property {string} platform of Node's names: "linux"
 * @property {string} arch of Node's names: "x64"
 * @property {"glibc" | "musl" | null} libc null: neither, as on macOS
 * @property {string | null} glibc its version, such as "2.36"
 */

/** @returns {Machine} */
export function thisMachine() {
  const { platform, arch } = process;
  if (platform !== "linux") return { platform, arch, libc: null, glibc: null };
  if (usesMusl(process.execPath)) return { platform, arch, libc: "musl", glibc: null };
  const report = /** @type {{ header?: { glibcVersionRuntime?: string } }} */ (
    /** @type {unknown} */ (process.report.getReport())
  );
  return { platform, arch, libc: "glibc", glibc: report.header?.glibcVersionRuntime ?? null };
}

/**
 * Whether a program is loaded by musl's loader, which stands at the beginning of its file.
 *
 * @param {string} program
 */
export function usesMusl(program) {
  const start = Buffer.alloc(4096);
  try {
    const file = openSync(program, "r");
    try {
      readSync(file, start, 0, start.length, 0);
    } finally {
      closeSync(file);
    }
  } catch {
    return false;
  }
  return start.includes("/ld-musl-");
}

/** @param {{ platform: string, arch: string }} machine */
export const platformName = ({ platform, arch }) => `${platform}-${arch}`;

/**
 * Why a prebuilt addon cannot run here; null where it can, or where nobody can tell.
 *
 * @param {Machine} machine
 * @param {string | null} needed the oldest glibc that will do
 * @returns {string | null}
 */
export function misfit({ libc, glibc }, needed) {
  if (libc === "musl") return "this Node.js is built for musl (Alpine Linux), and libtorch for glibc";
  if (needed === null || glibc === null || !isBefore(glibc, needed)) return null;
  return `this system has glibc ${glibc}, and ${needed} is the oldest that it runs on`;
}

/**
 * @param {string} version
 * @param {string} than
 */
function isBefore(version, than) {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const [otherMajor = 0, otherMinor = 0] = than.split(".").map(Number);
  return major < otherMajor || (major === otherMajor && minor < otherMinor);
}
