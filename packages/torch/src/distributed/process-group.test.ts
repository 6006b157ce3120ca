import { createServer } from "node:net";
import { describe, expect, test } from "vitest";
import { dispose, liveTensors, randn, type Tensor, tensor, zeros } from "../index.js";
import { DistributedError } from "./errors.js";
import { initProcessGroup } from "./init.js";
import { isAvailable } from "./native-groups.js";
import { freePort, withRanks } from "./testing.js";

const numbers = (value: { toTypedArray(): ArrayLike<number | bigint> }) =>
  Array.from(value.toTypedArray(), Number);

describe.skipIf(!isAvailable())("processes that compute together", () => {
  test.each([2, 3])("%i ranks reduce, broadcast and gather, and leave no tensors behind", async (size) => {
    const before = liveTensors();
    await withRanks(size, async (group) => {
      const { rank, worldSize } = group;
      expect(worldSize).toBe(size);
      const sum = tensor([1, 10 * rank]);
      await group.allReduce(sum);
      expect(numbers(sum)).toEqual([size, 10 * ((size * (size - 1)) / 2)]);
      const most = tensor([rank], { dtype: "int64" });
      await group.allReduce(most, { operation: "max" });
      expect(numbers(most)).toEqual([size - 1]);
      const given = tensor([rank, rank]);
      await group.broadcast(given, { root: size - 1 });
      expect(numbers(given)).toEqual([size - 1, size - 1]);
      const all = await group.allGather(tensor([rank, -rank]));
      expect(all.map(numbers)).toEqual(Array.from({ length: size }, (_, at) => [at, -at]));
      for (const one of [sum, most, given, ...all]) one.dispose();
      await group.barrier();
    });
    globalThis.gc?.();
    expect(liveTensors()).toBeLessThanOrEqual(before + 2 * size);
  });

  test("texts of any length are exchanged whole", async () => {
    // More than one message of libtorch 2 may hold, and a character of two units where the first cut would fall.
    const long = `${"x".repeat(2 ** 20 - 1)}\u{1f6b2}${"ß".repeat(4.5 * 2 ** 20)}`;
    const texts = await withRanks(2, (group) => group.exchange("texts", group.rank === 0 ? long : ""));
    for (const [first, second] of texts) expect([first === long, second]).toEqual([true, ""]);
  });

  test("a rank that computes without a pause is counted on, for as long as it said", async () => {
    await withRanks(2, async (group) => {
      if (group.rank === 0) return;
      group.keepCounting("life", { every: 20, times: 5 });
      for (const end = performance.now() + 400; performance.now() < end; );
      expect(await group.count("life", 0)).toBe(5);
      group.keepCounting("life", { every: 20, times: 1000 });
      for (const end = performance.now() + 400; performance.now() < end; );
      const more = await group.count("life", 0);
      expect(more).toBeGreaterThan(10);
      group.keepCounting("life", { every: 20, times: 0 });
      await new Promise((resolve) => setTimeout(resolve, 100));
      expect(await group.count("life", 0)).toBeLessThanOrEqual(more + 1);
    });
  });

  test("all ranks get the same bits, and those of a tensor whose memory has another order", async () => {
    const values = Array.from({ length: 3 }, () => randn([1001]));
    const sums = await withRanks(3, async (group) => {
      const own = (values[group.rank] as (typeof values)[0]).clone();
      await group.allReduce(own);
      return numbers(own);
    });
    expect(sums[1]).toEqual(sums[0]);
    expect(sums[2]).toEqual(sums[0]);
    await withRanks(2, async (group) => {
      const turned = zeros([2, 3]).t();
      if (group.rank === 1)
        turned.copy_(
          tensor([
            [1, 2],
            [3, 4],
            [5, 6],
          ]),
        );
      await group.allReduce(turned);
      expect(numbers(turned.contiguous())).toEqual([1, 2, 3, 4, 5, 6]);
    });
  });

  test.each([2, 3])("each of %i ranks gets its part of what every rank has", async (size) => {
    const before = liveTensors();
    const received = await withRanks(size, async (group) => {
      // Of rank r for rank s: r, s.
      const own = tensor(Array.from({ length: size }, (_, to) => [group.rank, to]));
      const parts = await group.allToAll(own);
      const told = parts.toArray();
      dispose([own, parts]);
      return told;
    });
    for (const [rank, parts] of received.entries())
      expect(parts).toEqual(Array.from({ length: size }, (_, from) => [from, rank]));
    globalThis.gc?.();
    expect(liveTensors()).toBeLessThanOrEqual(before + 2 * size);
    await withRanks(2, async (group) => {
      expect((await group.allToAll(zeros([2, 0]))).shape).toEqual([2, 0]);
      await expect(group.allToAll(zeros([3, 2]))).rejects.toThrow(
        "first dimension of [3, 2] does not divide into 2",
      );
    });
  });

  test.each(["bfloat16", "bool"] as const)("what is moved may be %s", async (dtype) => {
    await withRanks(2, async (group) => {
      const numbersOf = (value: Tensor) => value.to("float32").toArray();
      const own = tensor([group.rank, 1 - group.rank], { dtype });
      expect((await group.allGather(own)).map(numbersOf)).toEqual([
        [0, 1],
        [1, 0],
      ]);
      expect(numbersOf(await group.allToAll(own))).toEqual(group.rank === 0 ? [0, 1] : [1, 0]);
      await group.broadcast(own, { root: 1 });
      expect(numbersOf(own)).toEqual([1, 0]);
    });
  });

  test("calls that are not awaited are carried out in order, while the event loop goes on", async () => {
    await withRanks(2, async (group) => {
      const value = tensor([1]);
      let turns = 0;
      const timer = setInterval(() => turns++, 1);
      if (group.rank === 1) await new Promise((resolve) => setTimeout(resolve, 60));
      await Promise.all([group.allReduce(value), group.allReduce(value), group.barrier()]);
      clearInterval(timer);
      expect(numbers(value)).toEqual([4]);
      if (group.rank === 0) expect(turns).toBeGreaterThan(5);
    });
  });

  test("different shapes, or different collectives, are an error on every rank and not the end of the process", async () => {
    const shapes = withRanks(2, async (group) => {
      const error = await group.allReduce(zeros([2 + group.rank])).catch((problem: Error) => problem);
      expect(error).toBeInstanceOf(DistributedError);
      expect((error as Error).message).toMatch(
        new RegExp(`allReduce on rank ${group.rank} of 2: .*rank 0: .*\\[2\\]; rank 1: .*\\[3\\]`),
      );
      await expect(group.barrier()).rejects.toThrow("failed before");
    });
    await shapes;
    await withRanks(2, async (group) => {
      const call = group.rank === 0 ? group.barrier() : group.broadcast(zeros([1]));
      await expect(call).rejects.toThrow(/rank 0: barrier; rank 1: broadcast/);
    });
    await withRanks(1, async (group) => {
      await expect(async () => group.allReduce(zeros([1], { dtype: "bool" }))).rejects.toThrow("bool");
    });
  });

  test("facts are compared, and texts exchanged", async () => {
    await withRanks(3, async (group) => {
      await group.agree("the recipe", { steps: 4, name: "a" });
      expect(await group.exchange("names", `rank ${group.rank}`)).toEqual(["rank 0", "rank 1", "rank 2"]);
      expect(await group.share("folder", group.rank === 0 ? "runs/1" : null)).toBe("runs/1");
      const problem = await group
        .agree("the recipe", { steps: 4, name: group.rank === 1 ? "b" : "a" })
        .catch(String);
      expect(problem).toMatch(
        /DisagreementError: .*not alike in the recipe[\s\S]*name: a on ranks 0, 2; b on rank 1/,
      );
    });
  });

  test("who does not come in time, or says that it failed, is named by the others", async () => {
    await withRanks(
      2,
      async (group) => {
        if (group.rank === 1) return;
        await expect(group.exchange("names", "here")).rejects.toThrow(
          /rank 1 did not come to "names" within 0.3 s/,
        );
      },
      { timeout: 300 },
    );
    await withRanks(2, async (group) => {
      if (group.rank === 1) return group.fail("the disk is full");
      await expect(group.exchange("names", "here")).rejects.toThrow(/rank 1: the disk is full/);
    });
  });
});

describe.skipIf(!isAvailable())("processes that do not come together", () => {
  const join2 = async (options: readonly { rank: number; worldSize: number }[], timeout = 3000) => {
    const masterPort = await freePort();
    const settled = await Promise.allSettled(
      options.map(async (one) => {
        if (one.rank > 0) await new Promise((resolve) => setTimeout(resolve, 30));
        return initProcessGroup({ ...one, masterPort, timeout });
      }),
    );
    return settled.map((one) => (one.status === "rejected" ? (one.reason as Error).message : "came"));
  };

  test("missing ranks are named", async () => {
    const [problem] = await join2([{ rank: 0, worldSize: 3 }], 200);
    expect(problem).toBe(
      "initProcessGroup on rank 0 of 3: only 1 of 3 processes came within 0.2 s; missing: rank 1, 2",
    );
  });

  test("two with one number, and two ideas of how many there are", async () => {
    const twice = await join2([
      { rank: 0, worldSize: 3 },
      { rank: 1, worldSize: 3 },
      { rank: 1, worldSize: 3 },
    ]);
    for (const problem of twice) expect(problem).toContain("two processes have rank 1");
    const sizes = await join2([
      { rank: 0, worldSize: 2 },
      { rank: 1, worldSize: 3 },
    ]);
    for (const problem of sizes) expect(problem).toMatch(/told of [23] processes, rank \d of [23]/);
  });

  test("a port that is taken, and a place where nobody answers", async () => {
    const server = createServer();
    await new Promise<void>((resolve) => void server.listen(0, resolve));
    const { port } = server.address() as { port: number };
    await expect(initProcessGroup({ rank: 0, worldSize: 2, masterPort: port, timeout: 500 })).rejects.toThrow(
      `127.0.0.1:${port}: the port is taken`,
    );
    server.close();
    const masterPort = await freePort();
    await expect(initProcessGroup({ rank: 1, worldSize: 2, masterPort, timeout: 500 })).rejects.toThrow(
      "nobody answers",
    );
    await expect(initProcessGroup({ rank: 2, worldSize: 2, masterPort })).rejects.toThrow(
      /rank is 2, .* 0 to 1/,
    );
  });
});
