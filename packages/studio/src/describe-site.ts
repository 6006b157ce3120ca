// studio.json of a server: what there is at this moment, with the addresses that the server answers.

import { namesByFolder } from "./distinct.js";
import type { Site } from "./site.js";
import type { StudioPicture, StudioRun } from "./studio-run.js";

/** What the page is told. */
export const describeSite = ({
  runs,
  pictures,
  version,
}: {
  readonly runs: readonly StudioRun[];
  readonly pictures: readonly StudioPicture[];
  readonly version: string;
}): Site => ({
  version,
  live: true,
  ort: "ort/",
  runs: namesByFolder(runs).map((name, at) => {
    const run = runs[at] as StudioRun;
    const unfinished = run.unfinished();
    return {
      name,
      path: run.path,
      method: run.method,
      unfinished,
      model: unfinished === null ? `runs/${at}/model/` : null,
      prepare: run.exported() === null ? `runs/${at}/prepare` : null,
      compute: run.compute === null ? null : `runs/${at}/compute`,
      events: run.events === null ? null : `runs/${at}/events`,
      validation: run.events === null ? null : `runs/${at}/validation`,
      evaluations: run.evaluations().length === 0 ? null : `runs/${at}/evaluations.json`,
      inspection: run.inspection() === null ? null : `runs/${at}/inspection.json`,
      goesOn: run.goesOn,
      adapt: run.adapt === null ? null : `runs/${at}/adapt`,
    };
  }),
  pictures: pictures.map(({ name, group, label }, at) => ({
    name,
    group,
    image: `pictures/${at}/image`,
    label: label === null ? null : `pictures/${at}/label`,
  })),
});
