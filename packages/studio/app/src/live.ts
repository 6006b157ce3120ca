// Videos and the camera: while one plays, its newest frame goes through the network, then the next; frames that come in between are let
// go. Frames of a playing one are made smaller first, so that there are more of them; the frame at which it rests is segmented whole.

import type { Look, Model } from "@pinmem/runtime/browser";
import { batch, signal } from "@preact/signals";
import { UndecodableError } from "./decode-picture.js";
import * as state from "./state.js";
import { inTurn, through } from "./turns.js";

/** Longest side of frames while it plays, in pixels. */
const LIVE_SIDE = 512;

/** What is open; null: a picture, or nothing. */
export const video = signal<HTMLVideoElement | null>(null);
export const isCamera = signal(false);
export const isPlaying = signal(false);
/** In seconds. */
export const time = signal(0);
export const duration = signal(0);
/** Segmented frames a second, lately. */
export const rate = signal(0);
/** Why there is no camera, and what to do. */
export const cameraProblem = signal<string | null>(null);

/** Counts what was asked for: what opens when something else is wanted is let go. */
let wanted = 0;

/**
 * Opens a file, or what a camera gives.
 * @returns whether it is open; something else may have been asked for meanwhile
 * @throws UndecodableError where the browser cannot decode it
 */
export async function openVideo(source: Blob | MediaStream, name: string): Promise<boolean> {
  closeVideo();
  const mine = wanted;
  const element = Object.assign(document.createElement("video"), {
    muted: true,
    playsInline: true,
    preload: "auto",
  });
  const isStream = source instanceof MediaStream;
  if (isStream) element.srcObject = source;
  else element.src = URL.createObjectURL(source);
  try {
    await new Promise((resolve, reject) => {
      element.onloadeddata = resolve;
      element.onerror = () =>
        reject(
          new UndecodableError(
            `${name} cannot be decoded: choose a video that this browser plays, such as WebM or MP4`,
          ),
        );
    });
  } catch (error) {
    letGo(element);
    if (mine !== wanted) return false;
    throw error;
  }
  if (mine !== wanted) {
    letGo(element);
    return false;
  }
  decided = null;
  batch(() => {
    video.value = element;
    isCamera.value = isStream;
    // Of recordings without an index it is not known until they have been played.
    duration.value = Number.isFinite(element.duration) ? element.duration : 0;
    time.value = 0;
    rate.value = 0;
  });
  element.onplay = () => void live(element);
  element.onpause = () => {
    isPlaying.value = false;
  };
  element.onseeked = () => {
    time.value = element.currentTime;
    if (element.paused) void showFrame(element, null);
  };
  if (isStream) await element.play();
  else await showFrame(element, null);
  return true;
}

/** Ends what is open, and lets a camera go. */
export function closeVideo(): void {
  wanted++;
  const { value: element } = video;
  if (!element) return;
  video.value = null;
  isPlaying.value = false;
  letGo(element);
}

function letGo(element: HTMLVideoElement): void {
  element.onerror = null;
  element.pause();
  if (element.srcObject instanceof MediaStream)
    for (const track of element.srcObject.getTracks()) track.stop();
  const { src } = element;
  element.srcObject = null;
  element.removeAttribute("src");
  element.load(); // Lets go of the file, which is asked for again otherwise.
  if (src !== "") URL.revokeObjectURL(src);
}

export function togglePlaying(): void {
  const { value: element } = video;
  if (element?.paused) void element.play();
  else element?.pause();
}

export function seek(seconds: number): void {
  if (video.value) video.value.currentTime = seconds;
}

/** @returns whether there is one; why not stands in `cameraProblem` */
export async function openCamera(): Promise<boolean> {
  closeVideo();
  const mine = wanted;
  cameraProblem.value = null;
  try {
    // Not there in pages of other machines without https.
    const { mediaDevices } = navigator as { mediaDevices?: MediaDevices };
    if (!mediaDevices) throw new DOMException("", "SecurityError");
    const stream = await mediaDevices.getUserMedia({ video: { width: 640, height: 480 } });
    if (mine === wanted) return await openVideo(stream, "The camera");
    // Something else was asked for while the browser asked for permission.
    for (const track of stream.getTracks()) track.stop();
    return false;
  } catch (error) {
    cameraProblem.value = cameraTrouble(error);
    return false;
  }
}

function cameraTrouble(error: unknown): string {
  const name = error instanceof DOMException ? error.name : "";
  if (name === "NotAllowedError")
    return "The camera was refused. Allow it for this page beside the address, then ask again.";
  if (name === "NotFoundError") return "There is no camera. Plug one in, then ask again.";
  if (name === "NotReadableError")
    return "The camera is in use by another program. Close that, then ask again.";
  if (name === "SecurityError")
    return "Browsers give a camera only to pages of this machine or over https: open the studio at 127.0.0.1.";
  return `The camera cannot be used: ${state.messageOf(error)}`;
}

/** The frame that is shown, as a file to keep. */
export async function keptFrame(name: string): Promise<File> {
  const { value: element } = video;
  if (!element) throw new Error("no video is open");
  const canvas = new OffscreenCanvas(element.videoWidth, element.videoHeight);
  canvas.getContext("2d")?.drawImage(element, 0, 0);
  const blob = await canvas.convertToBlob({ type: "image/png" });
  const at = isCamera.value ? Date.now() : element.currentTime.toFixed(2);
  return new File([blob], `${name.replace(/^.*\//, "")}-${at}.png`, { type: "image/png" });
}

async function live(element: HTMLVideoElement): Promise<void> {
  isPlaying.value = true;
  let before = performance.now();
  while (video.value === element && !element.paused && !element.ended) {
    const scale = Math.min(1, LIVE_SIDE / Math.max(element.videoWidth, element.videoHeight));
    const isShown = await showFrame(element, scale);
    const now = performance.now();
    rate.value = 1000 / Math.max(1, now - before);
    before = now;
    // Without a model there is nothing to wait for.
    if (!isShown) await new Promise((resolve) => setTimeout(resolve, 100));
  }
  isPlaying.value = false;
  if (video.value === element) await showFrame(element, null);
}

const MOST_TRIES = 40;

/** The frame that is shown. Browsers tell that there is one a moment before it can be had. */
async function frameOf(element: HTMLVideoElement, size: ImageBitmapOptions): Promise<ImageBitmap> {
  for (let tries = 1; ; tries++) {
    try {
      return await createImageBitmap(element, size);
    } catch (error) {
      if (tries === MOST_TRIES) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

let turn = 0;

/** Milliseconds for which the frames of a playing one are seen as one of them has decided. */
const DECIDED_FOR = 3000;
let decided: { readonly model: Model; readonly looks: readonly Look[]; readonly at: number } | null = null;

/** Null: the next frame is to decide. */
function decidedLately(model: Model): readonly Look[] | null {
  if (model.normalize !== "auto" || decided?.model !== model) return null;
  return performance.now() - decided.at < DECIDED_FOR ? decided.looks : null;
}

/** @param scale of its frames; null: whole, as long as no newer one is wanted */
async function showFrame(element: HTMLVideoElement, scale: number | null): Promise<boolean> {
  const mine = ++turn;
  const { value: model } = state.model;
  try {
    const size = scale !== null && {
      resizeWidth: Math.round(element.videoWidth * scale),
      resizeHeight: Math.round(element.videoHeight * scale),
    };
    const bitmap = await frameOf(element, { ...size });
    time.value = element.currentTime;
    const show = (result: typeof state.result.value) => {
      const { value: old } = state.bitmap;
      batch(() => {
        state.bitmap.value = bitmap;
        state.result.value = result;
        state.resultBefore.value = null;
        state.busy.value = null;
      });
      old?.close();
    };
    if (!model) {
      if (video.value === element) show(null);
      return false;
    }
    return await inTurn(model, async () => {
      if (video.value !== element || mine !== turn) {
        bitmap.close();
        return false;
      }
      const confidence = scale === null || state.threshold.value > 0;
      const looks = scale === null ? null : decidedLately(model);
      const result = await through(model, bitmap, { confidence, ...(looks && { looks }) });
      if (!looks && result.looks) decided = { model, looks: result.looks, at: performance.now() };
      if (video.value === element) show(result);
      else bitmap.close();
      return true;
    });
  } catch (error) {
    state.problem.value = state.messageOf(error);
    element.pause();
    return false;
  }
}
