// The door of the studio: its server, for the command that knows runs. The page is built beside it (dist/app).

export { StudioError } from "./app-folder.js";
export { type ExportStudioOptions, exportStudio } from "./export-site.js";
export { type Studio, type StudioOptions, startStudio } from "./server.js";
export type {
  AdaptAnswer,
  AdaptRequest,
  Site,
  SiteEvaluation,
  SitePicture,
  SiteRun,
  SiteValidation,
  TrainingState,
} from "./site.js";
export type {
  AdaptTask,
  ComputeGraph,
  GraphValues,
  Saved,
  StudioPicture,
  StudioRun,
  ValidationFile,
} from "./studio-run.js";
