// Networks that are exported and compared: backbones, heads, layers, and what a memory reads and votes, with random weights, and
// one that was trained. What libtorch says of a picture is what onnxruntime has to say of it, in Node and in a page.

import { join } from "node:path";
import type { ExportedModel } from "@pinmem/core/formats";
import { expect } from "vitest";
import { type ExportOptions, exportRun } from "../../pinmem/src/export/export-run.js";
import { roundLargeWeights } from "../../pinmem/src/export/half-precision.js";
import { normalizationKinds } from "../../pinmem/src/models/normalization/placement.js";
import { predictImage } from "../../pinmem/src/prediction/predict-image.js";
import type { RecipeInput } from "../../pinmem/src/recipes/recipe.js";
import { openRun } from "../../pinmem/src/runs/open-run.js";
import { train } from "../../pinmem/src/runs/train.js";
import { backbonesWithHeads } from "../../pinmem/test/backbone-heads.js";
import { calibrateBy } from "../../pinmem/test/calibrate-by.js";
import { miniRecipe } from "../../pinmem/test/mini-recipe.js";
import { full } from "../../pinmem/test/scope.js";
import { TINY } from "../../pinmem/test/tiny-backbone.js";
import { untrainedRun } from "../../pinmem/test/untrained-run.js";
import { street, transformer } from "./exported.js";

export interface ParityCase {
  readonly name: string;
  readonly recipe: Partial<RecipeInput>;
  readonly options?: Partial<ExportOptions>;
  /** The run is trained for a few steps; otherwise its weights are random. */
  readonly isTrained?: boolean;
  /** Of pictures. Default: two small ones. */
  readonly sizes?: "one" | "large";
}

type ModelInput = RecipeInput["model"];

const network = (
  model: ModelInput,
  more: Omit<ParityCase, "name" | "recipe"> = {},
  note = "",
): ParityCase => ({
  name: `${model.backbone}, ${model.head ?? "deeplab-v3+"}${model.outputStride ? `, stride ${model.outputStride}` : ""}${note}`,
  recipe: { model: { width: 32, ...model } },
  ...more,
});

const tiny = (note: string, model: Partial<ModelInput>, options: Partial<ExportOptions> = {}): ParityCase =>
  network({ backbone: TINY, ...model }, { options }, `, ${note}`);

const auto = { kind: "image", weight: "auto" } as const;
/** Every picture departs, and is seen under several exposures. */
const always = { threshold: 0, information: 0, departure: 0, weight: 3000 };

/** What `npm test` and `npm run test:browser` take. */
const few: readonly ParityCase[] = [
  network(
    { backbone: TINY },
    { isTrained: full, ...(full && { sizes: "large" as const }) },
    full ? ", trained" : "",
  ),
  tiny("votes, centered, a learned temperature", {
    memory: { read: { centered: true, maskAbsent: true, temperature: { learned: 0.2 } }, vote: 10 },
  }),
  tiny(
    "each picture's own statistics",
    { head: "deeplab-v2" },
    { normalize: { kind: "image", weight: 0.4 } },
  ),
  tiny("each picture decides", { memory: { vote: 10 } }, { normalize: auto }),
  // A transformer, of pictures that are no whole patches.
  {
    ...network({ backbone: "dinov2_debug", head: "linear", memory: { vote: 10 } }, {}, ", votes"),
    recipe: transformer,
  },
];

/** Their logits are compared, too, by packages/pinmem/src/export/parity.test.ts. */
const onceMore = { sizes: "one", options: { verify: false } } as const;

const many: readonly ParityCase[] = [
  ...backbonesWithHeads("deeplab-v3+").map((model) => network(model, onceMore)),
  ...([8, 32] as const).map((outputStride) => network({ backbone: "shufflenet_v2_x1_0", outputStride })),
  ...normalizationKinds.map((kind) => tiny(kind, { normalization: { layer1: kind, layer3: kind } })),
  tiny("residual", { memory: { read: { residual: true } } }),
  tiny("votes alone", { memory: { vote: 10, votesOnly: true } }),
  tiny("half precision", {}, { half: true }),
  { name: "no memory", recipe: { method: { name: "erm" } } },
  network({ backbone: "mobilenet_v2" }, { sizes: "large" }, ", large pictures"),
  network(
    { backbone: "mobilenet_v2" },
    { options: { normalize: { kind: "image", weight: 0.4 } } },
    ", own statistics",
  ),
  ...(["mobilenet_v2", "resnet18", "shufflenet_v2_x1_0"] as const).map((backbone) =>
    network({ backbone }, { options: { normalize: auto } }, ", each picture decides"),
  ),
  tiny(
    "instance norm, each picture decides",
    { normalization: { layer1: "instance-norm" } },
    { normalize: auto },
  ),
  tiny("no image pooling, each picture decides", { head: "deeplab-v2" }, { normalize: auto }),
];

/** Cases that run. @param all whether those of the full tests are among them */
export const parityCases = (all = full): ParityCase[] => (all ? [...few, ...many] : [...few]);

/** From small to large: width and height. */
const allSizes = [
  [33, 47],
  [96, 64],
  [173, 97],
  [512, 256],
  [1024, 512],
] as const;

export const sizesOf = ({ sizes }: ParityCase): readonly (readonly [number, number])[] =>
  allSizes.slice(0, { one: 1, two: 2, large: allSizes.length }[sizes ?? "two"]);

export interface ParitySide {
  /** Of the exported model. */
  readonly folder: string;
  readonly model: ExportedModel;
  /** What libtorch says of a street of that size. */
  expected(width: number, height: number): Promise<Uint8Array>;
  [Symbol.dispose](): void;
}

/** Makes a run and exports it, compared with onnxruntime-node where that is tested in full: logits too. */
export async function openCase(
  root: string,
  { recipe, options, isTrained }: ParityCase,
): Promise<ParitySide> {
  const run = join(root, "run");
  const folder = join(root, "exported");
  const settings = miniRecipe(recipe);
  if (isTrained) await train(settings, { folder: run });
  else untrainedRun(run, { recipe: settings });
  if (options?.normalize === auto) await calibrateBy(run, always);
  const model = await exportRun(run, { out: folder, verify: full, ...options });
  const opened = openRun(run, options?.normalize?.kind === "image" ? { normalize: options.normalize } : {});
  if (options?.half) roundLargeWeights(opened.network);
  return {
    folder,
    model,
    expected: async (width, height) => (await predictImage(opened, street(width, height))).trainIds,
    [Symbol.dispose]: () => opened[Symbol.dispose](),
  };
}

/** Two pixels, or a thousandth: where two classes are nearly even, engines that compute well may differ. */
export function expectSameLabels(found: ArrayLike<number>, expected: Uint8Array): void {
  const other = expected.filter((label, at) => label !== found[at]).length;
  expect(found.length).toBe(expected.length);
  expect(other).toBeLessThanOrEqual(Math.max(2, expected.length / 1000));
}
