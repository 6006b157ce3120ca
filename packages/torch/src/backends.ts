// Switches of the libraries that libtorch computes with on CUDA, as PyTorch's `torch.backends` names them. They hold for the
// whole process, may be set where there is no CUDA device, and then change nothing.

import { native } from "./native.js";

function at(name: string) {
  return {
    get: (): boolean => native.backendSwitch(name),
    set: (on: boolean): void => {
      if (typeof on !== "boolean") {
        throw new TypeError(`backends.${name} must be true or false, got ${JSON.stringify(on)}`);
      }
      native.setBackendSwitch(name, on);
    },
  };
}

const benchmark = at("cudnn.benchmark");
const deterministic = at("cudnn.deterministic");
const convolutionTf32 = at("cudnn.allowTf32");
const productTf32 = at("cuda.matmul.allowTf32");

/** Switches of the libraries below libtorch, for the whole process. */
export const backends = {
  cudnn: {
    /** Time the algorithms of each new shape of a convolution and keep the fastest. libtorch's default: false. */
    get benchmark() {
      return benchmark.get();
    },
    set benchmark(on: boolean) {
      benchmark.set(on);
    },
    /** Take only algorithms that give the same result each time. libtorch's default: false. */
    get deterministic() {
      return deterministic.get();
    },
    set deterministic(on: boolean) {
      deterministic.set(on);
    },
    /** Round the inputs of convolutions to TF32, with ten bits after the point. libtorch's default: true. */
    get allowTf32() {
      return convolutionTf32.get();
    },
    set allowTf32(on: boolean) {
      convolutionTf32.set(on);
    },
  },
  cuda: {
    matmul: {
      /** Round the inputs of matrix products to TF32. libtorch's default: false. */
      get allowTf32() {
        return productTf32.get();
      },
      set allowTf32(on: boolean) {
        productTf32.set(on);
      },
    },
  },
};
