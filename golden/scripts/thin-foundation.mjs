// Makes the small golden files in golden/foundation/fixtures from the whole ones: node golden/scripts/thin-foundation.mjs DIR
// The first values of features become samples, and what nothing here reads is left out.

import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const [from] = process.argv.slice(2);
if (from === undefined) {
  console.error("thin-foundation: give the folder with the whole golden files");
  process.exit(2);
}
const to = join(import.meta.dirname, "../foundation/fixtures");
mkdirSync(to, { recursive: true });

const SAMPLES = 64;

/** @param {{ shape: number[], values?: number[], samples?: number[] }} tensor */
function thin({ values, ...rest }) {
  if (!values) return rest;
  const samples = Array.from({ length: SAMPLES }, (_, j) => values[(101 + 7919 * j) % values.length]);
  return { ...rest, samples };
}

for (const name of readdirSync(from).filter((file) => file.endsWith(".json"))) {
  const file = JSON.parse(readFileSync(join(from, name), "utf8"));
  const { recipe: _, timm: __, variants_rel_l2_of_output: ___, ...rest } = file;
  const small = rest.f64?.output ? { ...rest, f64: { ...rest.f64, output: thin(rest.f64.output) } } : rest;
  writeFileSync(join(to, name), `${JSON.stringify(small)}\n`);
}
