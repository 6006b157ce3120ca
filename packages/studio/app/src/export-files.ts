// Files that people take away: labels and colors as `pinmem predict` writes them, an adapted memory.

import { encodePng } from "./png.js";
import * as state from "./state.js";

export const exportKinds = ["train-ids", "label-ids", "color", "confidence"] as const;
export type ExportKind = (typeof exportKinds)[number];

/** The open picture's result as a PNG file. */
export async function exportPng(kind: ExportKind): Promise<void> {
  const [result, model] = [state.result.value, state.model.value];
  if (!result || !model) return;
  const { width, height, labels, confidence } = result;
  const { classes } = model.description.labels;
  const pixels = {
    "train-ids": () => labels,
    "label-ids": () => labels.map((id) => classes[id]?.id ?? 0),
    confidence: () => confidence ?? new Uint8Array(labels.length),
    color: () => {
      const colors = new Uint8Array(labels.length * 3);
      labels.forEach((id, at) => {
        colors.set(classes[id]?.color ?? [0, 0, 0], at * 3);
      });
      return colors;
    },
  }[kind]();
  const name = (state.picture.value?.name ?? "picture").replace(/^.*\//, "").replace(/\.\w+$/, "");
  download(`${name}.${kind}.png`, await encodePng(width, height, pixels));
}

/** Hands a file to the browser. */
export function download(name: string, bytes: Uint8Array<ArrayBuffer> | string): void {
  const address = URL.createObjectURL(new Blob([bytes]));
  const link = Object.assign(document.createElement("a"), { href: address, download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}
