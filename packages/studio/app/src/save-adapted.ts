// Saves what was taught, as a run: the server makes it by `pinmem adapt` from the same pictures and strokes.

import type { AdaptAnswer, AdaptRequest, Site } from "../../src/site.js";
import { postJson } from "./ask-server.js";
import { bitmapOf } from "./decode-picture.js";
import { encodePng } from "./png.js";
import * as state from "./state.js";
import { brushedLabels } from "./strokes.js";

/**
 * The run that is made stands in the list of runs from then on.
 * @returns what was made, for people
 * @throws where it could not be
 */
export async function saveAdapted(name: string): Promise<AdaptAnswer> {
  const [run, model] = [state.run.value, state.model.value];
  if (!run?.adapt || !model)
    throw new Error("an adapted run needs a server: start pinmem studio with the run");
  const names = model.classes.map((one) => one.name);
  const pictures: { image: string; label: string }[] = [];
  for (const [id, strokes] of state.strokes.value) {
    if (strokes.length === 0) continue;
    const picture = state.pictures.value.find((one) => one.id === id);
    if (!picture)
      throw new Error(`${id.replace(/^file:|:\d+$/g, "")} was brushed, but is not open; drop it again`);
    const bitmap = await bitmapOf(picture);
    const { width, height } = bitmap;
    const label = await encodePng(width, height, brushedLabels(strokes, width, height, names));
    pictures.push({
      image: await base64(await plainFile(await picture.blob(), bitmap)),
      label: await base64(new Blob([label])),
    });
    bitmap.close();
  }
  const own = model.hasNormalization ? state.statistics.value : 0;
  const body: AdaptRequest = { name, vote: state.votes.value, own, pictures };
  const answer = (await (await postJson(run.adapt, body)).json()) as AdaptAnswer;
  await readRuns();
  return answer;
}

/** The list of runs as it is now. Where it cannot be had, the run is saved all the same. */
async function readRuns(): Promise<void> {
  const response = await fetch("studio.json").catch(() => null);
  if (response?.ok) state.site.value = (await response.json()) as Site;
}

/** The file itself where the server decodes it to the same pixels (JPEG, PNG); otherwise these as PNG. */
async function plainFile(blob: Blob, bitmap: ImageBitmap): Promise<Blob> {
  const [first, second] = new Uint8Array(await blob.slice(0, 2).arrayBuffer());
  if ((first === 0xff && second === 0xd8) || (first === 0x89 && second === 0x50)) return blob;
  const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
  canvas.getContext("2d")?.drawImage(bitmap, 0, 0);
  return await canvas.convertToBlob({ type: "image/png" });
}

const base64 = (blob: Blob): Promise<string> =>
  new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onerror = () => reject(reader.error);
    reader.onload = () => resolve((reader.result as string).replace(/^[^,]*,/, ""));
    reader.readAsDataURL(blob);
  });
