// What a network can say about a pixel: an ordered list of classes. The position of a class is its train id; 255 means
// "ignored" in every label of the project. Cityscapes' 19 classes are the space of the benchmark; a user's own space
// comes from a small description (TypeScript or JSON) that is validated here.
//
// Not here: how the files of a data set store labels (see label-decoding.ts).
// Source of the table: Cityscapes' public labels.py (Cordts et al., CVPR 2016).

import { orWhat } from "../closest.js";

export type Color = readonly [red: number, green: number, blue: number];

export interface LabelClass {
  readonly name: string;
  /** 0 to 255 each; distinct within a space, so that a colored label can be read back. */
  readonly color: Color;
  /** The number written when predictions are saved for the data set's own tools (Cityscapes' `id`). */
  readonly id: number;
}

export interface LabelSpace {
  readonly name: string;
  /** In the order of their train ids: `classes[0]` has train id 0. At most 255. */
  readonly classes: readonly LabelClass[];
  /** For each Cityscapes train id (0 … 255) the train id in this space: how the street data sets reach it. */
  readonly fromCityscapes: Uint8Array;
  /** How label files of the user's own made for this space read, when its description says so. */
  readonly files?: LabelFileDescription;
}

/** The value of pixels that neither train nor count. */
export const IGNORE_INDEX = 255;

/** The values or colors that a user's own label files hold, one list per class; the rest is unknown, not ignored. */
export interface LabelFileDescription {
  readonly kind: "values" | "colors";
  readonly classes: readonly (readonly (number | Color)[])[];
  readonly ignored: readonly (number | Color)[];
}

/** What a user writes, in TypeScript or JSON. */
export interface LabelSpaceDescription {
  readonly name: string;
  readonly classes: readonly LabelClassDescription[];
  /** Label values (or, when the classes list `colors`, colors) of pixels to be ignored. 255 is always ignored. */
  readonly ignored?: readonly (number | Color)[];
}

export interface LabelClassDescription {
  readonly name: string;
  readonly color: Color;
  /** Written into saved predictions; the train id unless given. */
  readonly id?: number;
  /** The values that mean this class in the user's own label files; the train id unless given. */
  readonly values?: readonly number[];
  /** The colors that mean this class in the user's own label files, where those store colors. */
  readonly colors?: readonly Color[];
  /** The Cityscapes classes that this class gathers; the one of the same name, if any, unless given. */
  readonly cityscapes?: readonly string[];
}

const cityscapesClasses: readonly LabelClass[] = [
  { id: 7, name: "road", color: [128, 64, 128] },
  { id: 8, name: "sidewalk", color: [244, 35, 232] },
  { id: 11, name: "building", color: [70, 70, 70] },
  { id: 12, name: "wall", color: [102, 102, 156] },
  { id: 13, name: "fence", color: [190, 153, 153] },
  { id: 17, name: "pole", color: [153, 153, 153] },
  { id: 19, name: "traffic light", color: [250, 170, 30] },
  { id: 20, name: "traffic sign", color: [220, 220, 0] },
  { id: 21, name: "vegetation", color: [107, 142, 35] },
  { id: 22, name: "terrain", color: [152, 251, 152] },
  { id: 23, name: "sky", color: [70, 130, 180] },
  { id: 24, name: "person", color: [220, 20, 60] },
  { id: 25, name: "rider", color: [255, 0, 0] },
  { id: 26, name: "car", color: [0, 0, 142] },
  { id: 27, name: "truck", color: [0, 0, 70] },
  { id: 28, name: "bus", color: [0, 60, 100] },
  { id: 31, name: "train", color: [0, 80, 100] },
  { id: 32, name: "motorcycle", color: [0, 0, 230] },
  { id: 33, name: "bicycle", color: [119, 11, 32] },
];

/** The 19 classes on which Cityscapes and every benchmark of this project score. */
export const cityscapes19: LabelSpace = {
  name: "cityscapes19",
  classes: cityscapesClasses,
  fromCityscapes: identity(cityscapesClasses.length),
};

/** The train id of a class by its name, in this space. */
export function trainId(space: LabelSpace, name: string): number {
  const found = space.classes.findIndex((entry) => entry.name === name);
  if (found >= 0) return found;
  const known = space.classes.map((entry) => entry.name);
  throw new Error(`the label space ${space.name} has no class "${name}"; ${orWhat(name, known)}`);
}

/** Builds a label space from a user's description, or says which field is wrong and how. Accepts parsed JSON. */
export function defineLabelSpace(description: LabelSpaceDescription): LabelSpace {
  const name = text("name", description?.name);
  const classes = description.classes;
  if (!Array.isArray(classes) || classes.length < 2 || classes.length > IGNORE_INDEX) {
    const got = Array.isArray(classes) ? `${classes.length}` : typeof classes;
    throw problem("classes", `must be a list of 2 to ${IGNORE_INDEX} classes, not ${got}`);
  }
  const fromCityscapes = new Uint8Array(256).fill(IGNORE_INDEX);
  const names = new Set<string>();
  const colors = new Set<string>();
  const built = classes.map((entry: LabelClassDescription, index): LabelClass => {
    const at = `classes[${index}]`;
    const className = unique(names, `${at}.name`, text(`${at}.name`, entry?.name));
    const color = checkColor(`${at}.color`, entry.color);
    unique(colors, `${at}.color`, color.join(","));
    gather(fromCityscapes, index, entry, at);
    return { name: className, color, id: checkByte(`${at}.id`, entry.id ?? index) };
  });
  return { name, classes: built, fromCityscapes, files: labelFiles(description) };
}

function gather(table: Uint8Array, trainIdHere: number, entry: LabelClassDescription, at: string): void {
  for (const source of list(`${at}.cityscapes`, entry.cityscapes ?? [entry.name])) {
    const cityscapesId = cityscapesClasses.findIndex((known) => known.name === source);
    if (cityscapesId < 0) {
      if (entry.cityscapes === undefined) continue;
      throw problem(`${at}.cityscapes`, `names "${source}", which is none of Cityscapes' 19 classes`);
    }
    if (table[cityscapesId] !== IGNORE_INDEX) {
      throw problem(`${at}.cityscapes`, `takes "${source}", which class ${table[cityscapesId]} already has`);
    }
    table[cityscapesId] = trainIdHere;
  }
}

function labelFiles({ classes, ignored = [] }: LabelSpaceDescription): LabelFileDescription {
  const kind = classes.some((entry) => entry.colors) ? "colors" : "values";
  const seen = new Set<string>();
  const check = (at: string, value: number | Color): number | Color => {
    const checked = kind === "colors" ? checkColor(at, value) : checkValue(at, value);
    unique(seen, at, String(checked));
    return checked;
  };
  const perClass = classes.map((entry, index) => {
    if (kind === "colors" && entry.values) {
      throw problem(`classes[${index}].values`, "cannot stand beside classes that list colors");
    }
    const listed = kind === "colors" ? (entry.colors ?? [entry.color]) : (entry.values ?? [index]);
    const at = `classes[${index}].${kind}`;
    return list<number | Color>(at, listed).map((value) => check(at, value));
  });
  const left = list("ignored", ignored).map((value, at) => check(`ignored[${at}]`, value));
  return { kind, classes: perClass, ignored: left };
}

function identity(classes: number): Uint8Array {
  return Uint8Array.from({ length: 256 }, (_, value) => (value < classes ? value : IGNORE_INDEX));
}

function unique(seen: Set<string>, at: string, value: string): string {
  if (seen.has(value)) throw problem(at, `repeats ${value}, which must occur once only`);
  seen.add(value);
  return value;
}

function list<T>(at: string, value: readonly T[]): readonly T[] {
  if (Array.isArray(value)) return value;
  throw problem(at, `must be a list, not ${shown(value)}`);
}

function text(at: string, value: unknown): string {
  if (typeof value === "string" && value.trim() !== "") return value;
  throw problem(at, `must be a name, not ${shown(value)}`);
}

function checkColor(at: string, value: unknown): Color {
  if (Array.isArray(value) && value.length === 3 && value.every(isByte)) return value as unknown as Color;
  throw problem(at, `must be [red, green, blue] with integers from 0 to 255, not ${shown(value)}`);
}

function checkByte(at: string, value: unknown): number {
  if (isByte(value)) return value;
  throw problem(at, `must be an integer from 0 to 255, not ${shown(value)}`);
}

function checkValue(at: string, value: unknown): number {
  if (typeof value === "number" && Number.isInteger(value) && value >= 0 && value <= 65535) return value;
  throw problem(at, `must be an integer from 0 to 65535, not ${shown(value)}`);
}

/** Cut where it is long: whatever stands in the place of a name may be. */
const shown = (value: unknown): string => {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
};

const isByte = (value: unknown): value is number =>
  typeof value === "number" && Number.isInteger(value) && value >= 0 && value <= 255;

const problem = (at: string, message: string) => new Error(`label space: ${at} ${message}`);
