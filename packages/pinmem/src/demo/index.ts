// What programs see of the demo.

export { type DemoMethod, demoRecipe } from "./demo-recipe.js";
export { DemoInterrupted, type DemoOptions, runDemo } from "./run-demo.js";
export type { DemoRun, DemoSummary } from "./summary.js";
