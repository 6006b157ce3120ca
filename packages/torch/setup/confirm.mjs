// Asking before something is installed. Without a terminal, or in continuous integration, nobody can answer: go on.

import { createInterface } from "node:readline/promises";

/**
 * @param {string} question
 * @returns {Promise<boolean>} true also for an empty answer
 */
export async function confirmOnTerminal(question) {
  if (!process.stdin.isTTY || !process.stdout.isTTY || process.env.CI) return true;
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  try {
    const answer = await terminal.question(`${question} [Y/n] `);
    return /^(y|yes)?$/i.test(answer.trim());
  } catch {
    return false; // The terminal was closed, or Ctrl-C pressed.
  } finally {
    terminal.close();
  }
}
