// `pinmem setup`: an addon and a libtorch for an installed package, where npm's package for the platform does not do. A checkout
// has `npm run setup`.

import { resolve } from "node:path";
import { createReporter } from "@pinmem/torch/setup";
import { Command } from "commander";
import { refuseIdleOptions } from "./idle-options.js";
import { interruption } from "./interruption.js";
import { explained } from "./running.js";

interface SetupFlags {
  readonly cuda?: true;
  readonly libtorch?: string;
  readonly from?: string;
  readonly mirror?: string;
  readonly clean?: true;
}

export function setupCommand(): Command {
  return new Command("setup")
    .description("Make libtorch and its addon ready where npm's package for this machine does not do.")
    .option(
      "--libtorch <path>",
      "build for this one: an unpacked LibTorch archive, Python's site-packages/torch, or /usr",
    )
    .option("--cuda", "for NVIDIA's GPUs: the active Python's torch with CUDA, else PyTorch's own build")
    .option(
      "--from <path>",
      "PyTorch's wheel on this machine, or a folder with all wheels, where there is no network",
    )
    .option("--mirror <url>", "a folder on the web with all wheels, in place of PyTorch's and NVIDIA's own")
    .option("--clean", "show what pinmem keeps in its cache, and remove it")
    .addHelpText(
      "after",
      `
Without an option: nothing where what npm installed works. Otherwise the addon is built where there is a C++ compiler, for a libtorch
of this machine or PyTorch's own build, which is downloaded (190 MB; HTTPS_PROXY and NO_PROXY are heeded; a download that broke off
goes on where it was; only the file whose SHA-256 is known is taken). Without a compiler npm's addon is taken with that build.
All of it goes into the cache: PINMEM_CACHE, or pinmem in the system's folder for caches.
With --cuda PyTorch's build for CUDA 13.0 is meant, for Linux on x86-64 with a driver of NVIDIA's from 580 on, and NVIDIA's libraries,
which are under licenses of its own: 16 files, 2.5 GB, for which 9 GB of the disk have to be free.

Examples:
  npx pinmem setup
  npx pinmem setup --cuda
  npx pinmem setup --libtorch /usr
  npx pinmem setup --clean

Exit codes: 0 done; 1 it could not be done, and the last line says why; 2 wrong usage; 130 interrupted.`,
    )
    .action(async (flags: SetupFlags, command: Command) => {
      const other = flags.clean ? "--clean only removes" : "--libtorch names one";
      const named = flags.libtorch !== undefined || flags.clean === true;
      refuseIdleOptions(command, [
        ["--from", named, other],
        ["--mirror", named || flags.from !== undefined, named ? other : "--from names a file"],
        ["--libtorch", flags.clean === true, other],
        ["--cuda", named, other],
      ]);
      await explained(() => (flags.clean ? clean() : setup(flags)));
    });
}

async function setup({ libtorch, from, mirror, cuda }: SetupFlags): Promise<void> {
  const { setUp } = await import("../libtorch/set-up.js");
  using stop = interruption("step");
  try {
    const result = await setUp({
      libtorch: libtorch === undefined ? undefined : resolve(libtorch),
      from: from === undefined ? undefined : resolve(from),
      mirror,
      cuda: cuda === true,
      report: createReporter(),
      signal: stop.signal,
    });
    const where = result.kind === "package" ? "npm's package" : "the cache";
    console.log(
      `${result.made ? "ready" : "nothing to do"}: libtorch ${result.libtorch}, with the addon of ${where} (${result.path})`,
    );
  } catch (error) {
    stop.check("what was downloaded is kept: run this again to go on");
    throw error;
  }
}

async function clean(): Promise<void> {
  const { cleanCache } = await import("../libtorch/clean-cache.js");
  const removed = await cleanCache();
  for (const { path, what, bytes } of removed)
    console.log(`removed ${path} (${what}, ${(bytes / 1e6).toFixed(1)} MB)`);
  if (removed.length === 0) console.log("there is nothing in the cache");
}
