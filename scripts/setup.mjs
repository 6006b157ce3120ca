// The command `npm run setup`, which `npm test` and `npm run bench` run first. Written so that even an old Node gets
// as far as the message that it is too old: everything newer is loaded after that check.

import "./node-version.mjs";

const { resolve } = await import("node:path");
const { parseArgs } = await import("node:util");
const { prepare } = await import("./prepare.mjs");

const help = `Makes this checkout ready: npm packages, libtorch, the native addon, compiled TypeScript.

Usage: npm run setup -- [options]

  --libtorch PATH  build against this libtorch, beside the default build: an unpacked LibTorch archive,
                   Python's site-packages/torch, or a prefix such as /usr (default: the variable LIBTORCH)
  --search         choose the default libtorch again: the active Python's torch, then the system's
  --prebuilt       take the addon and libtorch that npm has for this platform: no compiler, no apt
  --no-install     install nothing on this system; say what is missing and stop (or PINMEM_NO_INSTALL=1)
  --yes            install what is missing without asking
  --help           show this

Example: npm run setup -- --libtorch ~/libtorch
         LIBTORCH=~/libtorch npm test

On Debian and Ubuntu, with root or password-less sudo, what is missing is installed with apt-get, after showing the
commands and, on a terminal, asking. The compiler is CXX, or else g++ or clang++; CXXFLAGS and LDFLAGS are added.

Exit codes: 0 ready; 1 something is missing or failed, and the last lines say how to mend it; 2 wrong usage.`;

const options = /** @type {const} */ ({
  libtorch: { type: "string" },
  search: { type: "boolean" },
  prebuilt: { type: "boolean" },
  "no-install": { type: "boolean" },
  yes: { type: "boolean", short: "y" },
  help: { type: "boolean", short: "h" },
});

try {
  const { values } = parseArgs({ args: process.argv.slice(2), options });
  if (values.help) {
    console.log(help);
  } else {
    // npm changes to the root of the checkout; a relative path means where the user was.
    const here = process.env.INIT_CWD ?? process.cwd();
    await prepare({
      libtorch: values.libtorch === undefined ? undefined : resolve(here, values.libtorch),
      search: values.search ?? false,
      prebuilt: values.prebuilt ?? false,
      ...(values["no-install"] && { install: false }),
      yes: values.yes ?? false,
    });
  }
} catch (error) {
  const { code = "", message, name } = /** @type {NodeJS.ErrnoException} */ (error);
  if (code.startsWith("ERR_PARSE_ARGS")) {
    const known = Object.keys(options).map((option) => `--${option}`);
    console.error(
      `setup: ${message.split(". ")[0]}; it takes ${known.join(", ")}. See npm run setup -- --help`,
    );
    process.exitCode = 2;
  } else if (name === "SetupError") {
    console.error(`\nset-up stopped: ${message}`);
    process.exitCode = 1;
  } else {
    throw error;
  }
}
