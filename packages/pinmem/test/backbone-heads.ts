// Every backbone with both heads, for tables that compare an exported network with libtorch. A deeper network repeats the blocks
// of a smaller one of its family, and no emitter or kernel sees more of it than of the smaller one: it takes one head in one
// table (packages/pinmem/src/export/parity.test.ts) and the other head in another (packages/runtime/test/parity-table.ts).

import { type BackboneName, backboneNames } from "../src/models/backbones/names.js";

const headNames = ["deeplab-v3+", "deeplab-v2"] as const;
type HeadName = (typeof headNames)[number];

/** More of the blocks that the backbone of the same family with both heads has. */
const deeper: readonly BackboneName[] = [
  "resnet34",
  "resnet101",
  "resnet152",
  "resnext101_32x8d",
  "wide_resnet101_2",
];

/** @param headOfDeeper the one head that the deeper ones take */
export const backbonesWithHeads = (headOfDeeper: HeadName): { backbone: BackboneName; head: HeadName }[] =>
  backboneNames.flatMap((backbone) =>
    headNames
      .filter((head) => head === headOfDeeper || !deeper.includes(backbone))
      .map((head) => ({ backbone, head })),
  );
