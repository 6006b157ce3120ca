// One piece of work after the other with each model. A model keeps the features of the picture that it has segmented last; who works
// with those of the open picture must be sure that none came in between: scores and comparisons segment many.

import type { Model, Segmentation, SegmentOptions, SegmentPictureOptions } from "@pinmem/runtime/browser";
import * as state from "./state.js";

const lastOf = new WeakMap<Model, Promise<unknown>>();
const shownIn = new WeakMap<Model, ImageBitmap>();

/** Work that no other work with this model comes between. Not to be called in a turn. */
export function inTurn<T>(model: Model, work: () => Promise<T>): Promise<T> {
  const result = (lastOf.get(model) ?? Promise.resolve()).then(work, work);
  lastOf.set(
    model,
    result.catch(() => {}),
  );
  return result;
}

/** In a turn: segments a picture, whose features the model then keeps. */
export async function through(
  model: Model,
  bitmap: ImageBitmap,
  options: SegmentPictureOptions = {},
): Promise<Segmentation> {
  shownIn.delete(model);
  const result = await model.segment(bitmap, options);
  shownIn.set(model, bitmap);
  return result;
}

/** In a turn: sees to it that a model keeps the features of a picture. */
export async function keeping(model: Model, bitmap: ImageBitmap): Promise<void> {
  if (shownIn.get(model) !== bitmap) await through(model, bitmap);
}

/** In a turn: a picture with the memory as it is now. Of one too large for its features to be kept, all of it is computed again. */
export async function again(
  model: Model,
  bitmap: ImageBitmap,
  options: SegmentOptions = {},
): Promise<Segmentation> {
  await keeping(model, bitmap);
  try {
    return await model.decode(options);
  } catch (error) {
    if (!/features are not kept/.test(state.messageOf(error))) throw error;
    return await through(model, bitmap, options);
  }
}

/** A turn with the features of the open picture; null where none is open. */
export const onOpen = <T>(model: Model, work: (bitmap: ImageBitmap) => Promise<T>): Promise<T | null> =>
  inTurn(model, async () => {
    const { value: bitmap } = state.bitmap;
    if (!bitmap) return null;
    await keeping(model, bitmap);
    return await work(bitmap);
  });
