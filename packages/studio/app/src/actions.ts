// What people do, as changes of the state: open runs and pictures, segment, teach, save. Work follows one after the other; what a newer
// choice has made stale is dropped.

import { load, type Model, type Segmentation } from "@pinmem/runtime/browser";
import { distinct } from "../../src/distinct.js";
import type { Site, SiteRun } from "../../src/site.js";
import { postJson, serverGone } from "./ask-server.js";
import { bitmapOf, fetchBlob, UndecodableError } from "./decode-picture.js";
import { closeVideo, openCamera, openVideo } from "./live.js";
import { memoryRows } from "./rows.js";
import { asSentence } from "./sentence.js";
import * as state from "./state.js";
import { keepStrokes, keptStrokes } from "./strokes.js";
import { teachFrom } from "./teach.js";
import { again, inTurn, onOpen, through } from "./turns.js";

/** Loaded, by position of their run; who was asked for last is last. */
const models = new Map<number, Promise<Model>>();
/** MiB for the computation of each; larger pictures are tiled. A page with several stays below a gigabyte or two. */
const MEMORY = 384;
/** As many as are compared at once. */
const MOST_MODELS = 4;
/** Why the chosen run cannot be looked at; null: it can. Other pictures do not change that. */
let runProblem: string | null = null;
let turn = 0;

/** Reads what there is, and opens the first run and picture. */
export async function start(): Promise<void> {
  try {
    const response = await fetch("studio.json");
    if (!response.ok) throw new Error(await response.text());
    const site = (await response.json()) as Site;
    state.site.value = site;
    // An exported site knows pictures of several folders by the last parts of their names.
    const ids = distinct(site.pictures.map(({ name, group }) => `site:${group}/${name}`));
    state.pictures.value = site.pictures.map(({ name, group, image, label }, at) => ({
      id: ids[at] as string,
      name,
      group,
      label,
      blob: () => fetchBlob(image),
    }));
    const [picture] = state.pictures.value;
    const opening = picture && showEarly(picture);
    const first = site.runs.findIndex(({ model }) => model !== null);
    if (first < 0) {
      if (site.runs[0]?.events) state.tab.value = "Follow";
    } else await chooseRun(first);
    await opening;
    if (picture && !state.picture.value) await choosePicture(picture);
  } catch (error) {
    state.problem.value = `The studio cannot be reached: ${state.messageOf(error)}. Is pinmem studio still running? Start it again and reload this page.`;
  }
}

/** A picture while the model still loads, which then segments it. What is wrong with it is said when it is opened again. */
async function showEarly(picture: state.Picture): Promise<void> {
  const bitmap = await bitmapOf(picture).catch(() => null);
  if (!bitmap || state.picture.value || state.bitmap.value) return bitmap?.close();
  state.bitmap.value = bitmap;
  state.picture.value = picture;
  // The model may have been faster.
  if (state.model.value) await segment();
}

/** A model, loaded once while it is in use; exported first where that is still to be done. */
export function modelOf(at: number): Promise<Model> {
  const found = models.get(at);
  models.delete(at);
  const loading = found ?? openModel(state.site.value?.runs[at] as SiteRun);
  models.set(at, loading);
  if (found) return found;
  loading.catch(() => models.delete(at));
  const unused = [...models.keys()].filter((one) => one !== state.runAt.value && one !== at);
  for (const one of unused.slice(0, Math.max(0, models.size - MOST_MODELS))) {
    const leaving = models.get(one);
    models.delete(one);
    void leaving?.then((model) => model.dispose()).catch(() => {});
  }
  return loading;
}

async function openModel({ name, model, prepare, unfinished, compute }: SiteRun): Promise<Model> {
  if (model === null) throw new Error(`${name} cannot be looked at yet: ${unfinished ?? "it has no model"}`);
  if (prepare !== null) await askForExport(name, prepare);
  state.busy.value = `Loading ${name}`;
  const loading = load(model, {
    ortPath: (state.site.value as Site).ort,
    memory: MEMORY,
    ...(compute !== null && { compute }),
    onProgress: ({ done, total }) => {
      state.busy.value = `Loading ${name}: ${(done / 1e6).toFixed(0)} of ${(total / 1e6).toFixed(0)} MB`;
    },
  });
  return await loading.catch((error: unknown) => {
    if (/cannot be fetched/.test(state.messageOf(error))) throw new Error(serverGone());
    throw error;
  });
}

/** The server says how far it is, a line of JSON each. */
async function askForExport(name: string, address: string): Promise<void> {
  state.busy.value = `Exporting ${name} (once)`;
  const response = await postJson(address, {});
  const lines = (await response.text()).trim().split("\n");
  const last = JSON.parse(lines.at(-1) ?? "{}") as { error?: string };
  if (last.error !== undefined) throw new Error(`${name} cannot be exported: ${last.error}`);
}

/** Shows a run, with the picture that is open. */
export async function chooseRun(at: number): Promise<void> {
  const mine = ++turn;
  state.runAt.value = at;
  runProblem = null;
  state.problem.value = null;
  state.result.value = null;
  state.resultBefore.value = null;
  state.written.value = [];
  state.model.value = null;
  forgetLook();
  try {
    const model = await modelOf(at);
    if (mine !== turn) return;
    state.model.value = model;
    state.votes.value = model.hasMemory ? model.votes : 0;
    state.isAuto.value = model.normalize === "auto";
    state.normalize.value = model.normalize === "auto" ? 0 : model.normalize;
    state.strokes.value = keptStrokes(model.description.provenance.weights);
    state.brushWidth.value = Math.round(model.description.feature.stride * 1.5);
    state.busy.value = null;
    await segment();
  } catch (error) {
    if (mine !== turn) return;
    fail(error);
    runProblem = state.problem.value;
  }
}

/** Shows a picture, or opens a video. */
export async function choosePicture(picture: state.Picture): Promise<void> {
  const mine = ++turn;
  closeVideo();
  state.picture.value = picture;
  state.problem.value = runProblem;
  state.result.value = null;
  state.resultBefore.value = null;
  forgetLook();
  try {
    if (picture.isVideo) {
      await openVideo(await picture.blob(), picture.name);
      return;
    }
    const bitmap = await bitmapOf(picture);
    if (mine !== turn) {
      bitmap.close();
      return;
    }
    state.bitmap.value?.close();
    state.bitmap.value = bitmap;
    await segment();
  } catch (error) {
    if (error instanceof UndecodableError) dropPicture(picture);
    if (mine !== turn) return;
    state.bitmap.value = null;
    fail(error);
  }
}

/** Takes a picture out of the list that cannot be shown. */
export function dropPicture(picture: state.Picture): void {
  state.pictures.value = state.pictures.value.filter((one) => one !== picture);
  if (state.picture.value === picture) state.picture.value = null;
}

/** The open picture through the open model. */
export async function segment(): Promise<void> {
  const [model, bitmap] = [state.model.value, state.bitmap.value];
  if (!model || !bitmap) return;
  const mine = ++turn;
  try {
    state.busy.value = "Segmenting";
    const result = await inTurn(model, async () => {
      if (mine !== turn) return null;
      return await through(model, bitmap, {
        confidence: true,
        onProgress: ({ done, total }) => {
          if (total > 1 && mine === turn) state.busy.value = `Segmenting: piece ${done} of ${total}`;
        },
      });
    });
    if (mine !== turn || !result) return;
    show(result);
    if (state.strokes.value.size > 0 && model.hasMemory) await teach();
  } catch (error) {
    if (mine === turn) fail(error);
  }
}

let isDecoding = false;
let isAskedAgain = false;

/** The same picture with votes, own statistics or rows as they are now. While one is at work, only the last wish counts. */
export async function decode(): Promise<void> {
  const model = state.model.value;
  if (!model || !state.result.value) return;
  isAskedAgain = true;
  if (isDecoding) return;
  isDecoding = true;
  const mine = ++turn;
  try {
    while (isAskedAgain && mine === turn) {
      isAskedAgain = false;
      const result = await onOpen(model, async (bitmap) => {
        if (model.hasMemory) model.votes = state.votes.value;
        if (model.hasNormalization) model.normalize = state.statistics.value;
        return await again(model, bitmap, { confidence: true });
      });
      if (mine === turn && result) show(result);
    }
    if (mine === turn) await lookAgain();
  } catch (error) {
    if (mine === turn) fail(error);
  } finally {
    isDecoding = false;
  }
}

/** What a pixel and a map show is of the statistics and rows as they are now. */
async function lookAgain(): Promise<void> {
  const [{ value: looked }, { value: map }] = [state.looked, state.rowMap];
  if (looked) await look(looked.x, looked.y);
  if (map) await mapRow(map.trainId, map.kind);
}

function show(result: Segmentation): void {
  state.result.value = result;
  state.busy.value = null;
  state.said.value = `${state.picture.value?.name ?? "The picture"} is segmented`;
}

function fail(error: unknown): void {
  state.busy.value = null;
  state.problem.value = asSentence(state.messageOf(error));
}

/** Keeps strokes, writes rows from all of them, and shows what that changes. */
export async function teach(): Promise<void> {
  const model = state.model.value;
  if (!model?.hasMemory || !state.result.value) return;
  const kept = keepStrokes(model.description.provenance.weights, state.strokes.value);
  state.isKept.value = kept === null;
  if (kept !== null) state.problem.value = kept;
  try {
    if (!state.resultBefore.value) state.resultBefore.value = state.result.value;
    const { written, missing } = await teachFrom(model, state.strokes.value);
    state.written.value = written;
    noteTaught(written.length > 0);
    state.missing.value = missing;
    // Rows that are only read hardly change labels.
    if (state.written.value.length > 0 && state.votes.value === 0) state.votes.value = 10;
    await decode();
    const count = [...state.strokes.value.values()].flat().length;
    const from = `${count} ${count === 1 ? "stroke" : "strokes"}`;
    if (written.length > 0) state.said.value = `Rows of ${written.join(", ")} are written from ${from}`;
  } catch (error) {
    fail(error);
  }
}

function noteTaught(isTaught: boolean): void {
  const { value: run } = state.runAt;
  const others = [...state.taught.value].filter((one) => one !== run);
  state.taught.value = new Set(isTaught ? [...others, run] : others);
}

/** Rows, votes and strokes as they were. */
export async function resetTeaching(): Promise<void> {
  const model = state.model.value;
  if (!model?.hasMemory) return;
  state.strokes.value = new Map();
  noteTaught(false);
  state.resultBefore.value = null;
  state.swipe.value = 0;
  state.isKept.value = true;
  keepStrokes(model.description.provenance.weights, state.strokes.value);
  await teachFrom(model, new Map());
  state.written.value = []; // When the rows are as they were: what is shown of them follows it.
  const { value: map } = state.rowMap;
  if (map && !memoryRows.value?.there.includes(map.trainId)) forgetLook();
  state.votes.value = model.description.memory?.voteWeight ?? 0;
  await decode();
}

/** What a pixel reads and votes for. */
export async function look(x: number, y: number): Promise<void> {
  const model = state.model.value;
  if (!model?.hasMemory || !state.result.value) return;
  try {
    const read = await onOpen(model, () => model.look(x, y));
    state.looked.value = read && { x, y, ...read };
  } catch (error) {
    fail(error);
  }
}

/** Where the row of a class is read, or voted for. */
export async function mapRow(trainId: number, kind: "weights" | "cosines"): Promise<void> {
  const model = state.model.value;
  if (!model?.hasMemory || !state.result.value) return;
  try {
    const map = await onOpen(model, () => model.map(trainId));
    state.rowMap.value = map && {
      trainId,
      kind,
      width: map.width,
      height: map.height,
      values: map[kind],
    };
  } catch (error) {
    fail(error);
  }
}

function forgetLook(): void {
  state.looked.value = null;
  state.rowMap.value = null;
}

const isPictureFile = ({ type, name }: File) =>
  type.startsWith("image/") || /\.(jpe?g|png|webp|avif|bmp)$/i.test(name);
const isVideoFile = ({ type, name }: File) =>
  type.startsWith("video/") || /\.(mp4|webm|mov|mkv|ogv|m4v)$/i.test(name);

/** Adds files that were dropped or chosen; opens the first. */
export async function addFiles(
  files: readonly File[],
  pathOf: (file: File) => string = (file) => file.webkitRelativePath || file.name,
): Promise<void> {
  const added = files
    .filter((file) => isPictureFile(file) || isVideoFile(file))
    .map((file): state.Picture => {
      const name = pathOf(file);
      return {
        id: `file:${name}:${file.size}:${file.lastModified}`,
        name,
        group: "dropped",
        label: null,
        blob: async () => file,
        ...(isVideoFile(file) && { isVideo: true }),
      };
    });
  if (added.length === 0) {
    state.problem.value =
      "Nothing there is a picture: choose JPEG, PNG, WebP or AVIF files, a video, or a folder of them";
    return;
  }
  const known = new Set(state.pictures.value.map(({ id }) => id));
  state.pictures.value = [...state.pictures.value, ...added.filter(({ id }) => !known.has(id))];
  await choosePicture(added[0] as state.Picture);
}

/** Shows what the camera sees. */
export async function chooseCamera(): Promise<void> {
  if (!(await openCamera())) return;
  turn++;
  state.picture.value = null;
  state.problem.value = null;
  forgetLook();
}
