// What to type where set-up does not install by itself. Pure text; only commands that are known to work are named, and
// pip, conda and the archive, which work everywhere, close the list.

import { oldestSupported } from "./libtorch-version.mjs";

/** @import { System } from "./system.mjs" */

/** @typedef {"libtorch" | "compiler" | "blas"} Need */

/** @type {Record<Need, string>} */
const described = { libtorch: "libtorch", compiler: "a C++ compiler", blas: "an optimized BLAS" };

/** @type {{ family: string[], libtorch?: string, compiler: string, blas?: string }[]} */
const distributions = [
  { family: ["macos"], libtorch: "brew install pytorch", compiler: "xcode-select --install" },
  { family: ["debian", "ubuntu"], compiler: "sudo apt-get install g++" },
  { family: ["fedora", "rhel", "centos"], compiler: "sudo dnf install gcc-c++" },
  {
    family: ["arch"],
    libtorch: "sudo pacman -S python-pytorch",
    compiler: "sudo pacman -S gcc",
    blas: "sudo pacman -S blas-openblas",
  },
  { family: ["suse", "opensuse"], compiler: "sudo zypper install gcc-c++" },
  { family: ["alpine"], compiler: "sudo apk add g++" },
];

export const anyLibtorch = [
  "  pip      python3 -m venv .venv && . .venv/bin/activate && " +
    "pip install torch --index-url https://download.pytorch.org/whl/cpu",
  "  conda    conda install -c conda-forge pytorch",
  "  archive  unpack LibTorch from https://pytorch.org/get-started/locally and set LIBTORCH to its folder",
];

/** @param {readonly Need[]} needs */
export function listed(needs) {
  return needs.map((need) => described[need]).join(", ");
}

/**
 * @param {readonly Need[]} needs
 * @param {Pick<System, "name" | "family">} system
 * @param {string} [offered] the version that the distribution has, where that will not do
 * @returns {string[]}
 */
export function installAdvice(needs, { name, family }, offered) {
  const known = distributions.find((entry) => entry.family.some((word) => family.includes(word)));
  const lines = [`missing on ${name}: ${listed(needs)}`];
  if (needs.includes("compiler"))
    lines.push("C++ compiler:", `  ${known?.compiler ?? "install g++ 10 or newer"}`);
  if (needs.includes("libtorch")) {
    const unfit = offered ? `; this distribution has ${offered}` : "";
    lines.push(
      `libtorch (${oldestSupported} or newer${unfit}), one of:`,
      ...(known?.libtorch && !offered ? [`  system   ${known.libtorch}`] : []),
      ...anyLibtorch,
    );
  }
  if (needs.includes("blas"))
    lines.push("optimized BLAS:", `  ${known?.blas ?? "install OpenBLAS as the system's BLAS"}`);
  return [
    ...lines,
    "Then run this again (with the Python environment active, where you chose pip or conda).",
  ];
}
