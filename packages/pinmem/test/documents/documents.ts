// The documents of this repository, their blocks of code, and the commands that they show. What is written there is tried by
// the tests beside this file: commands by the real command line (commands.test.ts), code by the compiler and by Node
// (code.test.ts), links (links.test.ts), and what some commands print (transcripts.test.ts).

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** The root of the checkout, with a slash at its end. */
export const root = fileURLToPath(new URL("../../../../", import.meta.url));

export interface Document {
  /** Relative to the root. */
  readonly path: string;
  readonly text: string;
}

export interface Block {
  /** As in `README.md:12`: where it begins. */
  readonly place: string;
  readonly path: string;
  /** "ts", "js", "sh", "text", … */
  readonly language: string;
  readonly text: string;
  /** The block of text that follows right after: what it prints. */
  readonly output: string | undefined;
}

const filesBelow = (folder: string, ending: string): string[] =>
  (readdirSync(join(root, folder), { recursive: true }) as string[])
    .filter((name) => name.endsWith(ending) && !name.includes("node_modules"))
    .map((name) => join(folder, name));

/** Everything written in Markdown for readers. */
export const documents: readonly Document[] = [
  ...readdirSync(root).filter((name) => name.endsWith(".md")),
  ...filesBelow("docs", ".md"),
  ...readdirSync(join(root, "packages")).map((name) => join("packages", name, "README.md")),
  "bench/README.md",
  "recipes/README.md",
].map((path) => ({ path, text: readFileSync(join(root, path), "utf8") }));

/** Programs and recipes whose first lines say how to use them. */
const programs: readonly Document[] = ["examples", "recipes", "packages/pinmem/scripts"]
  .flatMap((folder) => filesBelow(folder, ".mjs"))
  .map((path) => ({ path, text: readFileSync(join(root, path), "utf8") }));

export function blocksOf({ path, text }: Document): Block[] {
  const found = [...text.matchAll(/^ {0,3}```(\w+)\n([\s\S]*?)^ {0,3}```$/gm)];
  return found.map((match, at) => {
    const [whole, language = "", content = ""] = match;
    const next = found[at + 1];
    const follows = next !== undefined && text.slice(match.index + whole.length, next.index).trim() === "";
    return {
      place: `${path}:${lineOf(text, match.index)}`,
      path,
      language,
      text: content,
      output: follows && next[1] === "text" ? next[2] : undefined,
    };
  });
}

export const blocks: readonly Block[] = documents.flatMap(blocksOf);

/** A piece of shell that a reader may type. */
export interface Shown {
  readonly place: string;
  readonly shell: string;
  /** Shown within a sentence or a table: may be the bare name of a command. */
  readonly inline: boolean;
}

/** All that is shown as a command line: blocks, code within sentences, first lines of programs. */
export function shownCommands(): Shown[] {
  return [
    ...blocks.flatMap(({ language, place, text }) =>
      language === "sh" ? [{ place, shell: text, inline: false }] : [],
    ),
    ...documents.flatMap(inlineCommands),
    ...programs.flatMap(commentCommands),
  ];
}

const start = String.raw`(?:[A-Z_]+=\S+ )*(?:npx |npm (?:run|test|ci)|(?:exec )?node \S+\.mjs|pinmem )`;

function inlineCommands({ path, text }: Document): Shown[] {
  const prose = text.replace(/^ {0,3}```[\s\S]*?^ {0,3}```$/gm, (block) => block.replace(/[^\n]/g, " "));
  return [...prose.matchAll(/`([^`]+)`/g)].flatMap(({ 1: code = "", index }) =>
    new RegExp(`^${start}`).test(`${code} `)
      ? [{ place: `${path}:${lineOf(text, index)}`, shell: code.replace(/\s+/g, " "), inline: true }]
      : [],
  );
}

/** `//   npx pinmem …` in the lines that open a file, continued after a backslash. */
function commentCommands({ path, text }: Document): Shown[] {
  const opening = text.slice(0, text.search(/^(?!\/\/)/m)).replace(/\\\n\/\/ */g, "");
  return [...opening.matchAll(/^\/\/ (?: {2}|Usage: )(.*)$/gm)].flatMap(({ 1: shell = "", index }) =>
    new RegExp(`^${start}`).test(shell)
      ? [{ place: `${path}:${lineOf(opening, index)}`, shell, inline: false }]
      : [],
  );
}

function lineOf(text: string, index: number): number {
  return text.slice(0, index).split("\n").length;
}
