export * from "./api/data.js";
export * from "./api/evaluation.js";
export * from "./api/inspection.js";
export * from "./api/models.js";
export * from "./api/report.js";
export * from "./api/training.js";
