// libtorch's messages speak Python: options in snake_case with True and False, dtypes under the names of ATen's macros. Here
// they are put into the names of this package, at the one place where a native error becomes a TorchError.

import { camelCase } from "./names.js";

const values: Record<string, string> = { True: "true", False: "false", None: "null" };

const dtypeNames: Record<string, string> = {
  Float: "float32",
  Double: "float64",
  Half: "float16",
  BFloat16: "bfloat16",
  Long: "int64",
  Int: "int32",
  Short: "int16",
  Char: "int8",
  Byte: "uint8",
  Bool: "bool",
};

/** Whole sentences whose names mean nothing here. */
const sentences: readonly (readonly [RegExp, string])[] = [
  [
    /element (\d+) of tensors does not require grad and does not have a grad_fn/,
    "output $1 depends on nothing that requires gradients: call requiresGrad_() on a leaf, and compute outside noGrad",
  ],
];

// Not part of a path, a file name, a qualified name or a kernel's name in double quotes.
const snakeName = /(?<![\w:./"])[a-z][a-z0-9]*(?:_[a-z0-9]+)+(?![\w"]|::|\.\w)/g;
const setting = /(?<![\w:./"])([a-z][a-z0-9]*(?:_[a-z0-9]+)*)=(True|False|None)\b/g;
const dtypeName = new RegExp(
  `(?<=(?:scalar type|found|dtype|dtypes|not implemented for|and|type) '?)(${Object.keys(dtypeNames).join("|")})\\b`,
  "g",
);

/** A message of libtorch with options and dtypes as this package spells them. */
export function translated(message: string): string {
  let text = message;
  for (const [pattern, replacement] of sentences) text = text.replace(pattern, replacement);
  return text
    .replace(setting, (_, name: string, value: string) => `${camelCase(name)}: ${values[value]}`)
    .replace(dtypeName, (name) => dtypeNames[name] as string)
    .replace(snakeName, camelCase);
}
