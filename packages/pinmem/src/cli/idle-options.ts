// Options that would be ignored beside others, or without them: refused, so that nobody waits for an effect.

import type { Command } from "commander";

/** A long flag, whether it has no effect here, and why, as a whole clause. */
export type IdleRule = readonly [flag: string, isIdle: boolean, why: string];

/** Ends the command as wrong usage where an option was given that has no effect. */
export function refuseIdleOptions(command: Command, rules: readonly IdleRule[]): void {
  for (const [flag, isIdle, why] of rules) {
    const option = command.options.find(({ long }) => long === flag);
    if (!option) throw new Error(`internal: ${command.name()} has no ${flag}`);
    if (isIdle && command.getOptionValueSource(option.attributeName()) === "cli") {
      command.error(`error: ${flag} has no effect here: ${why}; leave it out`, { exitCode: 2 });
    }
  }
}

/** Whether one of the assignments ("path=value") sets a field, or a part of it. */
export const sets = (assignments: readonly string[], field: string): boolean =>
  assignments.some((assignment) => {
    const [path = ""] = assignment.split("=", 1);
    return path === field || path.startsWith(`${field}.`);
  });
