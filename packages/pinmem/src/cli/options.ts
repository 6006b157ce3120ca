// Options that commands have in common, and what their values must look like: what is wrong on the command line itself is wrong
// usage (exit code 2), found before anything is opened.

import { existsSync } from "node:fs";
import { orWhat } from "@pinmem/core";
import { type Command, InvalidArgumentError, Option } from "commander";
import { parseAssignment } from "../recipes/assignment.js";
import { type WhichWeights, whichWeights } from "../training/which-weights.js";

/** Parses an option that must be a positive whole number. */
export function positive(text: string): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value > 0) return value;
  throw new InvalidArgumentError("It must be a positive whole number.");
}

/** Parses an option that must be a whole number. */
export function wholeNumber(text: string): number {
  const value = Number(text);
  if (text.trim() !== "" && Number.isSafeInteger(value) && value >= 0) return value;
  throw new InvalidArgumentError("It must be a whole number, 0 or more.");
}

/** Makes the parser of an option that must be a whole number within bounds. */
export const between =
  (least: number, most: number) =>
  (text: string): number => {
    const value = Number(text);
    if (text.trim() !== "" && Number.isInteger(value) && value >= least && value <= most) return value;
    throw new InvalidArgumentError(`It must be a whole number from ${least} to ${most}.`);
  };

/** Parses an option that says which weights of a run are meant. */
export function whichOfRun(text: string): WhichWeights {
  const found = whichWeights.find((one) => one === text);
  if (found) return found;
  throw new InvalidArgumentError("It must be best, last or average.");
}

/** Parses an option that says whose scores, noted while training, count. */
export function bestOrLast(text: string): "best" | "last" {
  if (text === "best" || text === "last") return text;
  throw new InvalidArgumentError("It must be best or last.");
}

/** What stands between commas as numbers; NaN for what is none. */
export const numbers = (text: string): number[] =>
  text.split(",").map((part) => (part.trim() === "" ? Number.NaN : Number(part)));

/** Parses sizes at which a network looks at an image, with commas between them. */
export function scales(text: string): number[] {
  const values = numbers(text);
  if (values.length <= 16 && values.every((value) => value >= 0.1 && value <= 4)) return values;
  throw new InvalidArgumentError("It must be at most 16 numbers from 0.1 to 4, with commas between them.");
}

/** Parses names with commas between them; an option that is repeated adds to them. */
export const names = (text: string, before: readonly string[] = []): string[] =>
  withNames(text.split(","), before);

function withNames(pieces: readonly string[], before: readonly string[]): string[] {
  const found = pieces.map((name) => name.trim()).filter((name) => name !== "");
  if (found.length > 0) return [...before, ...found];
  throw new InvalidArgumentError("It must be a name, or several with commas between them.");
}

/** Parses domains as `names` does, but that a comma may be in the path of a NAME=ROOT that is there. */
export function domainNames(text: string, before: readonly string[] = []): string[] {
  const pieces = text.split(",");
  const found: string[] = [];
  for (let at = 0; at < pieces.length; ) {
    const ends = pieces.slice(at).map((_, more) => at + more + 1);
    const whole = ends.find((end) => hasRoot(pieces.slice(at, end).join(",")));
    const end = (pieces[at]?.includes("=") && whole) || at + 1;
    found.push(pieces.slice(at, end).join(","));
    at = end;
  }
  return withNames(found, before);
}

const hasRoot = (name: string): boolean => existsSync(name.slice(name.indexOf("=") + 1).trim());

/** Makes the parser of names that are among `known`. */
export const namesOf =
  <Name extends string>(known: readonly Name[]) =>
  (text: string, before: readonly Name[] = []): Name[] => {
    const found = names(text) as Name[];
    const unknown = found.find((name) => !known.includes(name));
    if (unknown === undefined) return [...new Set([...before, ...found])];
    throw new InvalidArgumentError(`There is no "${unknown}"; ${orWhat(unknown, known)}`);
  };

/** `--set path=value`, which may be repeated. */
export const setOption = (description = "change a field of the recipe; may be repeated"): Option =>
  new Option("--set <path=value>", description)
    .default([], "none")
    .argParser((text, before: readonly string[]) => {
      const parsed = parseAssignment(text);
      if ("problem" in parsed) throw new InvalidArgumentError(parsed.problem);
      return [...before, text];
    });

/**
 * Lets an option be given by the name that it had in an earlier version, which the help no longer shows.
 * @param former the long flag with its value, such as "--run <folder>"
 * @param now the long flag of an option of the command, such as "--out"
 */
export function acceptFormer(command: Command, former: string, now: string): Command {
  const current = command.options.find(({ long }) => long === now);
  if (!current) throw new Error(`internal: ${command.name()} has no ${now}`);
  const old = new Option(former).hideHelp();
  const key = current.attributeName();
  if (current.parseArg) old.argParser((text, before) => current.parseArg?.(text, before as never));
  return command.addOption(old).hook("preAction", (_, acting) => {
    const value = acting.getOptionValue(old.attributeName());
    if (value === undefined) return;
    if (acting.getOptionValueSource(key) === "cli")
      acting.error(`error: ${old.long} is called ${now} now; leave ${old.long} out`, { exitCode: 2 });
    acting.setOptionValueWithSource(key, value, "cli");
    acting.setOptionValueWithSource(old.attributeName(), undefined, undefined);
  });
}

/** Reads a weight from 0 on, or auto. */
const weightOrAuto =
  ({ most, must }: { readonly most: number; readonly must: string }) =>
  (text: string): number | "auto" => {
    if (text === "auto") return text;
    const value = Number(text);
    if (/^\d*\.?\d+$/.test(text) && value <= most) return value;
    throw new InvalidArgumentError(must);
  };

/** `--vote`: what the memory's votes weigh among the logits. */
export const voteOption = (): Option =>
  new Option(
    "--vote <weight>",
    "of the memory's votes among the logits, such as 10; 0: none; auto: as calibrated (default: as trained)",
  ).argParser(weightOrAuto({ most: Number.MAX_VALUE, must: "It must be a number, 0 or more, or auto." }));

/** `--logit-adjustment`: how much of the sources' class frequencies is taken out of the logits. */
export const logitAdjustmentOption = (otherwise = "such as 0.3; auto: as calibrated (default: 0)"): Option =>
  new Option(
    "--logit-adjustment <weight>",
    `of the sources' class frequencies, taken out of the logits, ${otherwise}`,
  ).argParser(weightOrAuto({ most: 2, must: "It must be a number from 0 to 2, or auto." }));

/** `--device`: whether there is such a device is found out later. */
export const deviceOption = (): Option =>
  new Option("--device <name>", "cpu, cuda or cuda:N").default("cpu").argParser((text) => {
    if (/^(cpu|cuda(:\d{1,3})?)$/.test(text)) return text;
    throw new InvalidArgumentError("It must be cpu, cuda or such as cuda:1.");
  });
