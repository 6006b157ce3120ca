import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, type OnTestFinishedHandler, test } from "vitest";
import { zeros } from "../index.js";
import { initProcessGroup } from "./init.js";
import { isAvailable } from "./native-groups.js";
import { freePort } from "./testing.js";

/** A rank in a process of its own, which connects once it is told to, and never comes to anything else. */
async function otherRank(
  masterPort: number,
  onTestFinished: (handler: OnTestFinishedHandler) => void,
): Promise<ChildProcess> {
  const library = pathToFileURL(join(import.meta.dirname, "../../dist/index.js")).href;
  const program = `
    import { distributed } from ${JSON.stringify(library)};
    process.stdout.write("ready");
    await new Promise((resolve) => process.stdin.once("data", resolve));
    await distributed.initProcessGroup({ rank: 1, worldSize: 2, masterPort: ${masterPort}, timeout: 20_000 });
    process.stdout.write("connected");
  `;
  const child = spawn(process.execPath, ["--input-type=module", "-e", program], {
    stdio: ["pipe", "pipe", "ignore"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  await said(child);
  return child;
}

const said = (child: ChildProcess) => new Promise((resolve) => child.stdout?.once("data", resolve));

// They mostly wait.
describe.skipIf(!isAvailable())("a group", { concurrent: true }, () => {
  test.for([
    ["is killed", "SIGKILL", /allReduce on rank 0 of 2: the connection to another rank broke/],
    ["hangs", "SIGSTOP", /allReduce on rank 0 of 2: no answer from another rank within 2 s/],
  ] as const)(
    "says on the others that a rank %s",
    { timeout: 30_000 },
    async ([_, signal, problem], { onTestFinished }) => {
      const masterPort = await freePort();
      const child = await otherRank(masterPort, onTestFinished);
      const connecting = initProcessGroup({ rank: 0, worldSize: 2, masterPort, timeout: 2000 });
      const other = said(child);
      setTimeout(() => child.stdin?.write("go"), 50);
      const group = await connecting;
      await other;
      const waiting = group.allReduce(zeros([4]));
      setTimeout(() => child.kill(signal), 50);
      await expect(waiting).rejects.toThrow(problem);
      await group.destroy();
    },
  );

  test("says after the timeout that a store does not answer", async ({ onTestFinished }) => {
    const server = createServer((socket) => socket.resume()).listen(0, "127.0.0.1");
    onTestFinished(() => void server.close());
    await once(server, "listening");
    const { port: masterPort } = server.address() as { port: number };
    await expect(initProcessGroup({ rank: 1, worldSize: 2, masterPort, timeout: 1000 })).rejects.toThrow(
      /the store, which rank 0 hosts, did not answer within [13] s: .*another program/,
    );
  });
});
