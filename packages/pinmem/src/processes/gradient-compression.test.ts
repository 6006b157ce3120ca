import { type ChildProcess, spawn } from "node:child_process";
import { text } from "node:stream/consumers";
import { dispose, distributed, fromTypedArray, liveTensors, type Tensor } from "@pinmem/torch";
import { describe, expect, it, onTestFinished } from "vitest";
import { canIsolate, Network } from "../../../../bench/lib/network.js";
import { asRanks } from "../../test/ranks.js";

/** The nearest bfloat16, the even one of two: the upper half of a float32's bits. */
function rounded(values: Float32Array): Float32Array {
  const bits = new Uint32Array(values.slice().buffer);
  return new Float32Array(bits.map((word) => ((word + 0x7fff + ((word >>> 16) & 1)) >>> 16) << 16).buffer);
}

/** In single precision, one after the other. */
const added = (all: readonly Float32Array[]): Float32Array =>
  all.reduce((sum, one) => sum.map((value, at) => value + (one[at] as number)));

/** Numbers of all sizes; every third of a rank between two others is lost, or is all that is left, as the order of the sum has it. */
const numbersOf = (rank: number, length: number): Float32Array =>
  Float32Array.from({ length }, (_, at) => {
    const noise = Math.sin(1 + at + 1000 * rank);
    return at % 3 === 0 && rank !== 1 ? (1 - rank) * 2 ** 25 : noise * 10 ** ((at % 11) - 5);
  });

const values = (tensor: Tensor): Float32Array => tensor.toTypedArray() as Float32Array;

describe.skipIf(!distributed.isAvailable())("sums that travel as bfloat16", () => {
  it.each([
    [2, 7],
    [3, 1000],
    [3, 2],
    [2, 8],
  ])(
    "of %i ranks and %i numbers are the rounded sums of rounded numbers, the same bits on all",
    async (size, length) => {
      const given = Array.from({ length: size }, (_, rank) => numbersOf(rank, length));
      const expected = rounded(added(given.map(rounded)));
      const before = liveTensors();
      const sums = await asRanks(size, async (world) => {
        const own = fromTypedArray(numbersOf(world.rank, length), [length]);
        await world.sum([own], { compression: "bfloat16" });
        const sum = values(own);
        dispose(own);
        return sum;
      });
      for (const sum of sums) expect(sum).toEqual(expected);
      globalThis.gc?.();
      expect(liveTensors()).toBeLessThanOrEqual(before + 2 * size);
    },
  );

  it("keep what is not a number, and the shapes of several tensors", async () => {
    const sums = await asRanks(2, async (world) => {
      const flat = fromTypedArray(Float32Array.of(Number.NaN, world.rank === 0 ? Infinity : 1), [2]);
      const turned = fromTypedArray(Float32Array.of(1, 2, 3, 4, 5, 6), [2, 3]).t();
      await world.sum([flat, turned], { compression: "bfloat16" });
      return [flat.toArray(), turned.toArray()];
    });
    for (const sum of sums) {
      expect(sum).toEqual([
        [Number.NaN, Infinity],
        [
          [2, 8],
          [4, 10],
          [6, 12],
        ],
      ]);
    }
  });

  it("are not what sums are otherwise: those of single precision", async () => {
    const given = [numbersOf(0, 1000), numbersOf(1, 1000)];
    const sums = await asRanks(2, async (world) => {
      const own = fromTypedArray(given[world.rank] as Float32Array, [1000]);
      await world.sum([own]);
      return values(own);
    });
    for (const sum of sums) expect(sum).toEqual(added(given));
  });
});

/** Says that it is there, exchanges what takes seconds on its line, and says what came of it. */
const slowExchange = `
  import { distributed, zeros } from "@pinmem/torch";
  const { RANK, MASTER_ADDR: masterAddress } = process.env;
  const place = { rank: Number(RANK), worldSize: 2, masterAddress, masterPort: 29_500 };
  const group = await distributed.initProcessGroup({ ...place, timeout: 10_000 });
  console.error("here");
  await group.allToAll(zeros([2, 8_000_000])).then(() => console.log("done"), (error) => console.log(error.message));
  process.exit();
`;

describe.skipIf(!distributed.isAvailable() || !canIsolate())("a process that is killed", () => {
  it("in the middle of what it sends is an error on the other at once", { timeout: 30_000 }, async () => {
    const network = new Network(2);
    onTestFinished(() => network[Symbol.dispose]());
    const [first, second] = [0, 1].map((rank) => {
      network.limit(rank, 100e6);
      const words = [process.execPath, "--input-type=module", "-e", slowExchange];
      const [program, ...rest] = network.on(rank, words);
      const env = { ...process.env, RANK: String(rank), MASTER_ADDR: network.address(0) };
      const child = spawn(program, rest, {
        cwd: import.meta.dirname,
        env,
        stdio: ["ignore", "pipe", "pipe"],
      });
      onTestFinished(() => void child.kill("SIGKILL"));
      return child;
    }) as [ChildProcess, ChildProcess];
    const said = text(first.stdout as NonNullable<typeof first.stdout>);
    await new Promise<void>((resolve) => {
      first.stderr?.on("data", (bytes: Buffer) => String(bytes).includes("here") && resolve());
    });
    await new Promise((resolve) => setTimeout(resolve, 700));
    second.kill("SIGKILL");
    const killed = performance.now();
    expect(await said).toMatch(/allToAll on rank 0 of 2: the connection to another rank broke/);
    expect(performance.now() - killed).toBeLessThan(5000);
  });
});
