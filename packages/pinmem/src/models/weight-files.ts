// Files of weights, whoever wrote them: this project's safetensors, torchvision's checkpoints, and the authors' (.pth with
// `state_dict`, every name after "module.", and the memory's rows as an entry of their own).
//
// Not here: which network they fit (weights.ts).

import { loadPth, loadSafetensors, Tensor } from "@pinmem/torch";

/** A file that holds no weights, or none that can be used here; names the file, the problem and the remedy. */
export class WeightsError extends Error {
  override readonly name = "WeightsError";

  constructor(
    readonly file: string,
    readonly problem: string,
    options?: ErrorOptions,
  ) {
    super(`${file}: ${problem}`, options);
  }
}

const PREFIX = "module.";
const ROWS = "memory.m_items";

/**
 * The tensors of a file by name, as a network calls them; the memory's rows among them.
 * @throws TensorFileError where the file cannot be read, WeightsError where it holds no weights
 */
export function readWeights(file: string): Map<string, Tensor> {
  if (file.endsWith(".safetensors")) return withoutPrefix(loadSafetensors(file).tensors);
  const content = loadPth(file);
  if (!(content instanceof Map)) throw new WeightsError(file, "holds no weights: there are no names in it");
  const held = content.get("state_dict") ?? content.get("model") ?? content;
  if (!(held instanceof Map)) throw new WeightsError(file, "its 'state_dict' holds no names");
  const tensors = new Map<string, Tensor>();
  for (const [name, value] of held)
    if (typeof name === "string" && value instanceof Tensor) tensors.set(name, value);
  if (tensors.size === 0) throw new WeightsError(file, "holds no weights: none of its entries is a tensor");
  const state = withoutPrefix(tensors);
  const rows = held === content ? undefined : content.get("memory");
  if (rows instanceof Tensor) state.set(ROWS, rows);
  return state;
}

/** Data-parallel training puts a prefix before every name. */
function withoutPrefix(tensors: ReadonlyMap<string, Tensor>): Map<string, Tensor> {
  const all = [...tensors.keys()].every((name) => name.startsWith(PREFIX));
  return new Map([...tensors].map(([name, tensor]) => [all ? name.slice(PREFIX.length) : name, tensor]));
}
