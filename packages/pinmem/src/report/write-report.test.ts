import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { protocol } from "@pinmem/core/formats";
import { parseHTML } from "linkedom";
import { describe, expect, it } from "vitest";
import { temporaryFolder } from "../../test/data-fixtures.js";
import { addEvaluation, evaluationOf, recipeOf, writeRun } from "../../test/report-fixtures.js";
import { readEntries } from "../comparison/read-entries.js";
import { writeReport } from "./write-report.js";

async function reportOf(paths: readonly string[]) {
  const folder = temporaryFolder();
  const file = join(folder, "report.html");
  await writeReport((await readEntries(paths)).entries, { file });
  expect(readdirSync(folder)).toEqual(["report.html"]);
  const text = readFileSync(file, "utf8");
  return { text, document: parseHTML(text).document };
}

describe("writeReport", () => {
  it("says in its first lines what was found, and shows it in a table, bars and curves", async () => {
    const root = temporaryFolder();
    const { document } = await reportOf([
      writeRun(root, "erm", { method: "erm", scores: { 4: { source: 0.5, target: 0.2 } } }),
      writeRun(root, "pin-1", { method: "pin-memory", scores: { 4: { source: 0.5, target: 0.3 } } }),
      writeRun(root, "pin-2", {
        method: "pin-memory",
        seed: 2,
        scores: { 4: { source: 0.5, target: 0.36 } },
      }),
    ]);
    expect(document.querySelector(".lead")?.textContent).toBe(
      "Highest: Pin the Memory, 33.0 % mean IoU on 1 unseen domain, +13.0 over ERM.",
    );
    const rows = [...document.querySelectorAll(".scores tbody tr")].map((row) =>
      [...row.querySelectorAll("td")].map((cell) => cell.textContent),
    );
    expect(rows).toEqual([
      ["20.0", "–", "20.0", "50.0", "50.0"],
      ["33.0 ± 4.2", "+13.0", "33.0+13.0± 4.2", "50.0 ± 0.0", "50.00.0± 0.0"],
    ]);
    expect([...document.querySelectorAll(".scores thead th")].map((cell) => cell.textContent)).not.toContain(
      "Protocol",
    );
    for (const id of ["classes", "training", "memory", "protocol", "recipe", "runs"]) {
      expect(document.querySelector(`#${id}`), id).not.toBeNull();
    }
    const [bar] = [...document.querySelectorAll("#classes rect title")].map((title) => title.textContent);
    expect(bar).toBe("road, ERM: 20.0 %");
  });

  it("has a column for the protocol where there are several", async () => {
    const root = temporaryFolder();
    const run = writeRun(root, "run");
    addEvaluation(run, "a.json", evaluationOf());
    addEvaluation(run, "b.json", evaluationOf({ by: protocol("whole-flip") }));
    const { document } = await reportOf([run]);
    expect(document.querySelector(".scores thead")?.textContent).toContain("Protocol");
    expect([...document.querySelectorAll(".scores td.words")].map((cell) => cell.textContent)).toEqual([
      "whole: whole image",
      "whole-flip: whole image, flip, mean of probabilities",
    ]);
  });

  it("sets many domains close, so that ten of them with deviations and protocols fit 1,300 pixels", async () => {
    const root = temporaryFolder();
    const looks = "overcast dusk night fog rain snow bazaar dashcam boulevard toy-town".split(" ");
    const runs = (["erm", "pin-memory"] as const).flatMap((method) =>
      [1, 2].map((seed) => {
        const run = writeRun(root, `${method}-${seed}`, { method, seed });
        for (const name of ["whole", "whole-flip"]) {
          const domains = Object.fromEntries(looks.map((look) => [`streets:${look}`, 0.2 + 0.1 * seed]));
          addEvaluation(
            run,
            `${name}.json`,
            evaluationOf({ recipe: recipeOf(method, seed), by: protocol(name), domains }),
          );
        }
        return run;
      }),
    );
    const { document } = await reportOf(runs);
    const table = document.querySelector(".scores");
    expect(table?.classList.contains("dense")).toBe(true);
    const names = [...document.querySelectorAll(".scores thead tr + tr th")].slice(2);
    expect(names.map((head) => head.firstChild?.textContent).slice(0, 3)).toEqual([
      "overcast",
      "dusk",
      "night",
    ]);
    expect(names[0]?.querySelector("small")?.textContent).toBe("streets, val");

    // No layout here: the longest piece of each column that cannot break, at 8 pixels a character, and the padding.
    const longest = (texts: readonly string[]) =>
      Math.max(...texts.flatMap((text) => text.split(/\s|(?<=-)/)).map((piece) => piece.length));
    const rows = [...document.querySelectorAll(".scores tbody tr")];
    const figures = (at: number) =>
      rows.map(
        (row) => row.querySelectorAll(".number")[at]?.querySelector(".value, .gain")?.textContent ?? "",
      );
    const columns = names.map((head, at) =>
      longest([...[...head.childNodes].map(({ textContent }) => textContent ?? ""), ...figures(at + 2)]),
    );
    const width = columns.reduce((sum, characters) => sum + 8 * characters + 10, 0);
    const others = 9 * 16 + 2 * 8 * 5 + 6 * 16 + 40; // Experiment, mean and gain, protocol, padding.
    expect(columns).toHaveLength(10);
    expect(width + others).toBeLessThan(1168); // Of 1,300: 66 pixels stay free on both sides.
  });

  it("lets nothing from a file become markup", async () => {
    const hostile = `x"'><script>alert(1)</script><img src=x onerror=alert(1)>`;
    const root = temporaryFolder();
    const name = "run<img src=y>";
    const run = writeRun(root, name, { target: `${hostile}, ${hostile}` });
    const recipe = recipeOf();
    const targets = [{ name: "camvid", root: hostile, part: "all" as const, unpaired: "error" as const }];
    const other = writeRun(root, "other", { recipe: { ...recipe, data: { ...recipe.data, targets } } });
    writeFileSync(join(run, "environment.json"), JSON.stringify([{ [hostile]: hostile }]));
    const evaluation = evaluationOf({ domains: { [hostile]: 0.5 }, weights: hostile });
    const [domain] = evaluation.domains;
    if (domain) domain.classIoU = { [hostile]: 0.5, __proto__: 0.1 };
    addEvaluation(other, "a.json", { ...evaluation, protocol: { ...evaluation.protocol, name: hostile } });
    const { text, document } = await reportOf([run, other]);
    expect(text).toContain("&lt;script&gt;alert(1)");
    expect([...document.querySelectorAll("script, img, [onerror]")]).toEqual([]);
    expect(text).not.toMatch(/<script|<img/i);
  });

  it("needs nothing but itself: no script, no address, and a policy that forbids both", async () => {
    const root = temporaryFolder();
    const { text, document } = await reportOf([
      writeRun(root, "a"),
      writeRun(root, "b", { method: "pin-memory" }),
    ]);
    expect(text).not.toMatch(/https?:|url\(|@import|<script/);
    for (const element of document.querySelectorAll("[src], [href]")) {
      expect(element.getAttribute("src") ?? element.getAttribute("href")).toMatch(/^(data:|#)/);
    }
    expect(document.querySelector("meta[http-equiv]")?.getAttribute("content")).toBe(
      "default-src 'none'; style-src 'unsafe-inline'; img-src data:",
    );
    expect(text.length).toBeLessThan(300_000);
  });

  it("is written for runs whose logs have no scores, or says that there are none", async () => {
    const run = writeRun(temporaryFolder(), "run", { scores: {}, finished: false });
    await expect(reportOf([run])).rejects.toThrow(/there are no scores in .*run: neither an evaluation/);
  });
});
