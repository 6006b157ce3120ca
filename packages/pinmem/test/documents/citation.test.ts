// CITATION.cff and the README's BibTeX cite the same paper, and the software as it is.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import manifest from "../../package.json" with { type: "json" };
import { root } from "./documents.js";

const cff = readFileSync(join(root, "CITATION.cff"), "utf8");
const bibtex = /```bibtex\n([\s\S]*?)```/.exec(readFileSync(join(root, "README.md"), "utf8"))?.[1] ?? "";
const field = (name: string) => new RegExp(`${name}\\s*= \\{(.*)\\}`).exec(bibtex)?.[1] ?? "";

test("both name the same paper", () => {
  const paper = cff.slice(cff.indexOf("preferred-citation:"));
  expect(paper).toContain(`title: "${field("title")}"`);
  expect(paper).toContain(`year: ${field("year")}`);
  expect(paper).toContain(`arXiv:${field("eprint")}`);
  const authors = [...paper.matchAll(/family-names: (.*)\n\s+given-names: (.*)/g)];
  expect(authors.map(([, family, given]) => `${family}, ${given}`).join(" and ")).toBe(field("author"));
});

test("the software has its version and license, and what the format asks for", () => {
  for (const line of ["cff-version: 1.2.0", `version: ${manifest.version}`, `license: ${manifest.license}`]) {
    expect(cff.split("\n")).toContain(line);
  }
  for (const key of ["message", "title", "authors"]) expect(cff).toMatch(new RegExp(`^${key}:`, "m"));
});
