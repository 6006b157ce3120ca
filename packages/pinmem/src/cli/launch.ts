// `pinmem launch`: starts another command of pinmem as several processes that work together.

import { existsSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Command, InvalidArgumentError } from "commander";
import { INTERRUPTED, interruption } from "./interruption.js";
import { explained } from "./running.js";

interface LaunchFlags {
  readonly processes: number;
  readonly nodes: number;
  readonly node: number;
  readonly master?: { readonly address: string; readonly port: number };
  readonly timeout: number;
  readonly restarts: number;
}

/** Commands that several processes can share. */
const shared = ["train", "evaluate", "predict", "ablate"] as const;

export function launchCommand(): Command {
  return new Command("launch")
    .description("Run a command as several processes that share its work, on one machine or several.")
    .argument("<command>", shared.join(", "))
    .argument("[words...]", "its own arguments and options")
    .requiredOption(
      "-n, --processes <count>",
      "processes on this machine; one for each GPU, where there are any",
      count(1),
    )
    .option("--nodes <count>", "machines, on each of which this is run", count(1), 1)
    .option("--node <number>", "which of the machines this is, from 0", count(0), 0)
    .option(
      "--master <host:port>",
      "the machine of node 0 and a free port of it; needed with several machines",
      place,
    )
    .option("--timeout <seconds>", "how long a process may not answer before it counts as gone", count(1), 60)
    .option(
      "--restarts <count>",
      "start again after a failure, from the newest checkpoint; train needs --out then",
      count(0),
      0,
    )
    .passThroughOptions()
    .addHelpText(
      "after",
      `
Examples:
  npx pinmem launch -n 2 train recipes/demo.mjs
  npx pinmem launch -n 4 evaluate runs/a --on cityscapes
  npx pinmem launch -n 8 --nodes 4 --node 0 --master gpu0:29500 --restarts 3 train recipes/gtav-synthia.mjs --out runs/a

N processes with an accumulation of A train as one with N x A does: the same batches in the same order, equal to rounding. Lines of
the processes bear their numbers; standard output is the first one's. Where one fails, the others are ended within 5 seconds.
torchrun, srun, PyTorchJob and mpirun can start pinmem too; docs/processes.md tells how.

Exit codes: 0 all done; 1 one failed, which is named; 2 wrong usage; 130 interrupted.`,
    )
    .action(async (name: string, words: string[], flags: LaunchFlags, command: Command) => {
      const problem = misuse(name, words, flags);
      if (problem) command.error(`error: ${problem}`, { exitCode: 2 });
      await explained(async () => {
        process.exitCode = await run(name, words, flags);
      });
    });
}

function misuse(
  name: string,
  words: readonly string[],
  { nodes, node, master, restarts }: LaunchFlags,
): string | null {
  if (!(shared as readonly string[]).includes(name))
    return `${name} cannot be shared by several processes; ${shared.join(", ")} can`;
  if (name === "evaluate" && words[0] === "merge") return "evaluate merge is done by one process";
  if (node >= nodes) return `--node is ${node}, but with --nodes ${nodes} it goes from 0 to ${nodes - 1}`;
  if (nodes > 1 && !master) return "several machines need --master HOST:PORT, the same on all of them";
  if (restarts > 0 && nodes > 1)
    return "--restarts works on one machine; on several, let what starts them do it";
  if (restarts > 0 && name === "train" && folderOf(words) === undefined)
    return "--restarts goes on in the folder of --out or --resume; give one";
  return null;
}

async function run(name: string, words: readonly string[], flags: LaunchFlags): Promise<number> {
  const { launch } = await import("../processes/launch.js");
  const { processes, nodes, node, master, timeout, restarts } = flags;
  if (processes > availableParallelism())
    console.error(
      `launch: ${processes} processes on ${availableParallelism()} cores will wait for one another`,
    );
  using interrupt = interruption(name === "evaluate" || name === "predict" ? "image" : "step");
  const program = fileURLToPath(new URL("../../bin/pinmem.mjs", import.meta.url));
  for (let restart = 0; ; restart++) {
    const { failed, interrupted } = await launch({
      count: processes,
      nodes,
      node,
      master,
      timeout,
      restart,
      command: [
        process.execPath,
        program,
        name,
        ...(restart > 0 && name === "train" ? goingOn(words) : words),
      ],
      onLine: (rank, line) => console.error(`[${rank}] ${line}`),
      signal: interrupt.signal,
    });
    if (!failed) return interrupted ? INTERRUPTED : 0;
    console.error(`launch: rank ${failed.rank} failed first (${failed.how})`);
    if (restart >= restarts || interrupt.signal.aborted) return 1;
    console.error(`launch: restart ${restart + 1} of ${restarts}`);
  }
}

/** The folder of the run that the words of a train command name. */
function folderOf(words: readonly string[]): string | undefined {
  for (const [at, word] of words.entries()) {
    if (word === "--out" || word === "--resume") return words[at + 1];
    const given = /^--(?:out|resume)=(.+)$/.exec(word)?.[1];
    if (given !== undefined) return given;
  }
  return undefined;
}

/** The words that go on with a run, where it has begun. */
function goingOn(words: readonly string[]): readonly string[] {
  const folder = folderOf(words);
  if (folder === undefined || !existsSync(join(folder, "recipe.json"))) return words;
  return ["--resume", folder, ...(words.includes("--json") ? ["--json"] : [])];
}

const count =
  (least: number) =>
  (text: string): number => {
    const value = Number(text);
    if (Number.isInteger(value) && value >= least) return value;
    throw new InvalidArgumentError(`must be an integer of at least ${least}`);
  };

function place(text: string): { address: string; port: number } {
  const [, address = "", port = ""] = /^(?:\[?)(.+?)(?:\]?):(\d+)$/.exec(text) ?? [];
  if (address !== "" && Number(port) >= 1 && Number(port) <= 65_535) return { address, port: Number(port) };
  throw new InvalidArgumentError("must be HOST:PORT, such as gpu0:29500");
}
