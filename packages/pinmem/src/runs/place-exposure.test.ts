// A run that was adapted to a place whose pictures are to be seen brighter.

import { exposed } from "@pinmem/core";
import { join } from "node:path";
import { renderStreet } from "@pinmem/streets";
import { dispose, loadSafetensors, noGrad, saveSafetensors, scope } from "@pinmem/torch";
import { beforeAll, expect, it } from "vitest";
import { calibrateAs } from "../../test/calibrated-run.js";
import { temporaryFolder } from "../../test/data-fixtures.js";
import { miniRecipe } from "../../test/mini-recipe.js";
import { untrainedRun } from "../../test/untrained-run.js";
import { exportRun } from "../export/export-run.js";
import { writeRgbPng } from "../images/write-png.js";
import { pictureInput } from "../inference/picture-input.js";
import { BRIGHTER } from "../inference/place.js";
import { expose, exposureOf } from "../models/backbone-network.js";
import { predict } from "../models/segment.js";
import type { AdaptProgress } from "./adapt-options.js";
import { adaptToPlace } from "./adapt-to-place.js";
import type { AdaptationRecord } from "./adaptation-record.js";
import { describeAdaptation } from "./describe-adaptation.js";
import { openRun, weightsFile } from "./open-run.js";

const root = temporaryFolder();
const images = join(root, "dusk");
const [run, out] = [join(root, "run"), join(root, "run-dusk")];
const [width, height] = [64, 32];
const picture = (index: number) => ({
  width,
  height,
  pixels: renderStreet({ domain: "dusk", seed: 0, index, width, height }).image,
});

beforeAll(async () => {
  for (const index of [0, 1]) await writeRgbPng(join(images, `${index}.png`), picture(index));
  untrainedRun(run, { recipe: miniRecipe() });
  await calibrateAs(run, { rule: { threshold: 0, information: 0, departure: 0, weight: 0.3 } });
  const { record } = await adaptToPlace(run, { images, out });
  // A network that was not trained sees nothing more clearly: its record is made to say so.
  const file = weightsFile(out);
  const { tensors, metadata } = loadSafetensors(file);
  const adaptation = JSON.stringify({ ...record, exposure: BRIGHTER });
  saveSafetensors(file, tensors, new Map([...metadata, ["adaptation", adaptation]]));
  dispose([...tensors.values()]);
});

it("is seen so wherever the run is used, and by runs that come from it", async () => {
  using adapted = openRun(out, { form: "trained", normalize: { kind: "trained" } });
  expect(exposureOf(adapted.network)).toBe(BRIGHTER);
  expect(describeAdaptation(adapted.adaptation as AdaptationRecord).join("\n")).toContain(
    `seen brighter, by a gamma of ${BRIGHTER}`,
  );
  const model = await exportRun(out, { out: join(root, "exported") });
  expect(model.verification.verified).toBe(true);
  const { record } = await adaptToPlace(out, { images, out: join(root, "again"), weight: 0 });
  expect(record.exposure).toBe(BRIGHTER);
});

it("is seen by a network as it would see brighter pictures", () => {
  using adapted = openRun(out, { form: "trained", normalize: { kind: "trained" } });
  const { network } = adapted;
  const labels = (image: ReturnType<typeof picture>) =>
    scope(() =>
      noGrad(() =>
        predict(network, pictureInput([image], "cpu"))
          .max(1)[1]
          ?.toTypedArray(),
      ),
    );
  const seen = labels(picture(0)) as BigInt64Array;
  expose(network, 1);
  const brighter = labels(exposed(picture(0), BRIGHTER)) as BigInt64Array;
  const differing = seen.filter((label, at) => label !== brighter[at]).length;
  expect(differing).toBeLessThan(0.02 * seen.length); // Bytes are rounded.
});

it("is not asked about where the weight of a place's statistics is given", async () => {
  const looked = async (weight: number | "auto") => {
    let count = 0;
    const onProgress = ({ part }: AdaptProgress) => {
      if (part === "statistics") count++;
    };
    await adaptToPlace(run, { images, out: join(root, `asked-${weight}`), weight, own: 0, onProgress });
    return count;
  };
  const pictures = 2;
  expect(await looked(0.3)).toBe(pictures);
  // Do they depart, their statistics as they are and brighter, and how clear they are with each.
  expect(await looked("auto")).toBe(5 * pictures);
});
