// The command `npm run release`: sets a version, and tries and publishes what `npm run pack` has put into release/.

import "./node-version.mjs";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { createReporter } from "../packages/torch/setup/index.mjs";
import { onPath } from "../packages/torch/setup/python.mjs";
import { run } from "../packages/torch/setup/run.mjs";
import { checkRelease, clients } from "./release/check.mjs";
import { publish } from "./release/publish.mjs";
import { readTarballs } from "./release/registry.mjs";
import { setVersion } from "./release/set-version.mjs";

const root = join(import.meta.dirname, "..");
const help = `Sets a version; tries and publishes the packages in release/ (npm run pack puts them there).

Usage: npm run release -- --version N.M.P
       npm run release -- --check [options]
       npm run release -- --publish [--dry-run] [--no-provenance]

  --version N.M.P  set it everywhere, and make the unreleased part of CHANGELOG.md that of the version
  --publish        to npm, what others need first, with provenance; what is there already is passed over
  --dry-run        only say what would be published, in which order
  --no-provenance  not from the release's workflow: without its statement of what was built where
  --check          install them from a registry on this machine into empty folders, with a PATH that holds neither compiler
                   nor Python, and use them: doctor, train, predict, a program, export, @pinmem/runtime, uninstall
  --with CLIENT    ${clients.join(", ")} (default: all that are on the PATH)
  --registry URL   where other packages come from (default: npm's setting)
  --wheel FILE     PyTorch's wheel for this platform: then \`pinmem setup --from\` is tried too
  --help           show this

Exit codes: 0 all works; 1 something does not, and the last lines say what; 2 wrong usage.`;

const options = /** @type {const} */ ({
  version: { type: "string" },
  publish: { type: "boolean" },
  "dry-run": { type: "boolean" },
  "no-provenance": { type: "boolean" },
  check: { type: "boolean" },
  with: { type: "string" },
  registry: { type: "string" },
  wheel: { type: "string" },
  help: { type: "boolean", short: "h" },
});

try {
  const { values } = parseArgs({ args: process.argv.slice(2), options });
  if (values.with !== undefined && !clients.some((name) => name === values.with)) {
    throw Object.assign(new Error(`--with is one of ${clients.join(", ")}, not "${values.with}".`), {
      code: "ERR_PARSE_ARGS_VALUE",
    });
  }
  if (values.check) await check(values);
  else if (values.version !== undefined) version(values.version);
  else if (values.publish) {
    const tarballs = await readTarballs(join(root, "release"));
    await publish(tarballs, {
      report: createReporter(),
      dryRun: values["dry-run"] ?? false,
      provenance: !values["no-provenance"],
    });
  } else {
    console.log(help);
    process.exitCode = values.help ? 0 : 2;
  }
} catch (error) {
  const { code = "", message, name } = /** @type {NodeJS.ErrnoException} */ (error);
  if (!code.startsWith("ERR_PARSE_ARGS") && name !== "SetupError") throw error;
  console.error(`release: ${message}`);
  process.exitCode = code.startsWith("ERR_PARSE_ARGS") ? 2 : 1;
}

/** @param {{ with?: string | undefined, registry?: string | undefined, wheel?: string | undefined }} values */
async function check({ with: only, registry, wheel }) {
  const report = createReporter();
  const upstream = registry ?? (await run(["npm", "config", "get", "registry"], { cwd: "/" })).stdout.trim();
  const folder = join(root, "release");
  for (const client of clients) {
    if (only !== undefined && client !== only) continue;
    if (onPath(client) === undefined) {
      report.note(`${client} is not on the PATH, and is left out`);
      continue;
    }
    await checkRelease({
      ...{ folder, upstream, client, report },
      wheel: wheel === undefined ? undefined : resolve(process.env.INIT_CWD ?? process.cwd(), wheel),
    });
  }
}

/** @param {string} wanted */
function version(wanted) {
  const changed = setVersion(root, wanted, new Date().toISOString().slice(0, 10));
  console.log(
    `${changed.join("\n")}\n\nNext:\n  git commit -am "Release ${wanted}" && git tag v${wanted} && git push --follow-tags`,
  );
}
