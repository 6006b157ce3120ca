import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Command } from "commander";
import { describe, expect, test } from "vitest";
import { runCli } from "../../test/run-cli.js";
import { createProgram } from "./main.js";

const root = fileURLToPath(new URL("../../../..", import.meta.url));

const run = (...words: string[]) => runCli(...words);

describe("pinmem", () => {
  test("lists its commands, each with a description", async () => {
    const { code, text } = await run("--help");
    expect(code).toBe(0);
    for (const { name, description } of (await createProgram()).commands.map((command) => ({
      name: command.name(),
      description: command.description(),
    }))) {
      expect(description).toMatch(/\.$/);
      expect(text).toContain(`  ${name} `);
    }
  });

  test("gives every command an example and its exit codes", async () => {
    const paths = (command: Command, before: readonly string[] = []): string[][] =>
      command.commands.flatMap((sub) => {
        const path = [...before, sub.name()];
        const own = sub.commands.length === 0 || sub.registeredArguments.length > 0 ? [path] : [];
        return [...own, ...paths(sub as Command, path)];
      });
    const all = paths(await createProgram());
    expect(all.length).toBeGreaterThan(12);
    for (const path of all) {
      const { text } = await run(...path, "--help");
      expect(text).toMatch(new RegExp(`Examples?:\\n  npx pinmem ${path.join(" ")}\\b`));
      expect(text).toMatch(/Exit codes: 0 .*; 1 .*; 2 wrong usage/);
    }
  });

  test("points to the help of the command that was used wrongly, below others too", async () => {
    for (const [words, hint] of [
      [["train", "x", "--stpes", "3"], "(pinmem train --help lists its options)"],
      [["data", "check", "x", "--rot", "y"], "(pinmem data check --help lists its options)"],
      [["evaluate", "merge", "x", "--ot", "y"], "(pinmem evaluate merge --help lists its options)"],
      [["trian"], "(pinmem --help lists the commands)"],
    ] as const) {
      const { err, code } = await run(...words);
      expect([code, err.trimEnd().split("\n").at(-1)]).toEqual([2, hint]);
    }
  });

  test("tells in a line that libtorch is missing, and gives its help all the same", () => {
    const pinmem = (...words: string[]) =>
      spawnSync(process.execPath, ["packages/pinmem/bin/pinmem.mjs", ...words], {
        cwd: root,
        encoding: "utf8",
        env: { ...process.env, LIBTORCH: "/nowhere" },
      });
    for (const words of [["--help"], ["weights", "--help"]]) {
      expect(pinmem(...words)).toMatchObject({ status: 0, stderr: "" });
    }
    for (const words of [["train", "recipes/demo.mjs"], ["weights", "inspect", "x"], ["demo"]]) {
      const { status, stderr } = pinmem(...words);
      expect(stderr).toMatch(/^.*npm run setup.*\n$/);
      expect(status).toBe(1);
    }
  });

  test("loads only the command that is asked for", async () => {
    const names = async (name?: string) =>
      (await createProgram(name)).commands.map((command) => command.name());
    expect(await names("doctor")).toEqual(["doctor"]);
    expect(await names()).toContain("data");
    expect(await names("toString")).toEqual(await names());
  });

  test("meets a mistyped command or option with the one that was meant, and exit code 2", async () => {
    expect(await run("doctr")).toMatchObject({
      code: 2,
      text: expect.stringContaining("Did you mean doctor?"),
    });
    expect(await run("doctor", "--jsn")).toMatchObject({
      code: 2,
      text: expect.stringContaining("Did you mean --json?"),
    });
  });

  test("ends quietly where nobody reads on, as after `| head`", () => {
    const command = `${JSON.stringify(process.execPath)} packages/pinmem/bin/pinmem.mjs --help | true; echo "\${PIPESTATUS[0]}"`;
    const { stdout, stderr } = spawnSync("bash", ["-c", command], { cwd: root, encoding: "utf8" });
    expect(stdout).toMatch(/^(0|141)\n$/); // 0 where all was written before the reader went.
    expect(stderr).toBe("");
  });

  test.runIf(existsSync("/dev/full"))(
    "says so, and exits with 1, where the disk takes no more of its output",
    () => {
      const command = `${JSON.stringify(process.execPath)} packages/pinmem/bin/pinmem.mjs recipes --json > /dev/full`;
      const { status, stderr } = spawnSync("bash", ["-c", command], { cwd: root, encoding: "utf8" });
      expect(stderr).toBe(
        "standard output: cannot be written: the disk is full. Free some space, then run this again\n",
      );
      expect(status).toBe(1);
    },
  );

  test("names the line of a recipe that is not written as a module must be", () => {
    const folder = mkdtempSync(join(tmpdir(), "pinmem-cli-"));
    const file = join(folder, "mistyped.mjs");
    writeFileSync(file, "export default {\n  name: 'a'\n  seed: 1 };");
    const { status, stderr } = spawnSync(
      process.execPath,
      ["packages/pinmem/bin/pinmem.mjs", "train", file],
      {
        cwd: root,
        encoding: "utf8",
      },
    );
    rmSync(folder, { recursive: true });
    expect(stderr).toBe(
      `train: ${file} cannot be used:\n  does not run, line 3: Unexpected identifier 'seed'\n`,
    );
    expect(status).toBe(1);
  });

  test("tells its version", async () => {
    expect(await run("--version")).toMatchObject({
      code: 0,
      text: expect.stringMatching(/^\d+\.\d+\.\d+$/),
    });
  });
});
