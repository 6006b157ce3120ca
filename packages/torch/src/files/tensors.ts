// Tensor files as tensors: the readers and writers of this folder know bytes only, these functions wrap them.
//
// A tensor that was read works on the bytes where they are; a tensor that is written is copied out one at a time.

import { noGrad } from "../autograd.js";
import { fromTypedArray } from "../creation.js";
import { dtypes } from "../dtype.js";
import { scope } from "../ownership.js";
import type { Tensor } from "../tensor.js";
import { madeBy } from "../unscoped.js";
import type { PthValue } from "./pickle-values.js";
import { mapTensors } from "./plain-value.js";
import { openPth } from "./pth.js";
import type { RawTensor } from "./raw-tensor.js";
import { openSafetensors } from "./safetensors.js";
import { writeSafetensors } from "./safetensors-write.js";

export interface LoadedTensors {
  readonly tensors: Map<string, Tensor>;
  readonly metadata: ReadonlyMap<string, string>;
}

function asTensor({ dtype, shape, data }: RawTensor): Tensor {
  const { buffer, byteOffset, byteLength } = data;
  const elements = new dtypes[dtype].array(buffer, byteOffset, byteLength / dtypes[dtype].itemSize);
  const tensor = fromTypedArray(elements, shape, { dtype, copy: false });
  madeBy(""); // whoever loads a file holds its tensors on purpose
  return tensor;
}

/**
 * The tensors of a safetensors file, on the CPU.
 * @throws TensorFileError if the file is missing, damaged or hostile
 */
export function loadSafetensors(path: string): LoadedTensors {
  using file = openSafetensors(path);
  const tensors = scope(
    () =>
      new Map([...file.tensors].map(([name, stored]): [string, Tensor] => [name, asTensor(stored.read())])),
  );
  return { tensors, metadata: file.metadata };
}

/**
 * Writes tensors of any device to a safetensors file, whole or not at all.
 * @param metadata text about the file
 * @throws TensorFileError if a name cannot be stored or the file system refuses; a file that was there before is unchanged
 */
export function saveSafetensors(
  path: string,
  tensors: ReadonlyMap<string, Tensor>,
  metadata?: ReadonlyMap<string, string>,
): void {
  const raw = new Map(
    [...tensors].map(([name, tensor]): [string, RawTensor] => [
      name,
      {
        dtype: tensor.dtype,
        shape: tensor.shape,
        get data() {
          return scope(() => noGrad(() => bytesOf(tensor)));
        },
      },
    ]),
  );
  writeSafetensors(path, raw, metadata);
}

function bytesOf(tensor: Tensor): Uint8Array {
  const { buffer, byteOffset, byteLength } = tensor.toTypedArray();
  return new Uint8Array(buffer, byteOffset, byteLength);
}

/**
 * What `torch.save` wrote, with its tensors on the CPU: maps, lists, numbers, strings and tensors, never code.
 * @throws TensorFileError if the file is missing, damaged, hostile, or holds anything else, which it names
 */
export function loadPth(path: string): PthValue<Tensor> {
  using file = openPth(path);
  return scope(() => mapTensors(file.value, (stored) => asTensor(stored.read())));
}
