// Made-up folder trees for the tests of set-up.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { onTestFinished } from "vitest";
import type { Reporter } from "./index.mjs";

/** A folder of its own for one test, by its real path, gone afterwards. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "pinmem-setup-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export function writeFiles(folder: string, files: Readonly<Record<string, string>>): void {
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
}

export const versionHeader = (major: number, minor: number): string =>
  `#pragma once\n#define TORCH_VERSION_MAJOR ${major}\n#define TORCH_VERSION_MINOR ${minor}\n#define TORCH_VERSION_PATCH 1\n`;

/** Files of a libtorch below `prefix`, as the archive, wheels and /usr have them. */
export function libtorchFiles({
  major = 2,
  minor = 5,
  lib = "lib",
  cuda = false,
}: {
  major?: number;
  minor?: number;
  lib?: string;
  cuda?: boolean;
} = {}): Record<string, string> {
  const names = ["torch", "torch_cpu", "c10", ...(cuda ? ["torch_cuda", "c10_cuda"] : [])];
  return {
    ...Object.fromEntries(
      names.map((name) => [`${lib}/lib${name}.so`, "_ZN3c105ErrorC1ENSt7__cxx1112basic_stringIc"]),
    ),
    "include/torch/csrc/api/include/torch/version.h": versionHeader(major, minor),
  };
}

/** A reporter that keeps what it was told. */
export function recordingReporter(): Reporter & { readonly lines: string[] } {
  const lines: string[] = [];
  return {
    lines,
    note: (line) => lines.push(line),
    line: (name, text) => lines.push(`${name} ${text}`),
    step: (name, text, work) => {
      lines.push(`${name} ${text}`);
      return work(() => {});
    },
  };
}
