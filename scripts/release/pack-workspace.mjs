// The packages of this workspace as npm gets them: packed by npm, which knows what belongs in, and packed again with the
// manifest that is published.

import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { SetupError } from "../../packages/torch/setup/errors.mjs";
import { writeJson } from "../../packages/torch/setup/files.mjs";
import { lastLines, run } from "../../packages/torch/setup/run.mjs";
import { buildStudioPage } from "../typescript.mjs";
import { published, workspacePackages } from "./manifests.mjs";
import { npmPack } from "./npm-pack.mjs";

/** @import { Manifest } from "./manifests.mjs" */

/**
 * @param {string} root of the workspace
 * @param {string} destination
 * @param {string} work a folder for what is between
 * @returns {Promise<{ file: string, bytes: number }[]>} in the order of publication
 */
export async function packWorkspace(root, destination, work) {
  const packed = [];
  // What its own `prepack` does; no script runs below.
  await bundleRuntime(root);
  await buildStudioPage(root);
  for (const name of workspacePackages) {
    const stage = join(work, name);
    rmSync(stage, { recursive: true, force: true });
    mkdirSync(stage, { recursive: true });
    const { file } = await npmPack(join(root, "packages", name), stage);
    const { code, output } = await run(["tar", "-xzf", file, "-C", stage]);
    if (code !== 0) throw new SetupError(`${file} cannot be unpacked:\n${lastLines(output, 5)}`);
    const folder = join(stage, "package");
    cpSync(join(root, "LICENSE"), join(folder, "LICENSE"));
    if (name === "studio") {
      await addOrt(root, join(folder, "ort"));
      addPageLicenses(root, join(folder, "dist/app"));
    }
    const manifest = /** @type {Manifest} */ (JSON.parse(readFileSync(join(folder, "package.json"), "utf8")));
    writeJson(join(folder, "package.json"), published(manifest));
    packed.push(await npmPack(folder, destination));
  }
  return packed;
}

/**
 * The files of onnxruntime-web that the studio's page fetches.
 *
 * @param {string} root
 * @param {string} folder with its licenses
 */
async function addOrt(root, folder) {
  const { ortFiles } = await import(pathToFileURL(join(root, "packages/studio/dist/files.js")).href);
  for (const [name, file] of await ortFiles()) cpSync(file, join(folder, name));
}

/** Compiled into the studio's page, whose licenses ask for their texts. */
const inPage = ["preact", "@preact/signals", "@preact/signals-core"];

/**
 * @param {string} root
 * @param {string} folder of the page
 */
function addPageLicenses(root, folder) {
  const texts = inPage.map((name) => {
    const text = readFileSync(join(root, "node_modules", name, "LICENSE"), "utf8");
    return `${name}\n\n${text.trim()}\n`;
  });
  writeFileSync(join(folder, "LICENSES.txt"), texts.join("\n\n"));
}

/** @param {string} root */
async function bundleRuntime(root) {
  const { code, output } = await run([process.execPath, "scripts/bundle.mjs"], {
    cwd: join(root, "packages/runtime"),
  });
  if (code !== 0) throw new SetupError(`@pinmem/runtime cannot be bundled:\n${lastLines(output, 12)}`);
}
