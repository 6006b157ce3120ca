// Makes IDD's label images from its polygons: Cityscapes train ids, as the benchmark uses them ("csTrainIds").
//
// Table and drawing order follow IDD's public code (AutoNUE public-code: helpers/anue_labels.py, column csTrainId, and
// preperation/json2labelImg.py): background 255, later objects over earlier ones, deleted ones left out, "…group" read
// as its single class. As there, polygons of fewer than three points are left out, and so are objects whose label is unknown,
// with a warning. Note its choices: non-drivable fallback counts as terrain (9), autorickshaws are ignored.

import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { IGNORE_INDEX, type LabelImage, LONGEST_SIDE, MOST_PIXELS, type Size } from "@pinmem/core";
import { asDataError, DataError } from "../../files/data-error.js";
import { parseJson } from "../../files/json-file.js";
import { isFolder, listFiles } from "../../files/list-files.js";
import { writeLabelPng } from "../../images/write-png.js";
import { examples } from "../not-found.js";
import { idd, iddEndings } from "./idd.js";
import { fillPolygon, type Point, workOf } from "./polygon.js";

const trainIds: Readonly<Record<string, number>> = {
  road: 0,
  parking: IGNORE_INDEX,
  "drivable fallback": IGNORE_INDEX,
  sidewalk: 1,
  "rail track": IGNORE_INDEX,
  "non-drivable fallback": 9,
  person: 11,
  animal: IGNORE_INDEX,
  rider: 12,
  motorcycle: 17,
  bicycle: 18,
  autorickshaw: IGNORE_INDEX,
  car: 13,
  truck: 14,
  bus: 15,
  caravan: IGNORE_INDEX,
  trailer: IGNORE_INDEX,
  train: 16,
  "vehicle fallback": IGNORE_INDEX,
  curb: IGNORE_INDEX,
  wall: 3,
  fence: 4,
  "guard rail": IGNORE_INDEX,
  billboard: IGNORE_INDEX,
  "traffic sign": 7,
  "traffic light": 6,
  pole: 5,
  polegroup: IGNORE_INDEX,
  "obs-str-bar-fallback": IGNORE_INDEX,
  building: 2,
  bridge: IGNORE_INDEX,
  tunnel: IGNORE_INDEX,
  vegetation: 8,
  sky: 10,
  "fallback background": IGNORE_INDEX,
  unlabeled: IGNORE_INDEX,
  "ego vehicle": IGNORE_INDEX,
  "rectification border": IGNORE_INDEX,
  "out of roi": IGNORE_INDEX,
  "license plate": IGNORE_INDEX,
};

const MAX_FILE_BYTES = 64 * 2 ** 20;

/** For all polygons of a file, as `workOf` counts: ten times as much as a busy street has, and some ten seconds at most. */
const MOST_WORK = 1e8;

/** Draws the objects of one polygon file. `file` is named in errors; labels that IDD does not define are told of. */
export function rasterizeIdd(
  json: string,
  file: string,
  onUnknown: (label: string) => void = () => {},
): LabelImage {
  const { imgWidth: width, imgHeight: height, objects } = parseAnnotation(json, file);
  const drawn: Drawn[] = [];
  objects.forEach((object, at) => {
    const { label, polygon, deleted } = (object ?? {}) as Record<string, unknown>;
    if (deleted === true || deleted === 1) return;
    if (typeof label !== "string") {
      throw new DataError(file, `object ${at} has the label ${JSON.stringify(label)}; expected a name`);
    }
    const id = trainIdOf(label);
    if (id === undefined) {
      onUnknown(label);
      return;
    }
    if (!Array.isArray(polygon) || !polygon.every(isPoint)) {
      throw new DataError(file, `object ${at} (${label}) has no polygon of [x, y] points`);
    }
    if (polygon.length >= 3) drawn.push({ what: `object ${at} (${label})`, polygon, id });
  });
  requireQuick(drawn, { width, height }, file);
  const image = { width, height, labels: new Uint8Array(width * height).fill(IGNORE_INDEX) };
  for (const { polygon, id } of drawn) fillPolygon(image, polygon, id);
  return image;
}

interface Drawn {
  /** Names it in errors. */
  readonly what: string;
  readonly polygon: readonly Point[];
  readonly id: number;
}

/** @throws DataError where to draw the polygons would take minutes, as those of a stranger may */
function requireQuick(drawn: readonly Drawn[], size: Size, file: string): void {
  const works = drawn.map(({ polygon }) => workOf(polygon, size));
  if (works.reduce((sum, work) => sum + work, 0) <= MOST_WORK) return;
  const most = works.reduce((best, work, at) => (work > (works[best] as number) ? at : best), 0);
  const { what, polygon } = drawn[most] as Drawn;
  throw new DataError(
    file,
    `has polygons of so many points and pixels that to draw them would take minutes (they are ${drawn.length}; ${what} takes most, with ` +
      `${polygon.length} points); draw fewer or simpler ones, or take the file away`,
  );
}

export interface PreparedIdd {
  readonly written: number;
  /** Label images that were there already. */
  readonly kept: number;
  /** Labels that IDD does not define, whose objects were left out: how many, and a file that has one. */
  readonly unknown: readonly { readonly label: string; readonly objects: number; readonly example: string }[];
}

export interface PrepareIddOptions {
  readonly root: string;
  readonly splits?: readonly string[];
  /** Make label images again that are there already. */
  readonly overwrite?: boolean;
  readonly onProgress?: (done: number, total: number) => void;
}

/** Writes a label image beside every polygon file below the root, in any of IDD's layouts. */
export async function prepareIdd({
  root,
  splits = Object.keys(idd.splits),
  overwrite = false,
  onProgress,
}: PrepareIddOptions): Promise<PreparedIdd> {
  if (!(await isFolder(root))) throw new DataError(root, "is no folder");
  const polygonFiles: string[] = [];
  for (const pattern of new Set(idd.layouts.map(({ labels }) => labels))) {
    for (const split of splits) {
      const folder = join(root, pattern.replace("{split}", split));
      if (!(await isFolder(folder))) continue;
      const names = await listFiles(folder);
      for (const name of names) if (name.endsWith(iddEndings.polygons)) polygonFiles.push(join(folder, name));
    }
  }
  if (polygonFiles.length === 0) {
    const places = idd.layouts.map(({ labels }) => labels).join(", ");
    const there = (await listFiles(root)).map((file) => file.replace(/\/.*/, "/"));
    throw new DataError(
      root,
      `holds no polygon files (…${iddEndings.polygons}) in ${places}; it holds ${examples([...new Set(there)]) || "nothing"}`,
    );
  }
  let written = 0;
  const unknown = new Map<string, { label: string; objects: number; example: string }>();
  const note = (file: string) => (label: string) => {
    const known = unknown.get(label) ?? { label, objects: 0, example: file };
    known.objects++;
    unknown.set(label, known);
  };
  for (const [done, file] of polygonFiles.entries()) {
    const target = file.slice(0, -iddEndings.polygons.length) + iddEndings.label;
    const exists = await stat(target).then(
      () => true,
      () => false,
    );
    if (overwrite || !exists) {
      await writeLabelPng(target, rasterizeIdd(await readAnnotation(file), file, note(file)));
      written++;
    }
    onProgress?.(done + 1, polygonFiles.length);
  }
  return { written, kept: polygonFiles.length - written, unknown: [...unknown.values()] };
}

async function readAnnotation(file: string): Promise<string> {
  try {
    const { size } = await stat(file);
    if (size > MAX_FILE_BYTES) throw new DataError(file, `has ${size} bytes; the limit is ${MAX_FILE_BYTES}`);
    return await readFile(file, "utf8");
  } catch (error) {
    throw asDataError(file, error);
  }
}

interface Annotation {
  readonly imgWidth: number;
  readonly imgHeight: number;
  readonly objects: readonly unknown[];
}

function parseAnnotation(json: string, file: string): Annotation {
  const { imgWidth, imgHeight, objects } = (parseJson(json, file) ?? {}) as Partial<Annotation>;
  if (!isLength(imgWidth) || !isLength(imgHeight) || imgWidth * imgHeight > MOST_PIXELS) {
    throw new DataError(
      file,
      `gives the size ${imgWidth} x ${imgHeight}; expected imgWidth and imgHeight in pixels`,
    );
  }
  if (!Array.isArray(objects)) throw new DataError(file, "holds no list of objects");
  return { imgWidth, imgHeight, objects };
}

function trainIdOf(label: string): number | undefined {
  if (Object.hasOwn(trainIds, label)) return trainIds[label];
  const single = label.endsWith("group") ? label.slice(0, -"group".length) : "";
  return Object.hasOwn(trainIds, single) ? trainIds[single] : undefined;
}

const isLength = (value: unknown): value is number =>
  Number.isInteger(value) && (value as number) > 0 && (value as number) <= LONGEST_SIDE;

const isPoint = (value: unknown): value is Point =>
  Array.isArray(value) &&
  value.length === 2 &&
  value.every((part) => Number.isFinite(part) && Math.abs(part) < 1e6);
