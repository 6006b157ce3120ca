// Weights of TensorFlow.js in 8 bits, as a package ships them in two bundled JavaScript files: a manifest (names, shapes, and for
// each a smallest value and a step) among the topology, and the bytes in base64. The text is read, never run: whatever is not
// of exactly this form is refused.

import { PullError } from "../../web/pull-error.js";

/** A weight by its Keras name: elements in row-major order, in the order of Keras' axes. */
export interface KerasWeight {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

const LARGEST_TEXT = 2 ** 24;
const MOST_WEIGHTS = 1000;
const MOST_ELEMENTS = 2 ** 24;

const number = String.raw`-?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?`;
const entry = new RegExp(
  String.raw`\{name:"([\w/]+)",shape:\[(\d+(?:,\d+)*)?\],dtype:"float32",` +
    String.raw`quantization:\{min:(${number}),scale:(${number}),dtype:"uint8"\}\}([,\]])`,
  "y",
);
const opening = /weightsManifest:\[\{paths:\["[\w-]+"\],weights:\[/g;
const literal = /\.exports="([A-Za-z0-9+/]+={0,2})"/g;

/**
 * @param manifest text of the file with the manifest
 * @param shard text of the file with the bytes
 * @param source names the package in errors
 * @throws PullError where a text has another form, or the bytes are not as many as the manifest says
 */
export function readQuantizedWeights(
  manifest: string,
  shard: string,
  source: string,
): ReadonlyMap<string, KerasWeight> {
  const fail = (problem: string): never => {
    throw new PullError(source, `${problem}: this version of pinmem does not know its form`);
  };
  if (Math.max(manifest.length, shard.length) > LARGEST_TEXT) fail("is larger than expected");
  const entries = readManifest(manifest, fail);
  const bytes = readBytes(shard, fail);
  const weights = new Map<string, KerasWeight>();
  let at = 0;
  for (const { name, shape, min, scale } of entries) {
    const count = shape.reduce((product, size) => product * size, 1);
    if (!(count > 0 && count <= MOST_ELEMENTS) || at + count > bytes.length)
      fail(`the bytes of ${name} are not there`);
    if (weights.has(name)) fail(`${name} is there twice`);
    const values = Float32Array.from(bytes.subarray(at, at + count), (byte) => byte * scale + min);
    weights.set(name, { shape, values });
    at += count;
  }
  if (at !== bytes.length) fail(`${bytes.length - at} bytes belong to nothing`);
  return weights;
}

type Fail = (problem: string) => never;

function readManifest(text: string, fail: Fail) {
  const [begin, second] = [...text.matchAll(opening)];
  if (!begin || second) return fail("its manifest is not found");
  const entries: { name: string; shape: number[]; min: number; scale: number }[] = [];
  entry.lastIndex = begin.index + begin[0].length;
  for (let end = ","; end === ","; ) {
    const found = entry.exec(text);
    if (!found || entries.length === MOST_WEIGHTS)
      return fail(`weight ${entries.length + 1} of its manifest cannot be read`);
    const [, name = "", shape = "", min, scale, after = ""] = found;
    entries.push({
      name,
      shape: shape === "" ? [] : shape.split(",").map(Number),
      min: Number(min),
      scale: Number(scale),
    });
    end = after;
  }
  return entries;
}

function readBytes(text: string, fail: Fail): Buffer {
  const [found, second] = [...text.matchAll(literal)];
  if (!found?.[1] || second) return fail("its bytes are not found");
  return Buffer.from(found[1], "base64");
}
