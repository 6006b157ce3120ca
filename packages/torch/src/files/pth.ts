// PyTorch's `.pth` files, read without Python and without running anything that they contain: what `torch.save`
// wrote as a zip archive (since 1.6) or in the stream format before it. Reading only; we write safetensors.
//
// The structure of a checkpoint is read when it is opened, its tensors when they are asked for.

import { DAMAGED } from "./errors.js";
import { explainStart, readStart } from "./file-kind.js";
import { type Input, openInput } from "./input.js";
import type { PickleValue, PthValue } from "./pickle-values.js";
import { mapTensors, plainValue } from "./plain-value.js";
import { loadLegacy } from "./pth-legacy.js";
import { loadZip } from "./pth-zip.js";
import type { RawTensor, StoredTensor } from "./raw-tensor.js";

export interface PthFile extends Disposable {
  /** What was saved, often a `Map` of names to tensors or of `"state_dict"` to such a map. */
  readonly value: PthValue<StoredTensor>;
  /** Afterwards no tensor of this file can be read any more. */
  close(): void;
}

/**
 * Opens a checkpoint, given its path or its bytes. Only plain data is accepted (tensors, numbers, strings,
 * dictionaries, lists); classes and functions are an error that names them, and are never imported or called.
 * Memory taken is bounded by twice the file's size.
 *
 * @throws TensorFileError if the file is missing, damaged, hostile, or of another kind.
 */
export function openPth(file: string | Uint8Array): PthFile {
  const input = openInput(file);
  try {
    const value = loadPth(input);
    const close = () => input.close();
    return { value, close, [Symbol.dispose]: close };
  } catch (error) {
    input.close();
    throw error;
  }
}

/** Reads a whole checkpoint into memory. See `openPth`. */
export function readPth(file: string | Uint8Array): PthValue<RawTensor> {
  using opened = openPth(file);
  return mapTensors(opened.value, (tensor) => tensor.read());
}

/** The content of an open file; its tensors read from it later. */
export function loadPth(input: Input): PthValue<StoredTensor> {
  return plainValue(load(input), input);
}

function load(input: Input): PickleValue {
  const text = readStart(input);
  if (text.startsWith("PK\x03\x04")) return loadZip(input);
  if (text.startsWith("\x80")) return loadLegacy(input);
  const [problem, remedy] = explain(text);
  throw input.fail("start of the file", problem, remedy);
}

/** What a file is that is no checkpoint. */
function explain(start: string): [problem: string, remedy: string] {
  const known = explainStart(start);
  if (known) return known;
  if (start.slice(257, 262) === "ustar") {
    return [
      "this is the tar format of PyTorch 0.1",
      "Convert it in Python with PyTorch before 2.6: torch.save(torch.load(path), path).",
    ];
  }
  if (start[8] === "{") return ["this looks like a safetensors file", "Read it as one."];
  return ["this is no checkpoint of PyTorch", DAMAGED];
}
