// libtorch with CUDA 13.0, as PyTorch's wheel has it, and NVIDIA's libraries that this one needs, in the versions that it asks for: the
// table that `pip install torch` would come to. PyTorch's libraries look for NVIDIA's beside their own folder, where pip puts
// them and set-up does too. NVIDIA's are under licenses of its own, which lie in the wheels.
//
// The sums are those of PyTorch's and NVIDIA's indexes (https://pypi.nvidia.com). Only for Linux on x86-64.

import { type LibtorchBuild, pytorch, type Wheel } from "./wheels.js";

/** A wheel of NVIDIA's. */
function nvidia(name: string, version: string, tags: string, bytes: number, sha256: string): Wheel {
  const file = `${name.replaceAll("-", "_")}-${version}-py3-none-${tags}_x86_64.whl`;
  return { file, address: `https://pypi.nvidia.com/${name}`, sha256, bytes };
}

const many17 = "manylinux2014_x86_64.manylinux_2_17";
const many12 = "manylinux2010_x86_64.manylinux_2_12";

const linux: LibtorchBuild = {
  version: "2.13.0+cu130",
  wheels: [
    {
      file: "torch-2.13.0+cu130-cp312-cp312-manylinux_2_28_x86_64.whl",
      address: `${pytorch}/cu130`,
      sha256: "8db7338e6895c3d4bd89a02ff4209507d1f0cf2ffeb3b898538b5a07d1ea8c1e",
      bytes: 526_482_318,
    },
    nvidia(
      "nvidia-cublas",
      "13.1.1.3",
      "manylinux_2_27",
      423_138_758,
      "37936a16db8fe4ac1f065c2139360608a543a09275cb1a1af612e08cfa065436",
    ),
    nvidia(
      "nvidia-cuda-cupti",
      "13.0.85",
      "manylinux_2_25",
      10_715_597,
      "4eb01c08e859bf924d222250d2e8f8b8ff6d3db4721288cf35d14252a4d933c8",
    ),
    nvidia(
      "nvidia-cuda-nvrtc",
      "13.0.88",
      many12,
      90_215_200,
      "ad9b6d2ead2435f11cbb6868809d2adeeee302e9bb94bcf0539c7a40d80e8575",
    ),
    nvidia(
      "nvidia-cuda-runtime",
      "13.0.96",
      many17,
      2_243_632,
      "7f82250d7782aa23b6cfe765ecc7db554bd3c2870c43f3d1821f1d18aebf0548",
    ),
    nvidia(
      "nvidia-cudnn-cu13",
      "9.20.0.48",
      "manylinux_2_27",
      366_173_588,
      "0c45dd8eeb50b603f07995b1b300c62ffe6a1980482b82b3bcf94a4ca9d49304",
    ),
    nvidia(
      "nvidia-cufft",
      "12.0.0.61",
      many17,
      214_085_489,
      "6c44f692dce8fd5ffd3e3df134b6cdb9c2f72d99cf40b62c32dde45eea9ddad3",
    ),
    nvidia(
      "nvidia-cufile",
      "1.15.1.6",
      many17,
      1_223_672,
      "08a3ecefae5a01c7f5117351c64f17c7c62efa5fffdbe24fc7d298da19cd0b44",
    ),
    nvidia(
      "nvidia-curand",
      "10.4.0.35",
      "manylinux_2_27",
      59_544_258,
      "1aee33a5da6e1db083fe2b90082def8915f30f3248d5896bcec36a579d941bfc",
    ),
    nvidia(
      "nvidia-cusolver",
      "12.0.4.66",
      "manylinux_2_27",
      200_941_980,
      "0a759da5dea5c0ea10fd307de75cdeb59e7ea4fcb8add0924859b944babf1112",
    ),
    nvidia(
      "nvidia-cusparse",
      "12.6.3.3",
      many17,
      145_942_937,
      "2b3c89c88d01ee0e477cb7f82ef60a11a4bcd57b6b87c33f789350b59759360b",
    ),
    nvidia(
      "nvidia-cusparselt-cu13",
      "0.8.1",
      "manylinux2014",
      170_148_586,
      "786ce87568c303fadb5afcc7102d454cd3040d75f6f8626f5db460d1871f4dd0",
    ),
    nvidia(
      "nvidia-nccl-cu13",
      "2.29.7",
      "manylinux_2_18",
      205_976_000,
      "edd81538446786ec3b73972543e53bb43bcaf0bfc8ef76cb679fcc390ffe136d",
    ),
    nvidia(
      "nvidia-nvjitlink",
      "13.0.88",
      many12,
      40_700_000,
      "13a74f429e23b921c1109976abefacc69835f2f433ebd323d3946e11d804e47b",
    ),
    nvidia(
      "nvidia-nvshmem-cu13",
      "3.4.5",
      many17,
      60_412_546,
      "290f0a2ee94c9f3687a02502f3b9299a9f9fe826e6d0287ee18482e78d495b80",
    ),
    nvidia(
      "nvidia-nvtx",
      "13.0.85",
      "manylinux1_x86_64.manylinux_2_5",
      148_047,
      "4936d1d6780fbe68db454f5e72a42ff64d1fd6397df9f363ae786930fd5c1cd4",
    ),
  ],
};

/** The build with CUDA for a kind of machine; undefined where none is known here. */
export const cudaBuildFor = (platform: string): LibtorchBuild | undefined =>
  platform === "linux-x64" ? linux : undefined;
