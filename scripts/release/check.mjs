// What users do with the tarballs of release/, on a machine without compiler and Python: install, look, train two steps,
// segment a picture by the command and by three lines of a program, export, run what was exported without libtorch, uninstall.

import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SetupError } from "../../packages/torch/setup/errors.mjs";
import { lastLines } from "../../packages/torch/setup/run.mjs";
import { bareMachine } from "./bare-machine.mjs";
import { misled, otherVersion, setUpByHand, withoutLibtorch, withoutOptional } from "./mistakes.mjs";
import { readTarballs, startRegistry } from "./registry.mjs";

/** @import { Reporter } from "../../packages/torch/setup/index.mjs" */

/** How each client installs and removes a package. */
const verbs = /** @type {const} */ ({
  npm: { install: ["npm", "install"], remove: ["npm", "uninstall"] },
  pnpm: { install: ["pnpm", "add"], remove: ["pnpm", "remove"] },
  yarn: { install: ["yarn", "add"], remove: ["yarn", "remove"] },
});

/** @typedef {keyof typeof verbs} Client */

/**
 * @typedef {object} Expected
 * @property {RegExp} [says]
 * @property {boolean} [fails]
 * @property {NodeJS.ProcessEnv} [env]
 * @property {string} [as] what the report calls it
 */

/** @typedef {(words: readonly string[], expected?: Expected) => Promise<string>} Step */

export const clients = /** @type {Client[]} */ (Object.keys(verbs));

const recipe = `export default {
  name: "two-steps",
  data: {
    sources: [
      { name: "streets", domain: "boulevard", count: 4, width: 96, height: 48 },
      { name: "streets", domain: "toy-town", count: 4, width: 96, height: 48 },
    ],
    crop: { width: 48, height: 48 },
    perDomain: 2,
    workers: 0,
  },
  model: { backbone: "mobilenet_v2" },
  method: { name: "pin-memory", memoryStart: { batches: 1 } },
  length: { steps: 2 },
};
`;

/** @param {string} picture */
const program = (picture) => `import { openRun, predictImage } from "pinmem";
const run = await openRun("runs/two");
const { width, height, trainIds } = await predictImage(run, "streets/images/${picture}");
console.log(width + "x" + height + ", " + trainIds.length);
`;

/** @param {string} picture */
const runtimeProgram = (picture) => `import { load } from "@pinmem/runtime";
const model = await load("../pinmem/exported");
const { labels } = await model.segment("../pinmem/streets/images/${picture}");
console.log(labels.length + " labels");
await model.release?.();
`;

/**
 * @param {{ folder: string, upstream: string, client: Client, report: Reporter, wheel?: string | undefined }} options
 *   `folder`: the tarballs; `wheel`: PyTorch's, to try `pinmem setup` with
 * @throws {SetupError} naming the first thing that does not work
 */
export async function checkRelease({ folder, upstream, client, report, wheel }) {
  const root = realpathSync(mkdtempSync(join(tmpdir(), "pinmem-release-")));
  const registry = await startRegistry(await readTarballs(folder), upstream);
  const { install, remove } = verbs[client];
  try {
    const machine = await bareMachine(root, {
      registry: registry.address,
      clients: client === "npm" ? [] : [client],
    });
    for (const name of ["cc", "gcc", "g++", "clang++", "python", "python3"]) {
      if (existsSync(join(machine.bin, name))) throw new Error(`internal: ${name} is on the PATH`);
    }
    const project = join(root, "pinmem");
    const other = join(root, "runtime");
    for (const one of [project, other]) {
      mkdirSync(one);
      writeFileSync(join(one, "package.json"), '{ "private": true, "type": "module" }');
    }

    /**
     * @param {string} where
     * @param {readonly string[]} words
     * @param {Expected} [expected]
     */
    const step = async (
      where,
      words,
      { says = /(?:)/, fails = false, env = {}, as = words.join(" ") } = {},
    ) => {
      const { code, output, seconds } = await machine.run(where, words, env);
      if ((code !== 0) !== fails || !says.test(output)) {
        throw new SetupError(
          `${as} ends with ${code}${says.test(output) ? "" : `, and does not say ${says}`}:\n${lastLines(output, 25)}`,
        );
      }
      report.line(client, `${seconds.toFixed(1).padStart(5)} s  ${as}`);
      return output;
    };
    /** @type {Step} */
    const inProject = (words, more) => step(project, words, more);

    await inProject([...install, "pinmem"]);
    const modules = join(project, "node_modules");
    refuseScripts(modules);
    await inProject(["npx", "pinmem", "doctor"], { says: /from npm's package[\s\S]*\nhealthy$/m });
    if (client === "npm") await misled(inProject);
    writeFileSync(join(project, "recipe.mjs"), recipe);
    await inProject([
      "npx",
      "pinmem",
      "data",
      "streets",
      "--domain",
      "night",
      "--count",
      "1",
      "--out",
      "streets",
    ]);
    const [picture = ""] = readdirSync(join(project, "streets/images"));
    await inProject(["npx", "pinmem", "train", "recipe.mjs", "--out", "runs/two"]);
    await inProject(["npx", "pinmem", "predict", "runs/two", "streets/images", "--out", "out"]);
    writeFileSync(join(project, "three-lines.mjs"), program(picture));
    await inProject(["node", "three-lines.mjs"], { says: /256x128, 32768/ });
    await inProject(["npx", "pinmem", "init", "begun"], { says: /npm run train/ });
    await inProject(["npx", "pinmem", "recipes", "begun/recipe.mjs"], { says: /150 steps/ });
    if (client === "npm") {
      const inBegun = (/** @type {string[]} */ words) => step(join(project, "begun"), words);
      const short = [
        "length.steps=2",
        "method.memoryStart.batches=1",
        "validation.preciseBatchNorm=0",
      ].flatMap((one) => ["--set", one]);
      await inBegun(["npm", "install"]);
      await inBegun(["npm", "run", "train", "--", ...short]);
    }
    await inProject(["npx", "pinmem", "export", "runs/two", "--out", "exported", "--no-verify"]);

    const before = registry.served.length;
    // That of onnxruntime-node would fetch libraries for CUDA.
    await step(other, [...install, "--ignore-scripts", "@pinmem/runtime", "onnxruntime-node", "sharp"]);
    const pulled = registry.served.slice(before).filter((name) => /torch/.test(name));
    const there = (/** @type {string} */ name) => existsSync(join(other, "node_modules/@pinmem", name));
    if (pulled.length > 0 || there("torch"))
      throw new SetupError(`@pinmem/runtime installs libtorch: ${pulled}`);
    writeFileSync(join(other, "segment.mjs"), runtimeProgram(picture));
    await step(other, ["node", "segment.mjs"], { says: /32768 labels/ });

    if (client === "npm") {
      await otherVersion(inProject, modules);
      await withoutLibtorch(inProject, modules);
      if (wheel !== undefined) await setUpByHand(inProject, wheel);
    }
    await inProject([...remove, "pinmem"]);
    const left = existsSync(join(modules, "@pinmem")) ? readdirSync(join(modules, "@pinmem")) : [];
    if (left.length > 0) throw new SetupError(`uninstalling leaves ${left}`);
    if (client === "npm") leavesOnlyCache(machine.home);
    if (client === "npm") await withoutOptional(inProject, install);
  } finally {
    registry.close();
    rmSync(root, { recursive: true, force: true });
  }
}

/**
 * npm from 12 on and pnpm do not run what packages want to run when they are installed, and newer pnpm calls it a failure.
 *
 * @param {string} modules
 * @throws {SetupError} where a package in it has such a script
 */
function refuseScripts(modules) {
  const files = /** @type {string[]} */ (readdirSync(modules, { recursive: true }));
  const manifests = files.filter((path) =>
    /^(?:.*\/node_modules\/)?(?:@[^/]+\/)?[^/]+\/package\.json$/.test(path),
  );
  for (const path of manifests) {
    const { name, scripts = {} } = JSON.parse(readFileSync(join(modules, path), "utf8"));
    const script = ["preinstall", "install", "postinstall"].find((one) => one in scripts);
    if (script !== undefined) throw new SetupError(`${name} has a script that is to run at ${script}`);
  }
}

/**
 * @param {string} home of a user whose pinmem is uninstalled
 * @throws {SetupError} where more of it is left than the cache, which `pinmem setup --clean` removes
 */
function leavesOnlyCache(home) {
  const files = /** @type {string[]} */ (readdirSync(home, { recursive: true }));
  // npm keeps all that it fetched.
  const left = files.filter((path) => /(^|\/)\.?pinmem$/.test(path) && !path.startsWith(".npm/"));
  const more = left.filter((path) => !/^(\.cache|Library\/Caches)\/pinmem$/.test(path));
  if (more.length > 0) throw new SetupError(`uninstalling leaves ${more.join(", ")} in the user's folder`);
}
