import { describe, expect, it } from "vitest";
import { grad, ones, tensor } from "./index.js";
import { translated } from "./translate.js";

describe("messages of libtorch", () => {
  it.each([
    ["Specify retain_graph=True if you need", "Specify retainGraph: true if you need"],
    ["Set allow_unused=True if this", "Set allowUnused: true if this"],
    ["padding_idx must be within num_embeddings", "paddingIdx must be within numEmbeddings"],
    ["got dim=None and keepdim=False", "got dim: null and keepdim: false"],
    ["index_select(): Expected dtype int32", "indexSelect(): Expected dtype int32"],
    ["expected scalar type Long but found Float", "expected scalar type int64 but found float32"],
    [`"log_softmax_kernel" not implemented for 'Half'`, `"log_softmax_kernel" not implemented for 'float16'`],
    [
      "aten::add_relu at /src/add_relu.cpp in torch.nn_x",
      "aten::add_relu at /src/add_relu.cpp in torch.nn_x",
    ],
    ["Float is a word", "Float is a word"],
  ])("%s", (message, expected) => {
    expect(translated(message)).toBe(expected);
  });

  it("name the options of this package where a graph is used twice, or an input not at all", () => {
    const leaf = tensor([1, 2], { requiresGrad: true });
    const loss = leaf.mul(leaf).sum();
    loss.backward();
    expect(() => loss.backward()).toThrow("Specify retainGraph: true");
    expect(() => loss.backward()).not.toThrow("retain_graph");
    const other = tensor([1], { requiresGrad: true });
    expect(() => grad(leaf.mul(2).sum(), [leaf, other])).toThrow("Set allowUnused: true");
  });

  it("say what to do where nothing requires gradients", () => {
    expect(() => ones([1]).backward()).toThrow(
      "backward: output 0 depends on nothing that requires gradients: call requiresGrad_() on a leaf",
    );
  });
});
