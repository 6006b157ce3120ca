// The official builds of libtorch that set-up can fetch: PyTorch's own wheels, which are zip archives with the libraries and the
// headers in them. Nothing of Python is needed for them, or run. What has another SHA-256 is not taken. Those with CUDA:
// cuda-wheels.ts.
//
// The sums are those of https://download.pytorch.org/whl/cpu/torch/, of the wheels for CPython 3.11: the libraries in the others
// are the same. Of 2.13 on, PyTorch has none for Macs with Intel's processors.

import { prebuiltPlatforms } from "@pinmem/torch/setup";

/** A file on the web. */
export interface Wheel {
  readonly file: string;
  /** The folder that it lies in. */
  readonly address: string;
  readonly sha256: string;
  /** To within a percent. */
  readonly bytes: number;
}

export interface LibtorchBuild {
  /** Of libtorch, as its version.py says. */
  readonly version: string;
  /** PyTorch's, and those with libraries that it needs. */
  readonly wheels: readonly Wheel[];
}

/** The version that the packages for platforms are linked with. */
export const libtorchVersion = "2.13.0";

/** The folder of PyTorch's wheels, by kind. */
export const pytorch = "https://download.pytorch.org/whl";

const builds: Readonly<Record<(typeof prebuiltPlatforms)[number], LibtorchBuild>> = {
  "linux-x64": {
    version: "2.13.0+cpu",
    wheels: [
      {
        file: "torch-2.13.0+cpu-cp311-cp311-manylinux_2_28_x86_64.whl",
        address: `${pytorch}/cpu`,
        sha256: "6746dbcbeb526eb61330b76b41ff1b4eb848951103a892eeb080dfa2b264667b",
        bytes: 191_794_682,
      },
    ],
  },
  "linux-arm64": {
    version: "2.13.0+cpu",
    wheels: [
      {
        file: "torch-2.13.0+cpu-cp311-cp311-manylinux_2_28_aarch64.whl",
        address: `${pytorch}/cpu`,
        sha256: "84453b69508ec79902f899c5ed9495acb9e2bbe9fda5f1d5d6f19e3c3842e1a7",
        bytes: 155_000_000,
      },
    ],
  },
  "darwin-arm64": {
    version: "2.13.0",
    wheels: [
      {
        file: "torch-2.13.0-cp311-cp311-macosx_14_0_arm64.whl",
        address: `${pytorch}/cpu`,
        sha256: "e76f9bcecc52b8ff711239a2f7547d5353df95878ab232f0773c1d95928b92f8",
        bytes: 111_200_000,
      },
    ],
  },
};

/** The build without CUDA for a kind of machine, such as "linux-x64"; undefined where PyTorch has none. */
export const buildFor = (platform: string): LibtorchBuild | undefined =>
  prebuiltPlatforms.includes(platform as never) ? builds[platform as keyof typeof builds] : undefined;

/** Of a whole build, to be downloaded. */
export const bytesOf = ({ wheels }: LibtorchBuild): number =>
  wheels.reduce((sum, { bytes }) => sum + bytes, 0);
