// What may happen to processes on several machines: each fault ends in a clear error on all that are left, in time, and the run goes on
// to the same bytes as one that was never disturbed. Machines are network namespaces, programs are those of users.

import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { distributed } from "@pinmem/torch";
import { describe, expect, it } from "vitest";
import { canIsolate, Network } from "../../../../bench/lib/network.js";
import { temporaryFolder } from "../../test/data-fixtures.js";
import { folderOfLabels } from "../../test/label-folders.js";
import { miniRecipe, ownProcess, tinyData } from "../../test/mini-recipe.js";
import { full } from "../../test/scope.js";
import { freePort } from "../processes/free-port.js";
import type { RecipeInput } from "../recipes/recipe.js";

const program = join(import.meta.dirname, "../../bin/pinmem.mjs");
const root = temporaryFolder();
/** Of the processes with one another, in seconds. */
const PATIENCE = 5;
/** For an end, once its reason is known; on a busy machine, and with 2 s in which a store that is gone may still answer. */
const END = 8;
/** So many that a fault after the second comes before the last. */
const STEPS = 8;

let turn: Promise<unknown> = Promise.resolve();
/**
 * What keeps cores busy, one after the other: processes that all begin at once would wait for those that they belong to longer than
 * `PATIENCE`. Tests that only wait for an end go on meanwhile.
 */
function inTurn<T>(body: () => Promise<T>): Promise<T> {
  const own = turn.then(body, body);
  turn = own;
  return own;
}

let files = 0;
function recipe(more: Partial<RecipeInput> = {}): string {
  const file = join(root, `recipe-${files++}.json`);
  const small = miniRecipe({
    ...ownProcess,
    method: { name: "erm" },
    validation: { every: 100_000, preciseBatchNorm: 0 },
    checkpoints: { every: 1, keep: 2 },
    threads: 1,
    data: tinyData(),
    ...more,
  });
  writeFileSync(file, JSON.stringify(small));
  return file;
}
const endless = () => recipe({ length: { steps: 100_000 } });

interface Rank extends Disposable {
  readonly child: ChildProcess;
  readonly said: () => string;
  /** The exit code or signal, and when. */
  readonly ended: Promise<{ code: number | string | null; at: number }>;
}

function watched(child: ChildProcess): Rank {
  const said: string[] = [];
  for (const stream of [child.stdout, child.stderr])
    stream?.on("data", (bytes: Buffer) => said.push(String(bytes)));
  return {
    child,
    said: () => said.join(""),
    ended: new Promise((resolve) => {
      child.once("close", (code, signal) => resolve({ code: code ?? signal, at: performance.now() }));
    }),
    [Symbol.dispose]: () => void child.kill("SIGKILL"),
  };
}

interface Place {
  readonly rank: number;
  readonly size?: number;
  readonly port: number;
  readonly words: readonly string[];
  readonly network?: Network;
}

function start({ rank, size = 2, port, words, network }: Place): Rank {
  const env = {
    ...process.env,
    OMP_NUM_THREADS: "1",
    PINMEM_TIMEOUT: String(PATIENCE),
    RANK: String(rank),
    WORLD_SIZE: String(size),
    LOCAL_RANK: "0",
    MASTER_ADDR: network?.address(0) ?? "127.0.0.1",
    MASTER_PORT: String(port),
  };
  const alone = [process.execPath, program, "train", ...words] as const;
  const [command, ...rest] = network ? network.on(rank, alone) : alone;
  return watched(spawn(command, rest, { stdio: ["ignore", "pipe", "pipe"], env }));
}

/** Two ranks, on machines of their own. */
class Pair implements Disposable {
  readonly network = new Network(2);
  readonly ranks: readonly [Rank, Rank];

  constructor(words: readonly string[]) {
    const place = { port: 29_500, words, network: this.network };
    this.ranks = [start({ ...place, rank: 0 }), start({ ...place, rank: 1 })];
  }

  /** As far as `steps`, which they write to `out`. */
  static async begun(words: readonly string[], out: string, steps: number): Promise<Pair> {
    const pair = new Pair([...words, "--out", out]);
    try {
      await untilSteps(out, steps, pair);
      return pair;
    } catch (error) {
      pair[Symbol.dispose]();
      throw error;
    }
  }

  /** The exit codes or signals of both. */
  async ends(): Promise<(number | string | null)[]> {
    return Promise.all(this.ranks.map(async ({ ended }) => (await ended).code));
  }

  [Symbol.dispose](): void {
    for (const rank of this.ranks) rank[Symbol.dispose]();
    this.network[Symbol.dispose]();
  }
}

const stepsIn = (out: string): number =>
  existsSync(join(out, "events.jsonl"))
    ? readFileSync(join(out, "events.jsonl"), "utf8").split('"event":"step"').length - 1
    : 0;

async function untilSteps(out: string, count: number, { ranks }: Pair): Promise<void> {
  const end = performance.now() + 60_000;
  while (stepsIn(out) < count) {
    if (performance.now() > end) throw new Error(`no step: ${ranks.map(({ said }) => said()).join("\n")}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

let outs = 0;
const newOut = () => join(root, `run-${outs++}`);

const weightsOf = (out: string) => readFileSync(join(out, "last.safetensors"));

describe.skipIf(!full || !distributed.isAvailable() || !canIsolate())(
  "processes on several machines",
  { timeout: 300_000, concurrent: true },
  () => {
    it.each<[string, (pair: Pair) => void, survivors: number[], RegExp, number]>([
      [
        "one is killed",
        ({ ranks: [, second] }) => second.child.kill("SIGKILL"),
        [0],
        /rank 0 of 2: the connection to another rank broke/,
        5,
      ],
      [
        "one hangs",
        ({ ranks: [, second] }) => second.child.kill("SIGSTOP"),
        [0],
        /rank 0 of 2: no answer from another rank within 5 s/,
        PATIENCE + END,
      ],
      [
        "the first hangs",
        ({ ranks: [first] }) => first.child.kill("SIGSTOP"),
        [1],
        /rank 1 of 2: no answer from another rank within 5 s/,
        PATIENCE + END,
      ],
      [
        "a cable is pulled",
        ({ network }) => network.cut(1),
        [0, 1],
        /rank [01] of 2: no answer from another rank within 5 s/,
        PATIENCE + END,
      ],
      [
        "a link is far too slow",
        ({ network }) => network.limit(1, 200_000),
        [0, 1],
        /rank [01] of 2: (no answer from another rank within 5 s|the connection to another rank broke)/,
        PATIENCE + END,
      ],
    ])(
      "end in an error in time where %s, and go on from the checkpoint",
      async (_, fault, left, problem, limit) => {
        const out = newOut();
        let since = 0;
        using pair = await inTurn(async () => {
          const begun = await Pair.begun([endless()], out, 2); // The first of them is saved.
          fault(begun);
          since = performance.now();
          return begun;
        });
        for (const at of left) {
          const { said, ended } = pair.ranks[at] as Rank;
          const { code, at: end } = await ended;
          expect(said()).toMatch(problem);
          expect(code).toBe(1);
          expect((end - since) / 1000).toBeLessThan(limit);
        }
        if (left.includes(0))
          expect(pair.ranks[0].said()).toMatch(/the checkpoint of step \d+ is whole; continue with/);
      },
    );

    it("give the same bytes after a fault and --resume as without", async () => {
      const [whole, disturbed] = [newOut(), newOut()];
      const file = recipe({ length: { steps: STEPS } });
      const toTheEnd = (...words: string[]) =>
        inTurn(async () => {
          using pair = new Pair(words);
          expect(await pair.ends()).toEqual([0, 0]);
        });
      await toTheEnd(file, "--out", whole);
      await inTurn(async () => {
        using pair = await Pair.begun([file], disturbed, 2);
        pair.ranks[1].child.kill("SIGKILL");
        await pair.ranks[0].ended;
      });
      expect(stepsIn(disturbed)).toBeLessThan(STEPS);
      await toTheEnd("--resume", disturbed);
      expect(stepsIn(disturbed)).toBe(STEPS);
      expect(weightsOf(disturbed).equals(weightsOf(whole))).toBe(true);
    });

    it("all end where the first has no room left on its disk", async () => {
      const out = newOut();
      mkdirSync(out);
      expect(spawnSync("mount", ["-t", "tmpfs", "-o", "size=16m", "pinmem", out]).status).toBe(0);
      using _mounted = { [Symbol.dispose]: () => void spawnSync("umount", ["-l", out]) };
      const [first, second] = await inTurn(async () => {
        using pair = new Pair([endless(), "--out", join(out, "run")]);
        expect(await pair.ends()).toEqual([1, 1]);
        return pair.ranks;
      });
      expect(first.said()).toMatch(/no (space|room)|disk is full/i);
      expect(second.said()).toMatch(/rank 0: .*(no (space|room)|disk is full)/i);
    });
  },
);

describe.skipIf(!full || !distributed.isAvailable())(
  "processes that do not belong together",
  { timeout: 300_000, concurrent: true },
  () => {
    /** How all end, and what they say. */
    async function ends(places: readonly (Partial<Place> & { more?: Partial<RecipeInput> })[]) {
      const [port, out] = [await freePort(), newOut()];
      const ranks = places.map(({ more, ...place }, rank) =>
        start({ rank, port, words: [recipe({ length: { steps: 1 }, ...more }), "--out", out], ...place }),
      );
      try {
        const codes = await Promise.all(ranks.map(async ({ ended }) => (await ended).code));
        return { codes, said: ranks.map(({ said }) => said()), out };
      } finally {
        for (const rank of ranks) rank[Symbol.dispose]();
      }
    }

    it.each<[string, (Partial<Place> & { more?: Partial<RecipeInput> })[], RegExp]>([
      [
        "numbers",
        [{}, { size: 3 }],
        /was told of 2 processes, rank 1 of 3|was told of 3 processes, rank 0 of 2/,
      ],
      ["ranks", [{ size: 3 }, { size: 3 }, { size: 3, rank: 1 }], /two processes have rank 1/],
      ["recipes", [{}, { more: { maxGradientNorm: 3 } }], /maxGradientNorm: .*on rank 0; 3 on rank 1/],
    ])("are refused before the first step where they differ in their %s", async (_, places, problem) => {
      const { codes, said, out } = await inTurn(() => ends(places));
      for (const code of codes) expect(code).toBe(1);
      for (const text of said) expect(text).toMatch(problem);
      expect(stepsIn(out)).toBe(0);
    });

    it("are refused before the first step where their data differ", async () => {
      const rows = [0, 1, 2, 3].map((label) => Array<number>(48).fill(label));
      const roots = [await folderOfLabels(rows, 48), await folderOfLabels(rows.slice(1), 48)];
      const data = roots.map((folder) => ({
        ...tinyData(),
        sources: [{ name: "folder" as const, root: folder }],
      }));
      const { codes, said, out } = await inTurn(() => ends(data.map((one) => ({ more: { data: one } }))));
      expect(codes).toEqual([1, 1]);
      for (const text of said)
        expect(text).toMatch(
          /not alike in their data[\s\S]*4 files, [\da-f]+ on rank 0; .*3 files, [\da-f]+ on rank 1/,
        );
      expect(stepsIn(out)).toBe(0);
    });

    it("say that the port is another program's", async () => {
      const server = createServer((socket) => socket.resume());
      await new Promise<void>((resolve) => void server.listen(0, resolve));
      using _listening = { [Symbol.dispose]: () => void server.close() };
      const { port } = server.address() as { port: number };
      const { codes, said } = await ends([{ port }, { port }]);
      expect(codes).toEqual([1, 1]);
      expect(said[0]).toMatch(/the port is taken by another program/);
      expect(said[1]).toMatch(/did not answer within [57] s: .*another program listens/);
    });
  },
);
