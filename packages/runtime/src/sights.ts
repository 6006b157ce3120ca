// A picture as its looks (looks.ts) show it to the graphs: as one weight of its own statistics has it, as it was decided before, or as it
// decides now.

import { exposed, type RgbImage } from "@pinmem/core";
import type { ExportedModel } from "@pinmem/core/formats";
import type { GraphPair, View } from "./graph-pair.js";
import { decideLooks, type Look } from "./looks.js";
import { ModelError } from "./model-error.js";
import type { Value, Values } from "./onnx.js";
import { statisticsView } from "./own-statistics.js";
import { isWhole, type Pieces } from "./pieces.js";
import type { RunInputs, RunOptions } from "./runner.js";
import { nextTurn } from "./turn.js";

/** A look at a picture. */
export interface Sight {
  readonly look: Look;
  /** The picture under its exposure. */
  readonly image: RgbImage;
  /** Of the picture's own statistics. */
  readonly weight: number;
  /** Whose statistics its pieces have; null: each its own. */
  readonly view: View | null;
}

/** How a picture is seen, and what was found on the way where it goes through whole. */
export interface Decided {
  /** The clearest first. */
  readonly sights: readonly Sight[];
  /** What the first graph has made of it in every sight; null: nothing yet. */
  readonly encoded: readonly Values[] | null;
  /** What the second one has, with the memory as it is. */
  readonly decoded: readonly Values[] | null;
}

interface Subject {
  readonly image: RgbImage;
  readonly pieces: Pieces;
  readonly graphs: GraphPair;
  readonly model: ExportedModel;
}

/** With what statistics and exposures a picture is seen. */
export async function decideSights(
  { image, pieces, graphs, model }: Subject,
  { memory, ownWeight }: RunInputs,
  { signal, looks: given }: RunOptions,
): Promise<Decided> {
  const sightOf = async (look: Look, weight: number): Promise<Sight> => {
    const seen = under(image, look);
    return { look, image: seen, weight, view: await graphs.viewOf(seen, pieces, weight) };
  };
  if (ownWeight !== "auto") return { sights: [await sightOf(1, ownWeight)], encoded: null, decoded: null };
  const { auto, largest = 0 } = model.normalization ?? {};
  if (!auto) throw new ModelError("internal: the model has no rule to decide by");
  const weightOf = (look: Look) => (look === "trained" ? 0 : auto.weight);
  const sightsOf = async (looks: readonly Look[]) => {
    const sights: Sight[] = [];
    for (const look of looks) sights.push(await sightOf(look, weightOf(look)));
    return sights;
  };
  if (given) return { sights: await sightsOf(given), encoded: null, decoded: null };

  const view = statisticsView(image, largest);
  const passes = new Map<Look, { readonly encoded: Values; readonly decoded: Values }>();
  // The rule is for votes as they were trained.
  const asTrained = memory && { ...memory, voteWeight: auto.voteWeight ?? memory.voteWeight };
  const looks = await decideLooks(auto, async (look) => {
    if (passes.size > 0) await nextTurn();
    signal?.throwIfAborted();
    const weight = weightOf(look);
    const encoded = await graphs.encode(under(view, look), { weight, tellsDistance: true });
    const task = { encoded, size: view, weight, given: null };
    const decoded = await graphs.decode(task, asTrained, ["logits", ...(memory ? ["read_weights"] : [])]);
    passes.set(look, { encoded, decoded });
    return { logits: decoded.logits as Value, distance: Number(encoded[auto.distance]?.data[0]) };
  });
  const sights = await sightsOf(looks);
  if (!isWhole(pieces) || view !== image) return { sights, encoded: null, decoded: null };
  const seen = looks.flatMap((look) => passes.get(look) ?? []);
  return {
    sights,
    encoded: seen.map(({ encoded }) => encoded),
    decoded: asTrained?.voteWeight === memory?.voteWeight ? seen.map(({ decoded }) => decoded) : null,
  };
}

/** The picture as a look shows it. */
const under = (image: RgbImage, look: Look): RgbImage => (look === "trained" ? image : exposed(image, look));
