// A picture with the names and colors of classes below it.

import type { LabelSpace, RgbImage } from "@pinmem/core";
import { drawLegend, stack } from "../images/legend.js";

/** The picture with the names and colors of these classes below it. */
export async function withLegend(picture: RgbImage, classes: LabelSpace["classes"]): Promise<RgbImage> {
  return stack(picture, await drawLegend(classes, picture.width));
}
