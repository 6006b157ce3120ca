import { distributed } from "@pinmem/torch";
import { describe, expect, it } from "vitest";
import { asRanks } from "../../test/ranks.js";
import { alone } from "./world.js";

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

// They mostly wait.
describe.concurrent("work that ranks do apart", () => {
  it("is all that of a process alone", async () => {
    const totals: number[] = [];
    const texts = await alone.apart(
      "work",
      async ({ claim, tell }) => {
        tell(1);
        return `${await claim()} ${await claim()}`;
      },
      { onTotal: (total) => totals.push(total) },
    );
    expect([texts, totals]).toEqual([["0 1"], [1]]);
  });

  it.skipIf(!distributed.isAvailable())(
    "gives each piece to one rank, tells how much all have done, and waits for who shows life",
    async () => {
      const totals: number[] = [];
      const took = performance.now();
      const results = await asRanks(
        2,
        (world) =>
          world.apart(
            "work",
            async (piecework) => {
              const own = [await piecework.claim(), await piecework.claim()];
              piecework.tell(2);
              // More than the timeout.
              if (world.rank === 1) await pause(1500);
              return own.join(" ");
            },
            { onTotal: (total) => world.rank === 0 && totals.push(total) },
          ),
        { timeout: 1000 },
      );
      expect(performance.now() - took).toBeGreaterThan(1400);
      expect(results[1]).toEqual(results[0]);
      expect(results[0]?.join(" ").split(" ").sort()).toEqual(["0", "1", "2", "3"]);
      expect(totals.at(-1)).toBe(4);
    },
  );

  it.skipIf(!distributed.isAvailable())("ends where a rank shows no life", async () => {
    const problems = await asRanks(
      2,
      async (world) => {
        // As if it hung.
        if (world.rank === 1) return pause(1300);
        return world.apart("work", async () => "").catch((error: Error) => error.message);
      },
      { timeout: 500 },
    );
    expect(problems[0]).toMatch(/rank 0 of 2: rank 1 showed no life for 0.5 s/);
  });

  it.skipIf(!distributed.isAvailable())("ends where a rank is asked to, or fails", async () => {
    for (const fails of [false, true]) {
      const stop = new AbortController();
      const ends = await asRanks(2, (world) =>
        world
          .apart(
            "work",
            async ({ signal }) => {
              if (world.rank === 1) {
                if (fails) throw new Error("the disk is full");
                stop.abort();
              }
              while (!signal.aborted) await pause(10);
              return "stopped";
            },
            world.rank === 1 ? { signal: stop.signal } : {},
          )
          .catch(async (error: Error) => {
            await world.fail(error.message);
            return error.message;
          }),
      );
      if (fails) {
        expect(ends[1]).toBe("the disk is full");
        expect(ends[0]).toMatch(/rank 1: the disk is full/);
      } else
        expect(ends).toEqual([
          ["stopped", "stopped"],
          ["stopped", "stopped"],
        ]);
    }
  });
});
