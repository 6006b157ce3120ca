// The command `npm run bench -- NAME`: makes the checkout ready, then runs the benchmark bench/NAME.ts as compiled.
// What a benchmark measures and prints is its own business.

import "./node-version.mjs";
import { spawn } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { prepared, root } from "./prepare.mjs";

const names = readdirSync(join(root, "bench"))
  .filter((file) => /^[\w-]+\.ts$/.test(file))
  .map((file) => file.replace(/\.ts$/, ""));
const list = `Benchmarks: ${names.join(", ") || "none yet"}.`;

const [name, ...args] = process.argv.slice(2);
if (name === undefined || name === "--help" || name === "-h") {
  console.log(`Runs one benchmark and writes its figures to bench/results.\n
Usage: npm run bench -- NAME [options of the benchmark]\n\n${list}\n
Example: npm run bench -- ${names[0] ?? "NAME"}`);
  process.exitCode = name === undefined ? 2 : 0;
} else if (!names.includes(name)) {
  console.error(`bench: there is no benchmark ${name}. ${list}`);
  process.exitCode = 2;
} else {
  process.exitCode = (await prepared()) ? await start(name, args) : 1;
}

/**
 * @param {string} benchmark
 * @param {string[]} options
 * @returns {Promise<number>} exit code
 */
function start(benchmark, options) {
  const script = join(root, "bench/dist", `${benchmark}.js`);
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [script, ...options], { stdio: "inherit" });
    // The terminal sends Ctrl-C to both; what is sent to this process alone is passed on.
    process.on("SIGINT", () => {});
    process.on("SIGTERM", () => child.kill("SIGTERM"));
    child.on("error", reject);
    child.on("close", (code, signal) =>
      resolve(code ?? (["SIGINT", "SIGTERM"].includes(signal ?? "") ? 130 : 1)),
    );
  });
}
