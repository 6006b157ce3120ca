// What the page is told of its site: `studio.json` beside it. The server writes it anew for each request; an exported site has it
// as a file. All addresses are relative to the page, so that a site works from any folder.

import type { DomainResult, EvaluationResult } from "@pinmem/core/formats";

/** Of the files of the page, `studio.json`. */
export const SITE_FILE = "studio.json";

/** A run, or an exported model. */
export interface SiteRun {
  readonly name: string;
  /** Where it lies, for people. */
  readonly path: string;
  readonly method: string;
  /** Why it has no weights yet that could be looked at; null: it has. */
  readonly unfinished: string | null;
  /** Folder of the exported model, with a slash at its end; null where there can be none yet. */
  readonly model: string | null;
  /** Address to ask, by POST, to have the model exported before it is fetched; null where it lies there. */
  readonly prepare: string | null;
  /** Address of the server that computes its graphs, by POST; null: the page does. */
  readonly compute: string | null;
  /** Events of its training as they are written, as server-sent events; null where there are none. */
  readonly events: string | null;
  /** List of the pictures of its validations; null where there is no training. Each is below it, by its position: `validation/0`. */
  readonly validation: string | null;
  /** Scores of its evaluations, a list of `SiteEvaluation`; null where there are none. */
  readonly evaluations: string | null;
  /** What `pinmem inspect` found last, as JSON; null where it was not asked. */
  readonly inspection: string | null;
  /** Whether strokes move its rows by the memory's momentum, as they were written for a place before; otherwise they replace them. */
  readonly goesOn: boolean;
  /** Address to save an adapted model by POST; null where that cannot be. */
  readonly adapt: string | null;
}

/** How a training stands; sent among its events, too, as `state`. */
export interface TrainingState {
  /** `stopped`: neither finished nor at work. */
  readonly state: "running" | "finished" | "stopped";
  /** In all; null where the recipe counts epochs. */
  readonly steps: number | null;
  /** What a stopped one left that says why; null: nothing. */
  readonly trouble: string | null;
}

/** What the page shows of an evaluation. What its file says of the machine, the recipe and the files stays there. */
export interface SiteEvaluation extends Pick<EvaluationResult, "date" | "protocol"> {
  readonly domains: readonly Pick<DomainResult, "name" | "images" | "meanIoU" | "classIoU">[];
}

/** A picture of a validation. */
export interface SiteValidation {
  readonly step: number;
  readonly name: string;
}

/** A picture that comes with the site. */
export interface SitePicture {
  readonly name: string;
  /** The domain, or folder, that it belongs to. */
  readonly group: string;
  readonly image: string;
  /** Train ids as a gray PNG; null where it is not labeled. */
  readonly label: string | null;
}

/** All of it. */
export interface Site {
  readonly version: string;
  /** Whether a server stands behind it; false: an exported site. */
  readonly live: boolean;
  /** Folder of onnxruntime-web's files, with a slash at its end. */
  readonly ort: string;
  readonly runs: readonly SiteRun[];
  readonly pictures: readonly SitePicture[];
}

/** What a page sends to have an adapted model saved. */
export interface AdaptRequest {
  /** Of the new run: letters, digits, `-`, `_`, `.`. */
  readonly name: string;
  /** What the memory's votes weigh. */
  readonly vote: number;
  /** What each picture's own statistics weigh, 0 to 1; "auto": each picture decides, on the page. */
  readonly own: number | "auto";
  /** Pictures with strokes: files as they were opened (JPEG or PNG), and train ids as gray PNG; base64. */
  readonly pictures: readonly { readonly image: string; readonly label: string }[];
}

/** What comes back. */
export interface AdaptAnswer {
  /** Folder of the run that was made. */
  readonly out: string;
  /** What was chosen, line by line. */
  readonly lines: readonly string[];
}
