// Blocks of code from documents as files in a folder inside the package, where they find the packages as a user's program
// would; compiled all at once. TypeScript is run as compiled, JavaScript as printed.

import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { renderStreet } from "@pinmem/streets";
import sharp from "sharp";
import { exportRun } from "../../src/export/export-run.js";
import { miniRecipe, ownProcess } from "../mini-recipe.js";
import { untrainedRun } from "../untrained-run.js";
import { type Block, root } from "./documents.js";

const compilerOptions = {
  target: "ES2022",
  lib: ["ES2023", "ESNext.Disposable"],
  module: "nodenext",
  types: ["node"],
  strict: true,
  noUncheckedIndexedAccess: true,
  skipLibCheck: true,
  outDir: "compiled",
  rootDir: "source",
};

/** Between what one block prints and the next. */
const MARK = "\x1e";

/** Of a block that is a file of the reader's, where it goes; null for a program. */
export const pathOfFile = ({ text }: Block): string | null =>
  /^\/\/ (packages\/\S+\.ts)\n/.exec(text)?.[1] ?? null;

export class CodeFolder {
  readonly #path: string;
  /** What the compiler said, each with the place in the document. */
  readonly complaints: readonly string[];

  private constructor(
    path: string,
    readonly blocks: readonly Block[],
  ) {
    this.#path = path;
    mkdirSync(join(path, "source"));
    for (const [at, block] of blocks.entries()) {
      writeFileSync(join(path, `source/block-${at}.mts`), this.#resolved(block));
      writeFileSync(join(path, `block-${at}.js.mjs`), block.text);
    }
    writeFileSync(join(path, "tsconfig.json"), JSON.stringify({ compilerOptions, include: ["source"] }));
    const tsc = join(root, "node_modules/typescript/bin/tsc");
    const { stdout } = spawnSync(process.execPath, [tsc, "-p", ".", "--pretty", "false"], {
      cwd: path,
      encoding: "utf8",
    });
    this.complaints = stdout
      .trim()
      .split(/\n(?! )/)
      .filter((line) => line !== "")
      .map((line) => this.#withPlace(line));
  }

  static create(blocks: readonly Block[]): CodeFolder {
    const folder = new CodeFolder(mkdtempSync(join(root, "packages/pinmem/test/.documents-")), blocks);
    mkdirSync(folder.inHome());
    return folder;
  }

  /** Puts there what programs in documents ask for: a run, an exported one and photographs. */
  async furnish(): Promise<void> {
    const home = this.inHome();
    untrainedRun(join(home, "runs/NAME"), { recipe: miniRecipe(ownProcess) });
    mkdirSync(join(home, "exported"));
    await exportRun(join(home, "runs/NAME"), { out: join(home, "exported/NAME"), verify: false });
    const { image } = renderStreet({ domain: "dusk", seed: 1, index: 0, width: 96, height: 64 });
    const photo = sharp(image, { raw: { width: 96, height: 64, channels: 3 } });
    mkdirSync(join(home, "photos"));
    await photo.jpeg().toFile(join(home, "photo.jpg"));
    await photo.jpeg().toFile(join(home, "photos/1.jpg"));
  }

  /** In a file of the reader's, what stands beside it is imported as it is compiled. */
  #resolved(block: Block): string {
    const path = pathOfFile(block);
    if (path === null) return block.text;
    const compiled = dirname(join(root, path)).replace("/src/", "/dist/");
    return block.text.replace(
      /from "(\.[^"]+)"/g,
      (_, specifier: string) =>
        `from "${relative(join(this.#path, "compiled"), resolve(compiled, specifier))}"`,
    );
  }

  #withPlace(line: string): string {
    const [, at = "", row = "", rest = ""] =
      /^source\/block-(\d+)\.mts\((\d+),\d+\): (.*)$/s.exec(line) ?? [];
    const block = this.blocks[Number(at)];
    if (at === "" || !block) return line;
    const [, path, first] = /^(.*):(\d+)$/.exec(block.place) ?? [];
    return `${path}:${Number(first) + Number(row)}: ${rest}`;
  }

  /** The file of a block as Node runs it. */
  fileOf(block: Block): string {
    const at = this.blocks.indexOf(block);
    return join(this.#path, block.language === "ts" ? `compiled/block-${at}.mjs` : `block-${at}.js.mjs`);
  }

  /**
   * Runs blocks where the things lie that they ask for, one after the other in one process, which loads the packages once. An
   * error ends the block that throws it and is what it says; the process has to end by itself.
   */
  runAll(blocks: readonly Block[]): { status: number | null; said: { stdout: string; stderr: string }[] } {
    const program = join(this.#path, "all.mjs");
    writeFileSync(
      program,
      `for (const file of ${JSON.stringify(blocks.map((block) => this.fileOf(block)))}) {
        for (const stream of [process.stdout, process.stderr]) stream.write(${JSON.stringify(MARK)});
        await import(file).catch(console.error);
      }`,
    );
    const { status, stdout, stderr } = this.runFile(program);
    const [out, err] = [stdout, stderr].map((text) => text.split(MARK).slice(1));
    return { status, said: blocks.map((_, at) => ({ stdout: out?.[at] ?? "", stderr: err?.[at] ?? "" })) };
  }

  runFile(file: string, ...args: string[]): { status: number | null; stdout: string; stderr: string } {
    return spawnSync(process.execPath, [file, ...args], { cwd: join(this.#path, "home"), encoding: "utf8" });
  }

  /** A path in the folder where blocks are run. */
  inHome(...parts: string[]): string {
    return join(this.#path, "home", ...parts);
  }

  remove(): void {
    rmSync(this.#path, { recursive: true });
  }
}
