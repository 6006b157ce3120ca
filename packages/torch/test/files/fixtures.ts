// Files that PyTorch and the reference implementation of safetensors wrote, and what they read from them as JSON
// (src/files/fixtures, with the scripts that made both).

import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { RawTensor } from "../../src/files/index.js";
import { Namespace, type PthValue } from "../../src/files/index.js";

const folder = fileURLToPath(new URL("../../src/files/fixtures/", import.meta.url));

export const fixturePath = (name: string): string => `${folder}${name}`;

export const fixtureBytes = (name: string): Uint8Array => new Uint8Array(readFileSync(fixturePath(name)));

export const fixtureJson = (name: string): unknown => JSON.parse(readFileSync(fixturePath(name), "utf8"));

export const fixturesNamed = (pattern: RegExp): string[] =>
  readdirSync(folder)
    .filter((name) => pattern.test(name))
    .sort();

export const tensorAsJson = ({ dtype, shape, data }: RawTensor): unknown => ({
  tensor: dtype,
  shape,
  data: Buffer.from(data).toString("base64"),
});

/** A value in the tagged form that the scripts write. */
export function asJson(value: PthValue<RawTensor>): unknown {
  if (typeof value === "bigint") return { int: String(value) };
  if (typeof value === "number" && !Number.isFinite(value)) {
    return { float: Number.isNaN(value) ? "nan" : value > 0 ? "inf" : "-inf" };
  }
  if (value === null || typeof value !== "object") return value;
  if (Array.isArray(value)) return { list: value.map(asJson) };
  if (value instanceof Namespace) return { namespace: [...value].map(([key, item]) => [key, asJson(item)]) };
  if (value instanceof Map) return { dict: [...value].map(([key, item]) => [asJson(key), asJson(item)]) };
  if (value instanceof Set) return { set: [...value].sort() };
  if (value instanceof Uint8Array) return { bytes: Buffer.from(value).toString("base64") };
  return tensorAsJson(value);
}
