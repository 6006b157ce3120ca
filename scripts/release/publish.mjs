// Publishing what lies in release/: what depends on another package comes after it, and what is published already is passed over,
// so that a release that broke off goes on where it was.

import { SetupError } from "../../packages/torch/setup/errors.mjs";
import { lastLines, run } from "../../packages/torch/setup/run.mjs";

/** @import { Reporter } from "../../packages/torch/setup/index.mjs" */
/** @import { Manifest } from "./manifests.mjs" */

/**
 * @template {{ manifest: Manifest }} T
 * @param {readonly T[]} tarballs
 * @returns {T[]} each after all that it depends on
 * @throws {SetupError} where a package that another one needs is missing, or one may not be published
 */
export function publishOrder(tarballs) {
  const trials = tarballs.filter(({ manifest }) => manifest.private).map(({ manifest }) => manifest.name);
  if (trials.length > 0)
    throw new SetupError(
      `${trials.join(", ")} lacks licenses and was packed to be tried only. Pack it again without --trial: that says which`,
    );
  /** @type {T[]} */
  const order = [];
  const waiting = [...tarballs];
  const names = new Set(tarballs.map(({ manifest }) => manifest.name));
  const needs = (/** @type {T} */ { manifest }) =>
    Object.keys({
      .../** @type {object} */ (manifest.dependencies),
      .../** @type {object} */ (manifest.optionalDependencies),
    }).filter((name) => /^(@pinmem\/|pinmem$)/.test(name));
  for (const one of waiting) {
    const missing = needs(one).filter((name) => !names.has(name));
    if (missing.length > 0)
      throw new SetupError(
        `${one.manifest.name} needs ${missing.join(", ")}, which is not in release/: every platform has to be packed`,
      );
  }
  while (waiting.length > 0) {
    const at = waiting.findIndex((one) =>
      needs(one).every((name) => order.some(({ manifest }) => manifest.name === name)),
    );
    if (at < 0) throw new SetupError("internal: packages depend on one another in a circle");
    order.push(...waiting.splice(at, 1));
  }
  return order;
}

/**
 * @param {readonly { manifest: Manifest, file: string }[]} tarballs
 * @param {{ report: Reporter, dryRun: boolean }} options
 */
export async function publish(tarballs, { report, dryRun }) {
  for (const { manifest, file } of publishOrder(tarballs)) {
    const name = `${manifest.name}@${manifest.version}`;
    const { stdout } = dryRun ? { stdout: "" } : await run(["npm", "view", name, "version"]);
    if (stdout.trim() === manifest.version) {
      report.line("publish", `${name} is there already`);
      continue;
    }
    const command = [
      "npm",
      "publish",
      file,
      "--access",
      "public",
      ...(dryRun ? ["--dry-run"] : ["--provenance"]),
    ];
    if (dryRun) {
      report.line("publish", `${name} would be next: ${command.slice(0, -1).join(" ")} --provenance`);
      continue;
    }
    await report.step("publish", name, async () => {
      const { code, output } = await run(command);
      if (code !== 0)
        throw new SetupError(`npm publish ${name} failed (exit code ${code}):\n${lastLines(output, 12)}`);
    });
  }
}
