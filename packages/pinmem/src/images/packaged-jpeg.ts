// Where an installed package has its decoder for JPEG files: beside the addon that is to be loaded, else in npm's package for this
// platform, since it does for any libtorch. Looked for only where it can run.

import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { locateAddon, misfit, platformPackage, thisMachine } from "@pinmem/torch/setup";

/**
 * @param packageDir folder of @pinmem/torch
 * @returns null where there is none
 */
export function packagedJpeg(packageDir: string, env: NodeJS.ProcessEnv = process.env): string | null {
  const located = locateAddon({ packageDir, env });
  const beside = "path" in located ? join(dirname(located.path), "jpeg.node") : "";
  if (existsSync(beside)) return beside;
  const found = platformPackage(packageDir);
  if (found === undefined || misfit(thisMachine(), found.glibc) !== null) return null;
  const file = join(found.folder, "jpeg.node");
  return existsSync(file) ? file : null;
}
