// Saves what was taught, as a run: the server makes it by `pinmem adapt` from the same pictures and strokes.

import type { AdaptAnswer, AdaptRequest } from "../../src/site.js";
import { encodePng } from "./png.js";
import * as state from "./state.js";
import { brushedLabels } from "./strokes.js";

/** @returns what was made, for people. @throws where it could not be */
export async function saveAdapted(name: string): Promise<AdaptAnswer> {
  const [run, model] = [state.run.value, state.model.value];
  if (!run?.adapt || !model)
    throw new Error("an adapted run needs a server: start pinmem studio with the run");
  const names = model.classes.map((one) => one.name);
  const pictures: { image: string; label: string }[] = [];
  for (const [id, strokes] of state.strokes.value) {
    const picture = state.pictures.value.find((one) => one.id === id);
    if (strokes.length === 0 || !picture) continue;
    const blob = await picture.blob();
    const { width, height } = await createImageBitmap(blob);
    const label = await encodePng(width, height, brushedLabels(strokes, width, height, names));
    pictures.push({ image: await base64(blob), label: await base64(new Blob([label])) });
  }
  const body: AdaptRequest = { name, vote: state.votes.value, pictures };
  const response = await fetch(run.adapt, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(await response.text());
  return (await response.json()) as AdaptAnswer;
}

const base64 = (blob: Blob): Promise<string> =>
  new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onerror = () => reject(reader.error);
    reader.onload = () => resolve((reader.result as string).replace(/^[^,]*,/, ""));
    reader.readAsDataURL(blob);
  });
