import { describe, expect, it } from "vitest";
import { launch } from "./launch.js";

const node = (program: string) => [process.execPath, "-e", program];

const run = async (program: string, more: Partial<Parameters<typeof launch>[0]> = {}) => {
  const lines: string[] = [];
  const begin = performance.now();
  const result = await launch({
    count: 3,
    command: node(program),
    onLine: (rank, line) => lines.push(`${rank}: ${line}`),
    ...more,
  });
  return { ...result, lines, seconds: (performance.now() - begin) / 1000 };
};

// They mostly wait.
describe.concurrent("launch", () => {
  it("starts ranks that know their places, and tells what they print", async () => {
    const { lines, failed } = await run(
      "const e = process.env; console.error(e.RANK, e.WORLD_SIZE, e.LOCAL_RANK, e.LOCAL_WORLD_SIZE, e.MASTER_ADDR, e.PINMEM_TIMEOUT)",
      { count: 2, nodes: 2, node: 1, timeout: 7, master: { address: "gpu0", port: 4000 } },
    );
    expect(failed).toBeNull();
    expect(lines.sort()).toEqual(["2: 2 4 0 2 gpu0 7", "3: 3 4 1 2 gpu0 7"]);
  });

  it("names the first that fails, and ends the others within 5 s, also those that do not listen", async () => {
    const { failed, seconds } = await run(
      `process.on("SIGTERM", () => {});
       if (process.env.RANK === "1") setTimeout(() => process.exit(3), 100); else setInterval(() => {}, 1000);`,
    );
    expect(failed).toEqual({ rank: 1, how: "exit code 3" });
    expect(seconds).toBeLessThan(8);
  }, 20_000);

  it("tells of a signal that ended one, and of an interruption", async () => {
    const killed = await run(
      'if (process.env.RANK === "2") process.kill(process.pid, "SIGKILL"); else setTimeout(() => {}, 300);',
    );
    expect(killed.failed).toEqual({ rank: 2, how: "SIGKILL" });
    const stop = new AbortController();
    setTimeout(() => stop.abort(), 600);
    const stopped = await run(
      'process.on("SIGTERM", () => process.exit(130)); setInterval(() => {}, 1000);',
      {
        signal: stop.signal,
        count: 2,
      },
    );
    expect(stopped).toMatchObject({ failed: null, interrupted: true });
  }, 20_000);
});
