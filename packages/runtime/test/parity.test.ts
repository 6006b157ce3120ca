// The table of networks (parity-table.ts) in Node: a few of them in `npm test`, all in `npm run test:full`.

import { describe, it } from "vitest";
import { temporaryFolder } from "../../pinmem/test/data-fixtures.js";
import { load } from "../src/index.js";
import { noRuntime, street } from "./exported.js";
import { expectSameLabels, openCase, parityCases, sizesOf } from "./parity-table.js";

describe.skipIf(noRuntime !== null)("a model in Node says what libtorch says", () => {
  it.each(parityCases().map((one) => [one.name, one] as const))(
    "%s",
    async (_, parityCase) => {
      using side = await openCase(temporaryFolder(), parityCase);
      await using model = await load(side.folder, { threads: 1 });
      for (const [width, height] of sizesOf(parityCase)) {
        const { labels } = await model.segment(street(width, height));
        expectSameLabels(labels, await side.expected(width, height));
      }
    },
    300_000,
  );
});
