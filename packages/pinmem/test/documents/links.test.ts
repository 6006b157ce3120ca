// Links between documents, and from them to files and folders of the repository, lead somewhere; so do those to a heading.

import { existsSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { expect, test } from "vitest";
import { documents, root } from "./documents.js";

interface Link {
  readonly from: string;
  /** Relative to the root. */
  readonly to: string;
  readonly heading: string | undefined;
}

const links: Link[] = documents.flatMap(({ path, text }) =>
  [...text.matchAll(/(?:\]\(|src=")(?!https?:)([^)"#]*)(?:#([^)]+))?[)"]/g)].map(
    ([, target = "", heading]) => ({
      from: path,
      to: target === "" ? path : normalize(join(dirname(path), target)),
      heading,
    }),
  ),
);

test("linked files and folders exist", () => {
  expect(links.length).toBeGreaterThan(20);
  expect(links.filter(({ to }) => !existsSync(join(root, to)))).toEqual([]);
});

test("linked headings exist", () => {
  const headings = new Map(documents.map(({ path, text }) => [path, headingsOf(text)]));
  expect(links.filter(({ to, heading }) => heading !== undefined && !headings.get(to)?.has(heading))).toEqual(
    [],
  );
});

/** As GitHub makes anchors of headings. */
const headingsOf = (text: string): Set<string> =>
  new Set(
    [...text.matchAll(/^#+ (.*)$/gm)].map(([, title = ""]) =>
      title
        .toLowerCase()
        .replace(/[^\p{L}\p{N}\s_-]/gu, "")
        .trim()
        .replace(/ /g, "-"),
    ),
  );
