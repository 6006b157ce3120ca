// `pinmem studio`: runs in the browser. What runs are is known here; the server (@pinmem/studio) is handed files and functions.

import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { Command, Option } from "commander";
import { interruption } from "./interruption.js";
import { type NormalizeFlag, normalizationOf, normalizeOption } from "./normalize-option.js";
import { between, domainNames, positive } from "./options.js";
import { explained } from "./running.js";

interface StudioFlags {
  readonly pictures?: string[];
  readonly on?: string[];
  readonly limit: number;
  readonly normalize?: NormalizeFlag;
  readonly host?: string;
  readonly port?: number;
  readonly open?: true;
  readonly export?: string;
  readonly engine: "page" | "torch";
}

export function studioCommand(): Command {
  return new Command("studio")
    .description("See, compare and teach runs in the browser; nothing leaves this machine.")
    .argument("<runs...>", "folders of runs, finished or in training, or of exported models")
    .option("--pictures <paths...>", "pictures to offer: files, or folders with all below them")
    .option(
      "--on <names>",
      "labeled pictures of domains, as evaluate names them (default: validation and targets of the first run; none with --pictures)",
      domainNames,
    )
    .option("--limit <count>", "of each domain only so many pictures, spread evenly", positive, 24)
    .addOption(normalizeOption("image:auto of calibrated runs, otherwise trained"))
    .option(
      "--host <name>",
      "be reached from elsewhere by this name or address; needs the token that is printed",
    )
    .option("--port <number>", "of this machine (default: a free one)", between(1, 65_535))
    .option("--open", "open the browser")
    .addOption(
      new Option("--engine <name>", "what computes: the page, or libtorch in this process, for large models")
        .choices(["page", "torch"])
        .default("page"),
    )
    .option(
      "--export <folder>",
      "write a static site of it instead, for any web server; nothing may lie there",
    )
    .addHelpText(
      "after",
      `
Drop pictures into the page to segment them; brush classes to teach the memory; look into it; compare runs; follow a training. A run
is exported on first use, into RUN/studio, where adapted runs are saved too; nothing else of a run is written. Of a run
that is calibrated each picture decides how it is looked at, unless the page says otherwise; with --normalize image:W the page sets the
weight of each picture's own statistics.

Examples:
  npx pinmem studio runs/demo --open
  npx pinmem studio runs/erm-1 runs/pin-memory-1 --on streets:night,streets:fog
  npx pinmem studio runs/demo --pictures photos --export site

Ctrl-C ends it.

Exit codes: 0 done; 1 it could not be done, and the last line says why; 2 wrong usage; 130 interrupted.`,
    )
    .action((runs: string[], flags: StudioFlags) => explained(() => studio(runs, flags)));
}

async function studio(paths: readonly string[], flags: StudioFlags): Promise<void> {
  const [{ startStudio, exportStudio }, { openStudioRun }, { openStudioPictures }] = await Promise.all([
    import("@pinmem/studio"),
    import("./studio/studio-run.js"),
    import("./studio/studio-pictures.js"),
  ]);
  const { normalize, place } = flags.normalize
    ? await normalizationOf(flags.normalize)
    : { normalize: null, place: null };
  const runs = await Promise.all(
    paths.map((path) => openStudioRun(path, { normalize, place, engine: flags.engine })),
  );
  const { pictures, note } = await openStudioPictures(paths, flags);
  if (note !== null) console.error(note);
  for (const { path, compute } of runs)
    if (flags.engine === "torch" && compute === null)
      console.error(`${path} is an exported model: the page computes it`);
  const content = { runs, pictures, version: version() };
  if (flags.export !== undefined) {
    const { lines } = await exportStudio({ ...content, out: flags.export });
    console.log(lines.join("\n"));
    return;
  }
  using interrupt = interruption("request");
  await using server = await startStudio({
    ...content,
    ...(flags.host !== undefined && { host: flags.host }),
    ...(flags.port !== undefined && { port: flags.port }),
  });
  console.log(server.address);
  if (flags.open) openBrowser(server.address);
  await new Promise<void>((resolve) => {
    // Keeps the process; the server alone would, too, but a signal has to end it in good order.
    interrupt.signal.addEventListener("abort", () => resolve(), { once: true });
  });
  interrupt.check("the studio is closed");
}

const version = (): string =>
  (
    JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")) as {
      readonly version: string;
    }
  ).version;

/** The system's own way; where it has none, the address is printed all the same. */
function openBrowser(address: string): void {
  const command = { darwin: "open", win32: "explorer" }[process.platform as string] ?? "xdg-open";
  const child = spawn(command, [address], { stdio: "ignore", detached: true });
  child.on("error", () => console.error(`${command} is not there; open the address yourself`));
  child.unref();
}
