// Publishing what lies in release/: what depends on another package comes after it, and what is published already is passed over,
// so that a release that broke off goes on where it was.

import { SetupError } from "../../packages/torch/setup/errors.mjs";
import { lastLines, run } from "../../packages/torch/setup/run.mjs";
import { repositoryOf } from "./manifests.mjs";

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
 * @param {object} options
 * @param {Reporter} options.report
 * @param {boolean} [options.dryRun] only say what would be next
 * @param {boolean} [options.provenance] with the statement of who built it, which only a workflow can give
 * @param {NodeJS.ProcessEnv} [options.env]
 * @throws {SetupError} before anything is published where npm would refuse a package; where npm fails
 */
export async function publish(tarballs, { report, dryRun = false, provenance = true, env = process.env }) {
  const order = publishOrder(tarballs);
  if (provenance && !dryRun) refuseOthers(order, env);
  for (const { manifest, file } of order) {
    const name = `${manifest.name}@${manifest.version}`;
    const command = ["npm", "publish", file, "--access", "public", "--loglevel", "error"];
    // npm takes no prerelease as the latest.
    if (manifest.version.includes("-")) command.push("--tag", "next");
    if (provenance) command.push("--provenance");
    if (dryRun) {
      report.line("publish", `${name} would be next: ${command.join(" ")}`);
    } else if (await isPublished(name, manifest.version, env)) {
      report.line("publish", `${name} is there already`);
    } else {
      await report.step("publish", name, async () => {
        const { code, output } = await run(command, { env });
        if (code !== 0)
          throw new SetupError(
            `npm publish ${name} failed (exit code ${code}); what is published already is passed over the next time:\n${lastLines(output, 12)}`,
          );
      });
    }
  }
}

/**
 * @param {string} name with its version
 * @param {string} version
 * @param {NodeJS.ProcessEnv} env
 */
async function isPublished(name, version, env) {
  // Under `npm run --silent` npm would not say why it fails.
  const command = ["npm", "view", name, "version", "--prefer-online", "--loglevel", "error"];
  const { code, stdout, output } = await run(command, { env });
  if (code !== 0 && !/\bE404\b/.test(output))
    throw new SetupError(`npm view ${name} failed (exit code ${code}):\n${lastLines(output, 12)}`);
  return code === 0 && stdout.trim() === version;
}

/**
 * What was packed elsewhere, or from other sources than those of the tag.
 *
 * @param {readonly { manifest: Manifest }[]} order
 * @param {NodeJS.ProcessEnv} env
 */
function refuseOthers(order, env) {
  const wanted = repositoryOf(env).repository?.url;
  if (wanted === undefined)
    throw new SetupError(
      "npm takes provenance only from a workflow (.github/workflows/release.yml). To publish without it: --no-provenance",
    );
  const urlOf = (/** @type {Manifest} */ { repository }) =>
    /** @type {{ url?: string } | undefined} */ (repository)?.url;
  for (const { manifest } of order) {
    if (urlOf(manifest) !== wanted)
      throw new SetupError(
        `${manifest.name} was packed for ${urlOf(manifest) ?? "no repository"}, and this is ${wanted}: npm would refuse its provenance`,
      );
  }
  const version = order.find(({ manifest }) => manifest.name === "pinmem")?.manifest.version;
  if (env.GITHUB_REF_TYPE === "tag" && env.GITHUB_REF_NAME !== `v${version}`)
    throw new SetupError(`the tag is ${env.GITHUB_REF_NAME}, and pinmem was packed as ${version}`);
}
