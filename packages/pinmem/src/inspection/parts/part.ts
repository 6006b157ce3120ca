// What the parts of an inspection have in common: what they work on, and how they hand in pictures.

import type { InspectedRun, InspectionPicture } from "@pinmem/core/formats";
import type { Device } from "@pinmem/torch";
import type { OpenRun } from "../../runs/open-run.js";
import type { InspectedDomain } from "../domains.js";
import { savePicture } from "../drawing/save-picture.js";
import type { Drawing } from "../drawing/svg.js";

export interface PartContext {
  readonly run: OpenRun;
  readonly baseline: OpenRun | null;
  readonly domains: readonly InspectedDomain[];
  /** Where pictures go. */
  readonly folder: string;
  readonly device: Device;
  readonly seed: number;
  readonly onProgress: (done: number, total: number) => void;
}

export interface PartResult<Figures> {
  readonly figures: Figures;
  readonly pictures: readonly InspectionPicture[];
  readonly notes?: readonly string[];
}

export async function save(
  folder: string,
  name: string,
  drawing: Drawing,
  about: Pick<InspectionPicture, "kind" | "title" | "caption">,
): Promise<InspectionPicture> {
  const { svg, png } = await savePicture(folder, name, drawing);
  const [width, height] = [Math.ceil(drawing.width), Math.ceil(drawing.height)];
  return { file: png, svg, ...about, width, height };
}

/** A name for a file: letters, digits and hyphens. */
export const fileName = (...words: readonly string[]): string =>
  words
    .join("-")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-|-$/g, "");

export const describeRun = ({ path, file, recipe, step, network }: OpenRun): InspectedRun => ({
  path,
  file,
  name: recipe.name,
  method: recipe.method.name,
  step,
  hasMemory: network.memory !== null,
});
