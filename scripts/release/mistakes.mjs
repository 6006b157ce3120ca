// What goes wrong at users' machines, made to go wrong: for each one line of `doctor` or `setup` that says what and how to go on, and
// the way that it names.

import { readdirSync, readFileSync, rmSync } from "node:fs";
import http from "node:http";
import { join } from "node:path";
import { writeJson } from "../../packages/torch/setup/files.mjs";
import { run } from "../../packages/torch/setup/run.mjs";

/** @import { AddressInfo } from "node:net" */
/** @import { Step } from "./check.mjs" */

/**
 * Another libtorch in the way does no harm.
 *
 * @param {Step} step
 */
export async function misled(step) {
  const { stdout } = await run(["sh", "-c", "ls -d /usr/lib/*/libtorch_cpu.so 2>/dev/null | head -n 1"]);
  const other = stdout.trim().replace(/\/[^/]*$/, "");
  if (other === "") return;
  await step(["npx", "pinmem", "doctor"], {
    says: /from npm's package[\s\S]*\nlibrary +\S+node_modules\S+\n[\s\S]*\nhealthy$/m,
    env: { LD_LIBRARY_PATH: other },
    as: `npx pinmem doctor, with the libtorch in ${other} in LD_LIBRARY_PATH`,
  });
}

/**
 * A package of another version is named with both versions.
 *
 * @param {Step} step
 * @param {string} modules
 */
export async function otherVersion(step, modules) {
  const name = readdirSync(join(modules, "@pinmem")).find((one) => /^torch-/.test(one)) ?? "";
  const file = join(modules, "@pinmem", name, "package.json");
  const manifest = JSON.parse(readFileSync(file, "utf8"));
  writeJson(file, { ...manifest, version: "0.0.1" });
  try {
    await step(["npx", "pinmem", "doctor"], {
      says: new RegExp(
        `@pinmem/${name} is 0\\.0\\.1, but @pinmem/torch is ${manifest.version}: .*npm install @pinmem/${name}@${manifest.version}`,
      ),
      fails: true,
      as: "npx pinmem doctor, with a package of another version",
    });
  } finally {
    writeJson(file, manifest);
  }
}

/**
 * Where the package with libtorch is missing, it is named; and set-up says why it cannot fetch another.
 *
 * @param {Step} step
 * @param {string} modules
 */
export async function withoutLibtorch(step, modules) {
  const name = readdirSync(join(modules, "@pinmem")).find((one) => one.startsWith("libtorch-")) ?? "";
  rmSync(join(modules, "@pinmem", name), { recursive: true });
  await step(["npx", "pinmem", "doctor"], {
    says: new RegExp(`@pinmem/${name}@\\S+, the libtorch of \\S+, is not installed\\. Run \`npm install`),
    fails: true,
    as: "npx pinmem doctor, which names the package that is missing",
  });
  await step(["npx", "pinmem", "setup", "--mirror", "http://127.0.0.1:9"], {
    says: /^http:\S+whl: cannot be reached \(ECONNREFUSED\): without a network, fetch torch-\S+\.whl elsewhere and name it with --from; through a proxy, set HTTPS_PROXY/m,
    fails: true,
    as: "npx pinmem setup, without a network",
  });
  const refusing = http.createServer();
  refusing.on("connect", (_, socket) => socket.end("HTTP/1.1 403 Forbidden\r\n\r\n"));
  await new Promise((resolve) => refusing.listen(0, "127.0.0.1", () => resolve(undefined)));
  const proxy = `http://127.0.0.1:${/** @type {AddressInfo} */ (refusing.address()).port}`;
  try {
    await step(["npx", "pinmem", "setup", "--mirror", "https://wheels.invalid"], {
      says: /^http:\S+: the proxy refuses: 403 Forbidden: /m,
      fails: true,
      env: { HTTPS_PROXY: proxy, https_proxy: proxy },
      as: "npx pinmem setup, behind a proxy that answers 403",
    });
  } finally {
    refusing.close();
  }
}

/**
 * The cache does in its place, until it is cleaned.
 *
 * @param {Step} step
 * @param {string} wheel
 */
export async function setUpByHand(step, wheel) {
  await step(["npx", "pinmem", "setup", "--from", wheel], {
    says: /^ready: /m,
    as: "npx pinmem setup --from FILE",
  });
  await step(["npx", "pinmem", "doctor"], { says: /from PyTorch's wheel[\s\S]*\nhealthy$/m });
  await step(["npx", "pinmem", "setup", "--clean"], { says: /removed \S+libtorch \(/ });
  await step(["npx", "pinmem", "doctor"], { fails: true, as: "npx pinmem doctor, as before" });
}

/**
 * @param {Step} step
 * @param {readonly string[]} install
 */
export async function withoutOptional(step, install) {
  await step([...install, "pinmem", "--omit=optional"]);
  await step(["npx", "pinmem", "doctor"], {
    says: /The optional package @pinmem\/torch-\S+ is not installed\. Run `npm install @pinmem\/torch-/,
    fails: true,
    as: "npx pinmem doctor, which names the package that was omitted",
  });
}
