// What to say where files of a data set are not found: where was looked, for what, what lies there instead, and how to go on.

import { basename, extname } from "node:path";
import { DataError } from "../files/data-error.js";
import { isFolder, listFiles } from "../files/list-files.js";
import type { DatasetDefinition, Layout } from "./definition.js";
import type { KeyedFiles } from "./keyed-files.js";

/** What to download, from where, and where to put it. */
export const howToGet = ({ title, homepage, download, layouts }: DatasetDefinition): string => {
  const places = layouts.map(({ images, labels }) => `${images} and ${labels}`);
  return `to get ${title}: ${download} (${homepage}); expected below the root: ${[...new Set(places)].join(", or ")}`;
};

/** Up to three names, and how many more there are. */
export function examples(names: readonly string[], shown = 3): string {
  const first = names.slice(0, shown).map((name) => `"${name}"`);
  return `${first.join(", ")}${names.length > shown ? ` and ${names.length - shown} more` : ""}`;
}

/** Nothing that could be an image lies in any of the layouts' folders. */
export async function noImages(
  definition: DatasetDefinition,
  { root, split, subset }: { root: string; split: string; subset: string | undefined },
  searched: readonly { readonly layout: Layout; readonly images: KeyedFiles }[],
  otherSplits: readonly string[],
): Promise<DataError> {
  const folders = [...new Set(searched.map(({ images }) => images.folder))].join(", ");
  const endings = [...new Set(searched.flatMap(({ layout }) => layout.imageEndings))];
  const filled = searched.find(({ images }) => images.names.length > 0)?.images;
  const there = filled
    ? `${filled.folder} holds ${examples(filled.names)}`
    : `${root} holds ${examples(await namesIn(root)) || "nothing"}`;
  const which = `split "${split}"${subset === undefined ? "" : `, subset "${subset}"`}`;
  const looked = `holds no images of ${definition.title}, ${which}: looked in ${folders} for names that end in ${endings.join(", ")}; ${there}`;
  const remedy =
    otherSplits.length > 0
      ? `there are images of split ${otherSplits.map((one) => `"${one}"`).join(", ")}: ask for that, or complete the data set; `
      : "";
  return new DataError(root, `${looked}; ${remedy}${howToGet(definition)}`);
}

/** Files and folders in a folder itself; folders end in "/". */
async function namesIn(root: string): Promise<string[]> {
  const files = await listFiles(root).catch(() => []);
  return [...new Set(files.map((file) => file.replace(/\/.*/, "/")))];
}

export interface MissingLabels {
  readonly layout: Layout;
  readonly images: KeyedFiles;
  readonly labels: KeyedFiles;
  /** Paths of the images whose label is missing; one at least. */
  readonly imagesWithoutLabel: readonly string[];
  /** Whether some image has its label. */
  readonly somePairs: boolean;
}

/** Images whose labels are not where they should be. */
export async function noLabel(
  definition: DatasetDefinition,
  root: string,
  { layout, images, labels, imagesWithoutLabel, somePairs }: MissingLabels,
): Promise<DataError> {
  const [first = ""] = imagesWithoutLabel;
  const name = first.slice(images.folder.length + 1).replaceAll("\\", "/");
  const key = [...images.byKey].find(([, names]) => names.includes(name))?.[0] ?? name;
  const wanted = layout.labelEndings.map((ending) => labelName(layout, key, ending)).join(" or ");
  const exists = await isFolder(labels.folder);
  const alike = labels.names.filter((label) => basename(label).startsWith(basename(key)));
  const shown = alike.length > 0 ? alike : labels.names;
  const there = !exists
    ? `there is no such folder; ${root} holds ${examples(await namesIn(root))}`
    : shown.length === 0
      ? "that folder is empty"
      : `${alike.length > 0 ? "there is" : "that folder holds"} ${examples(shown)}${alike.length > 0 ? " instead" : ""}`;
  const others = imagesWithoutLabel.length - 1;
  const more =
    !somePairs && others > 0 ? ", nor has any other image" : others > 0 ? ` (nor have ${others} others)` : "";
  const remedy = remedyFor(definition, layout, shown, somePairs);
  return new DataError(
    first,
    `has no label${more}: looked in ${labels.folder} for ${wanted}; ${there}; ${remedy}`,
  );
}

const labelName = ({ prefixes }: Layout, key: string, ending: string): string => {
  const folder = key.slice(0, key.lastIndexOf("/") + 1);
  return `"${folder}${prefixes?.label ?? ""}${key.slice(folder.length)}${ending}"`;
};

function remedyFor(
  { labelsHint, download }: DatasetDefinition,
  layout: Layout,
  there: readonly string[],
  somePairs: boolean,
): string {
  if (labelsHint) return labelsHint;
  const endings = new Set(there.map((name) => extname(name).toLowerCase()));
  if (endings.has(".jpg") || endings.has(".jpeg")) {
    return "JPEG cannot hold labels, since its compression changes their values: make the labels again as PNG (converted JPEG stays wrong)";
  }
  if (there.length > 0 && !endings.has(".png")) return "labels are read from PNG: convert them without loss";
  if (somePairs)
    return 'complete the labels, or leave such images out with unpaired: "skip", in the entry of a recipe or of a JSON file of data sets, or as an option';
  const expected = layout.labelEndings.map((ending) => `NAME${ending}`).join(" or ");
  const example = `${layout.prefixes?.image ?? ""}NAME${layout.imageEndings[0]}`;
  return there.length > 0
    ? `rename the labels: that of an image ${example} is called ${layout.prefixes?.label ?? ""}${expected}`
    : download;
}

/** Entries of a split's list that name no image. */
export function notListed(list: string, missing: readonly string[], images: KeyedFiles): DataError {
  const count = missing.length === 1 ? "a name that is" : `${missing.length} names that are`;
  const known = [...images.byKey.values()].flat();
  return new DataError(
    list,
    `lists ${count} not in ${images.folder}: ${examples(missing, 10)}; there lie ${examples(known)}: correct the list, or complete the images`,
  );
}

/** The list of a split whose files lie in one folder is not there. */
export const noList = (list: string, name: string, split: string): DataError =>
  new DataError(
    list,
    `does not exist: the files of ${name} lie in one folder, so split "${split}" needs this list of its file ` +
      "names, one a line; or use split 'all', with part 'every-10th' to validate and 'all-but-every-10th' to train",
  );

/** Where the root is given as a folder that is none. */
export const noRoot = (definition: DatasetDefinition, root: string): DataError =>
  new DataError(root, `is no folder; ${howToGet(definition)}`);
