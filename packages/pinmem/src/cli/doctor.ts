// `pinmem doctor`: what was found on this machine, what it can do, and what to do where something is wrong.

import { dirname } from "node:path";
import { Command } from "commander";
import type { Blas } from "./blas.js";
import { type DoctorFacts, gatherFacts, type Runtime } from "./doctor-facts.js";

export function doctorCommand(): Command {
  return new Command("doctor")
    .description("Say which libtorch is used, what it can do, and what is wrong.")
    .option("--json", "print everything as JSON")
    .addHelpText(
      "after",
      `
Example:
  npx pinmem doctor --json

Exit codes: 0 libtorch and the addon work; 1 they do not, and the last lines say how to mend it; 2 wrong usage.`,
    )
    .action(async ({ json }: { json?: true }) => {
      const facts = await gatherFacts();
      console.log(json ? JSON.stringify(facts, null, 2) : describe(facts));
      process.exitCode = facts.healthy ? 0 : 1;
    });
}

const describeLibrary = ({ name, kernels, library }: Blas): string =>
  `${name}${kernels ? `, ${kernels} kernels` : ""}${library ? ` (${library})` : ""}`;

/** The facts as lines of a label and a text. */
export function describe(facts: DoctorFacts): string {
  const { healthy, problems, node, libtorch, runtime, addon, jpeg } = facts;
  const rows: [string, string][] = [["Node.js", `${node.version.slice(1)}, ${node.platform} ${node.arch}`]];
  if (libtorch) {
    rows.push(
      ["libtorch", `${libtorch.version}, from ${sources[libtorch.source]}`],
      ["library", loadedFrom(runtime) ?? libtorch.libraryDir],
      ["C++ ABI", libtorch.abi === 1 ? "new (_GLIBCXX_USE_CXX11_ABI=1)" : "old (_GLIBCXX_USE_CXX11_ABI=0)"],
    );
  } else {
    rows.push(["libtorch", "not found"]);
  }
  if (runtime) {
    const { blas, cpuCapability, bfloat16, threads, processGroups } = runtime;
    rows.push(
      ["BLAS", blas ? describeLibrary(blas) : "unknown"],
      [
        "CPU",
        `${cpuCapability}, bfloat16: ${bfloat16 ?? "no"}, ${threads} ${threads === 1 ? "thread" : "threads"}`,
      ],
      ["CUDA", describeCuda(runtime)],
      ["process groups", `libtorch: ${list(processGroups.libtorch)}; addon: ${list(processGroups.addon)}`],
    );
  }
  if (addon) {
    const when = addon.builtAt.slice(0, 16).replace("T", " ");
    const state = addon.upToDate ? "up to date" : "out of date";
    rows.push([
      "addon",
      `${addon.kind === "package" ? "prebuilt" : state}, built ${when} UTC with ${addon.compiler}`,
    ]);
    // A checkout has one place for it.
    if (addon.kind !== "local") rows.push(["addon's file", addon.path]);
  } else {
    rows.push(["addon", "not built"]);
  }
  rows.push(["JPEG", [jpeg.library, jpeg.version].filter(Boolean).join(" ")]);
  const lines = rows.map(([label, text]) => `${label.padEnd(14)}  ${text}`);
  const trouble = problems.map((problem) => `${healthy ? "note" : "problem"}: ${problem}`);
  return [
    ...lines,
    "",
    ...trouble,
    healthy ? "healthy" : "not healthy: mend the above, then run npx pinmem doctor again",
  ].join("\n");
}

const sources = {
  LIBTORCH: "LIBTORCH",
  python: "the active Python",
  system: "the system",
  wheel: "PyTorch's wheel",
  package: "npm's package",
} as const;

/** The folder of the library that runs. */
function loadedFrom(runtime: Runtime | null): string | undefined {
  const library = runtime?.libraries.find((path) => /libtorch_cpu\./.test(path));
  return library && dirname(library);
}

function describeCuda({ cuda, nvidiaDriver }: Pick<Runtime, "cuda" | "nvidiaDriver">): string {
  if (cuda.available) return `${cuda.deviceCount} ${cuda.deviceCount === 1 ? "device" : "devices"}`;
  if (cuda.compiled) return `in this libtorch, but no device answers: ${cuda.reason ?? "no reason given"}`;
  const unused = nvidiaDriver ? `, though this machine has an NVIDIA driver (${nvidiaDriver})` : "";
  return `not in this libtorch${unused}`;
}

const list = (names: readonly string[]): string => (names.length > 0 ? names.join(", ") : "none");
