import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, utimesSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { withLock } from "./lock.mjs";
import { temporaryFolder } from "./testing.js";

/** A lock as its owner left it. */
function leaveLock(
  folder: string,
  { pid, host = hostname(), age = 0 }: { pid: number; host?: string; age?: number },
): string {
  const path = join(folder, ".lock");
  mkdirSync(path);
  writeFileSync(join(path, "owner.json"), JSON.stringify({ pid, host, token: "old" }));
  const time = new Date(Date.now() - age);
  utimesSync(path, time, time);
  return path;
}

/** The number of a process that has ended. */
async function endedProcess(): Promise<number> {
  const child = spawn(process.execPath, ["-e", ""]);
  await new Promise((resolve) => child.on("close", resolve));
  return child.pid ?? 0;
}

describe("withLock", () => {
  test("lets one at a time in, whatever the number of waiters", async () => {
    const path = join(temporaryFolder(), ".lock");
    let inside = 0;
    let most = 0;
    const visit = () =>
      withLock(
        path,
        async () => {
          inside += 1;
          most = Math.max(most, inside);
          await wait(5);
          inside -= 1;
        },
        { poll: 1 },
      );
    await Promise.all(Array.from({ length: 12 }, visit));
    expect(most).toBe(1);
    expect(existsSync(path)).toBe(false);
  });

  test("separates processes that take over one abandoned lock at the same moment", async () => {
    const folder = temporaryFolder();
    const path = leaveLock(folder, { pid: await endedProcess() });
    const log = join(folder, "log");
    const script = `
      import { appendFileSync } from "node:fs";
      import { setTimeout as wait } from "node:timers/promises";
      import { withLock } from ${JSON.stringify(new URL("./lock.mjs", import.meta.url).href)};
      await withLock(${JSON.stringify(path)}, async () => {
        appendFileSync(${JSON.stringify(log)}, "in ");
        await wait(20);
        appendFileSync(${JSON.stringify(log)}, "out ");
      }, { poll: 1 });`;
    const codes = await Promise.all(
      Array.from({ length: 6 }, () => {
        const child = spawn(process.execPath, ["--input-type=module", "-e", script], { stdio: "inherit" });
        return new Promise((resolve) => child.on("close", resolve));
      }),
    );
    expect(codes).toEqual([0, 0, 0, 0, 0, 0]);
    expect(readFileSync(log, "utf8")).toBe("in out ".repeat(6));
    expect(existsSync(path)).toBe(false);
  });

  test("is free again after the work has failed", async () => {
    const path = join(temporaryFolder(), ".lock");
    const failing = withLock(path, () => Promise.reject(new Error("no")));
    await expect(failing).rejects.toThrow("no");
    expect(await withLock(path, async () => 7)).toBe(7);
  });

  test("is taken over at once from a process of this machine that has ended", async () => {
    const path = leaveLock(temporaryFolder(), { pid: await endedProcess() });
    expect(await withLock(path, async () => "mine", { timeout: 0 })).toBe("mine");
  });

  test("stays with a process of this machine that runs, however long it has slept", async () => {
    const path = leaveLock(temporaryFolder(), { pid: process.ppid, age: 3_600_000 });
    await expect(withLock(path, async () => 0, { timeout: 20, poll: 5 })).rejects.toThrow(
      `another set-up (process ${process.ppid} on`,
    );
  });

  test("is taken over from another machine only after a minute without renewal", async () => {
    const folder = temporaryFolder();
    const path = leaveLock(folder, { pid: 1, host: "elsewhere", age: 30_000 });
    const waiting: unknown[] = [];
    const attempt = withLock(path, async () => 0, {
      timeout: 20,
      poll: 5,
      onWait: (owner) => waiting.push(owner),
    });
    await expect(attempt).rejects.toThrow(/another set-up \(process 1 on elsewhere\).*remove .*\.lock/);
    expect(waiting).toEqual([{ pid: 1, host: "elsewhere", token: "old" }]);
    const old = new Date(Date.now() - 61_000);
    utimesSync(path, old, old);
    expect(await withLock(path, async () => "mine", { timeout: 0 })).toBe("mine");
    expect(readdirSync(folder)).toEqual([".lock.abandoned-old"]);
  });
});
