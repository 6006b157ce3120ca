import type { Model } from "@pinmem/runtime/browser";
import { afterEach, expect, it, vi } from "vitest";
import { bitmapOf } from "./decode-picture.js";
import * as state from "./state.js";
import { teachFrom } from "./teach.js";

afterEach(() => vi.unstubAllGlobals());

const picture = (id: string): state.Picture => ({
  id,
  name: id,
  group: "streets",
  label: null,
  blob: async () => new Blob([id]),
});

/** Notes from which pictures it collects. */
function modelThat(collects: string[]): Model {
  let last = "";
  const model = {
    classes: [{ name: "road" }],
    votes: 0,
    hasNormalization: false,
    description: { memory: null },
    segment: async (bitmap: { id: string }) => {
      last = bitmap.id;
    },
    collect: async () => {
      collects.push(last);
      return { counts: [1], sums: [] };
    },
    reset: () => {},
    writeCollected: () => ["road"],
  };
  return model as unknown as Model;
}

it("learns from the picture that was brushed, while it was chosen and the one before is still seen", async () => {
  vi.stubGlobal("createImageBitmap", async (blob: Blob) => ({
    id: await blob.text(),
    width: 4,
    height: 4,
    close: () => {},
  }));
  const [before, chosen] = [picture("before"), picture("chosen")];
  state.pictures.value = [before, chosen];
  state.bitmap.value = await bitmapOf(before);
  state.picture.value = chosen;
  const collects: string[] = [];
  const stroke = { class: 0, points: [[1, 1]] as [number, number][], width: 2 };
  const taught = await teachFrom(modelThat(collects), new Map([["chosen", [stroke]]]));
  expect(collects).toEqual(["chosen"]);
  expect(taught).toEqual({ written: ["road"], missing: 0 });
});
