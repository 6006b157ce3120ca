// Makes the small golden files in golden/fixtures from the whole ones: node golden/scripts/thin-golden.mjs DIR
// Sections of whole training iterations are left out, tensors keep few samples, memories become statistics with samples,
// and long masks are left out.

import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const SAMPLES = 12;
// Masks as hexadecimal text.
const LONGEST_TEXT = 20_000;
const SECTIONS = ["eval", "train_forward", "isw"];

const [from] = process.argv.slice(2);
if (from === undefined) {
  console.error("thin-golden: give the folder with the whole golden files");
  process.exit(2);
}
const to = join(import.meta.dirname, "../fixtures");
mkdirSync(to, { recursive: true });

for (const name of readdirSync(from).filter((file) => file.endsWith(".json"))) {
  const file = JSON.parse(readFileSync(join(from, name), "utf8"));
  const small = "state_dict" in file ? file : { ...file, f64: sections(file.f64), f32: sections(file.f32) };
  writeFileSync(join(to, name), `${JSON.stringify(small)}\n`);
}

/** @param {Record<string, unknown>} all */
function sections(all) {
  return Object.fromEntries(SECTIONS.flatMap((name) => (name in all ? [[name, thin(all[name])]] : [])));
}

/**
 * @param {any} value
 * @returns {unknown}
 */
function thin(value) {
  if (typeof value !== "object" || value === null) return value;
  if ("samples" in value && "stride" in value) return fewer(value);
  if (Array.isArray(value)) return isMatrix(value) ? statistics(value) : value.map(thin);
  const kept = Object.entries(value).filter(
    ([, child]) => typeof child !== "string" || child.length < LONGEST_TEXT,
  );
  return Object.fromEntries(kept.map(([name, child]) => [name, thin(child)]));
}

/** @param {{ stride: number, samples: number[] }} statistics */
function fewer({ samples, stride, ...rest }) {
  const step = Math.max(1, Math.ceil(samples.length / SAMPLES));
  return { ...rest, stride: stride * step, samples: samples.filter((_, i) => i % step === 0) };
}

/** @param {unknown[]} value */
function isMatrix(value) {
  return value.length > 1 && value.every((row) => Array.isArray(row) && row.length > 2);
}

/** @param {number[][]} rows */
function statistics(rows) {
  const values = rows.flat();
  const n = values.length;
  const sum = values.reduce((a, b) => a + b, 0);
  const mean = sum / n;
  const std = Math.sqrt(values.reduce((a, b) => a + (b - mean) ** 2, 0) / n);
  const [min, max] = [Math.min(...values), Math.max(...values)];
  const absmax = Math.max(-min, max);
  // A stride without a common factor with the width visits all columns.
  const stride = 151;
  const samples = values.filter((_, i) => i % stride === 0);
  return { shape: [rows.length, rows[0]?.length ?? 0], n, sum, mean, std, min, max, absmax, stride, samples };
}
