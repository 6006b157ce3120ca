// A studio as a static site: the page, onnxruntime's files, models, pictures, events and evaluations as they are now. For any web
// server and any folder of it; without the headers that isolate a page it computes with one thread.

import { existsSync } from "node:fs";
import { copyFile, mkdir, rename, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { appFolder, StudioError } from "./app-folder.js";
import { namesByFolder } from "./distinct.js";
import { type FileMap, filesBelow, modelFiles, ortFiles, pictureType } from "./files.js";
import { SITE_FILE, type Site, type SitePicture, type SiteRun } from "./site.js";
import type { StudioPicture, StudioRun } from "./studio-run.js";

/** What a site is made of. */
export interface ExportStudioOptions {
  readonly runs: readonly StudioRun[];
  readonly pictures: readonly StudioPicture[];
  readonly version: string;
  /** Folder to make; nothing may lie there. */
  readonly out: string;
}

/**
 * Writes a static site, whole or not at all.
 * @returns what to know, line by line
 * @throws StudioError where something lies there, or no run has a model
 */
export async function exportStudio({
  runs,
  pictures,
  version,
  out,
}: ExportStudioOptions): Promise<{ lines: string[] }> {
  if (existsSync(out))
    throw new StudioError(`${out} is there already; choose another folder, or move it away`);
  const finished = runs.filter((run) => run.unfinished() === null);
  if (finished.length === 0) throw new StudioError("none of the runs has weights yet: a site needs a model");
  const staged = `${out.replace(/[\\/]+$/, "")}.partial-${process.pid}`;
  try {
    await copyAll(await filesBelow(appFolder()), staged);
    await copyAll(await ortFiles(), join(staged, "ort"));
    const site: Site = {
      version,
      live: false,
      ort: "ort/",
      runs: await Promise.all(
        // Of folders the last part alone: where they lie on this machine is nobody's business.
        namesByFolder(finished.map(({ name, path }) => ({ name, path: basename(resolve(path)) }))).map(
          (name, at) => writeRun(staged, { name, run: finished[at] as StudioRun, at }),
        ),
      ),
      pictures: await writePictures(staged, pictures),
    };
    await writeFile(join(staged, SITE_FILE), JSON.stringify(site));
    await rename(staged, out);
  } catch (error) {
    await rm(staged, { recursive: true, force: true });
    throw error;
  }
  return {
    lines: [
      `written: ${out}. Serve it from any folder of a web server.`,
      "Faster, with several threads, where the server sends these headers:",
      "  Cross-Origin-Opener-Policy: same-origin",
      "  Cross-Origin-Embedder-Policy: require-corp",
    ],
  };
}

async function writeRun(
  folder: string,
  { name, run, at }: { readonly name: string; readonly run: StudioRun; readonly at: number },
): Promise<SiteRun> {
  const model = `runs/${at}/model/`;
  await copyAll(await modelFiles(await run.model(() => {})), join(folder, model));
  const evaluations = run.evaluations();
  const file = `runs/${at}/evaluations.json`;
  if (evaluations.length > 0) await writeFile(join(folder, file), JSON.stringify(evaluations));
  const inspection = run.inspection();
  const inspected = `runs/${at}/inspection.json`;
  if (inspection !== null) await writeFile(join(folder, inspected), JSON.stringify(inspection));
  return {
    name,
    path: name,
    method: run.method,
    unfinished: null,
    model,
    prepare: null,
    compute: null,
    events: null,
    validation: null,
    evaluations: evaluations.length > 0 ? file : null,
    inspection: inspection === null ? null : inspected,
    goesOn: run.goesOn,
    adapt: null,
  };
}

async function writePictures(folder: string, pictures: readonly StudioPicture[]): Promise<SitePicture[]> {
  await mkdir(join(folder, "pictures"), { recursive: true });
  const described: SitePicture[] = [];
  for (const [at, { name, group, image, label }] of pictures.entries()) {
    const bytes = await image();
    const ending = pictureType(bytes).replace(/^.*\//, "");
    const files = { image: `pictures/${at}.${ending}`, label: `pictures/${at}.label.png` };
    await writeFile(join(folder, files.image), bytes);
    if (label) await writeFile(join(folder, files.label), await label());
    // Where a picture lies on this machine is nobody's business.
    const shown = name.replace(/^.*[\\/]/, "");
    described.push({ name: shown, group, image: files.image, label: label ? files.label : null });
  }
  return described;
}

async function copyAll(files: FileMap, folder: string): Promise<void> {
  for (const [name, file] of files) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await copyFile(file, join(folder, name));
  }
}
