import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { temporaryFolder } from "../../test/data-fixtures.js";
import { writeRun } from "../../test/report-fixtures.js";
import { runCli } from "../../test/run-cli.js";

const run = (...words: string[]) => runCli("report", ...words);

describe("pinmem report", () => {
  it("writes one page, and the figures as JSON for programs", async () => {
    const root = temporaryFolder();
    const runs = [writeRun(root, "a"), writeRun(root, "b", { method: "pin-memory" })];
    const file = join(root, "out", "page.html");
    const { out, code } = await run(
      ...runs,
      "--out",
      file,
      "--title",
      "Two runs",
      "--which",
      "last",
      "--json",
    );
    expect(code).toBe(0);
    expect(readFileSync(file, "utf8")).toContain("<h1>Two runs</h1>");
    const { rows } = JSON.parse(out);
    expect(rows).toMatchObject([
      {
        label: "ERM",
        unseen: { score: { mean: 0.25 } },
        runs: [{ path: runs[0], step: 4, weights: "last" }],
      },
      { label: "Pin the Memory", unseen: { gain: 0 } },
    ]);
  });

  it("explains what it cannot read, and leaves no file", async () => {
    const root = temporaryFolder();
    const file = join(root, "page.html");
    const gone = await run(join(root, "gone"), "--out", file);
    expect(gone).toMatchObject({ code: 1, err: expect.stringMatching(/gone does not exist/) });
    const baseline = await run(writeRun(root, "a"), "--out", file, "--baseline", "b");
    expect(baseline).toMatchObject({ code: 1, err: expect.stringMatching(/no row "b" to compare with/) });
    expect(existsSync(file)).toBe(false);
  });

  it("explains wrong usage and exits with 2", async () => {
    expect(await run()).toMatchObject({
      code: 2,
      err: expect.stringMatching(/missing required argument 'run'/),
    });
    expect((await run("a", "--which", "worst")).code).toBe(2);
  });
});
