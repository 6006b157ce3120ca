// Makes dist/page: this package and what it needs of others, as scripts that a page without a bundler loads as they are: `index.js`,
// `worker.js`, and what these share.
// onnxruntime-web stays outside: its own files are served beside them.

import { readFileSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";

const at = (/** @type {string} */ path) => fileURLToPath(new URL(`../${path}`, import.meta.url));
const outdir = at("dist/page");
rmSync(outdir, { recursive: true, force: true });
const { metafile } = await build({
  entryPoints: { index: at("dist/browser.js"), worker: at("dist/browser/worker.js") },
  outdir,
  bundle: true,
  format: "esm",
  target: "es2022",
  splitting: true,
  chunkNames: "[name]-[hash]",
  minify: true,
  metafile: true,
  sourcemap: true,
  logLevel: "warning",
});
const scripts = Object.keys(metafile.outputs).filter((path) => path.endsWith(".js"));
const size = scripts.reduce((sum, path) => sum + gzipSync(readFileSync(path)).length, 0);
console.log(`dist/page: ${scripts.length} scripts, ${(size / 1000).toFixed(1)} kB gzipped together`);
