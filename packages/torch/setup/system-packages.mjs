// Installing from the distribution, on Debian and Ubuntu with the rights to do so: the exact commands are shown first,
// a terminal is asked, and apt's lists are fetched only where they lack something. Everywhere else install-advice says
// what to type, and set-up stops.

import { SetupError } from "./errors.mjs";
import { anyLibtorch, installAdvice, listed } from "./install-advice.mjs";
import { isOlder, oldestSupported } from "./libtorch-version.mjs";
import { lastLines, run, shown } from "./run.mjs";

/** @import { Need } from "./install-advice.mjs" */
/** @import { System } from "./system.mjs" */
/** @import { Reporter } from "./index.mjs" */

/** @type {Record<Need, string>} */
const packages = { libtorch: "libtorch-dev", compiler: "g++", blas: "libopenblas0-openmp" };

/**
 * @typedef {object} InstallOptions
 * @property {System} system
 * @property {boolean} install false: only say what is missing
 * @property {readonly string[]} also packages that are welcome, but not needed
 * @property {(question: string) => Promise<boolean>} confirm
 * @property {Reporter} report
 */

/**
 * Installs what is missing, or explains how to. Only for a BLAS does it return without: the rest works, more slowly.
 *
 * @param {readonly Need[]} needs at least one
 * @param {InstallOptions} options
 * @throws {SetupError} naming what is missing and the commands that mend it
 */
export async function provide(needs, { system, install, also, confirm, report }) {
  const giveUp = (/** @type {string[]} */ lines) => {
    if (needs.some((need) => need !== "blas")) throw new SetupError(lines.join("\n"));
    for (const line of lines) report.note(line);
  };
  if (!system.apt) return giveUp(installAdvice(needs, system));
  const before = await aptOffer(needs);
  if (before === "too old") return giveUp(installAdvice(needs, system, "an older one"));
  const { privilege } = system;
  const needed = needs.map((need) => packages[need]);
  const commands = aptCommands(needed, { privilege, update: before === "incomplete" });
  // By themselves, so that a system that does not have them still gets what is needed.
  const welcome = also.length > 0 ? aptCommands(also, { privilege, update: false }) : [];
  if (!install || privilege === "none") return giveUp(byHand(needs, [...commands, ...welcome]));
  report.note(`missing: ${listed(needs)}. To be run:`);
  for (const command of [...commands, ...welcome]) report.note(`  ${shown(command)}`);
  if (!(await confirm("Install now?"))) return giveUp(byHand(needs, [...commands, ...welcome]));
  for (const command of commands) {
    if (command.includes("install") && before === "incomplete") {
      const after = await aptOffer(needs);
      if (after !== "complete")
        return giveUp(installAdvice(needs, system, after === "too old" ? "an older one" : "none"));
    }
    await apt(command, report);
  }
  for (const command of welcome) {
    try {
      await apt(command, report);
    } catch (error) {
      report.note(`set-up goes on without: ${/** @type {Error} */ (error).message}`);
    }
  }
}

/**
 * @param {readonly string[]} names of packages
 * @param {{ privilege: System["privilege"], update: boolean }} options `update`: fetch apt's lists first
 * @returns {string[][]}
 */
export function aptCommands(names, { privilege, update }) {
  const prefix = [...(privilege === "root" ? [] : ["sudo"]), "apt-get"];
  const install = [...prefix, "install", "-y", "--no-install-recommends", ...names];
  return update ? [[...prefix, "update"], install] : [install];
}

/**
 * @param {string} output of `apt-cache policy PACKAGE...`
 * @returns {Map<string, string>} package to the version that would be installed
 */
export function parsePolicy(output) {
  const found = output.matchAll(/^(\S+):\n {2}Installed: .*\n {2}Candidate: (?:\d+:)?(\S+)/gm);
  return new Map(
    [...found].flatMap(([, name = "", version = ""]) => (version === "(none)" ? [] : [[name, version]])),
  );
}

/**
 * @param {readonly Need[]} needs
 * @returns {Promise<"complete" | "incomplete" | "too old">} what apt's lists have of them
 */
async function aptOffer(needs) {
  const { stdout } = await run(["apt-cache", "policy", ...needs.map((need) => packages[need])], {
    env: { LC_ALL: "C" },
  });
  const policy = parsePolicy(stdout);
  const libtorch = needs.includes("libtorch") ? policy.get(packages.libtorch) : undefined;
  if (libtorch !== undefined && isOlder(libtorch, oldestSupported)) return "too old";
  return needs.every((need) => policy.has(packages[need])) ? "complete" : "incomplete";
}

/**
 * @param {string[]} command
 * @param {Reporter} report
 */
async function apt(command, report) {
  const at = command.indexOf("apt-get");
  // What is shown is what is run, but for waiting (another apt may be at work) and for asking nothing.
  const settings = ["env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-o", "DPkg::Lock::Timeout=600"];
  const real = [...command.slice(0, at), ...(at > 0 ? ["-n"] : []), ...settings, ...command.slice(at + 1)];
  await report.step("system", shown(command), async () => {
    const { code, output } = await run(real);
    if (code === 0) return;
    throw new SetupError(
      `${shown(command)} failed (exit code ${code}). Its last lines were\n${lastLines(output, 15)}\n` +
        "Mend that and run this again.",
    );
  });
}

/**
 * @param {readonly Need[]} needs
 * @param {string[][]} commands
 */
function byHand(needs, commands) {
  return [
    `missing: ${listed(needs)}. Install with`,
    ...commands.map((command) => `  ${shown(command)}`),
    ...(needs.includes("libtorch") ? ["or use another libtorch:", ...anyLibtorch] : []),
    "and run this again.",
  ];
}
