// Part of an inspection: how much the network relies on its memory.

import type { Reliance } from "@pinmem/core/formats";
import { measureReliance } from "../reliance.js";
import { relianceFigure } from "../reliance-figure.js";
import { type PartContext, type PartResult, save } from "./part.js";

export async function inspectReliance({
  run: { network, normalization },
  domains,
  folder,
  device,
  seed,
  onProgress,
}: PartContext): Promise<PartResult<Reliance>> {
  const figures = await measureReliance(network, domains, { device, normalization, seed, onProgress });
  const picture = await save(folder, "reliance", relianceFigure(figures), {
    kind: "reliance",
    title: "Memory reliance",
    caption:
      "Share of pixels whose class changes when the read of the memory is altered and nothing else, and below it the change in " +
      "mean IoU. A memory that matters cannot be made constant without a trace.",
  });
  return { figures, pictures: [picture] };
}
