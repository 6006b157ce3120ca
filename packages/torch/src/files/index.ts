// Tensor files, free of libtorch: what the tensor class wraps.

export { flushFolder, type ReplaceOptions, replaceFile, temporaryName, type Write } from "./atomic-write.js";
export { TensorFileError } from "./errors.js";
export { kindOfFile } from "./file-kind.js";
export { Namespace, type PthKey, type PthValue } from "./pickle-values.js";
export { mapTensors } from "./plain-value.js";
export { openPth, type PthFile, readPth } from "./pth.js";
export { type RawTensor, StoredTensor } from "./raw-tensor.js";
export {
  openSafetensors,
  readSafetensors,
  type SafetensorsContent,
  type SafetensorsFile,
} from "./safetensors.js";
export { writeSafetensors } from "./safetensors-write.js";
