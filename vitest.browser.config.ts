// Tests that a browser runs: npm run test:browser. Like the others from the TypeScript sources, but for what the browser loads.

import { defineConfig } from "vitest/config";
import main from "./vitest.config.js";

export default defineConfig({
  ...(main.resolve && { resolve: main.resolve }),
  test: {
    pool: "forks",
    maxWorkers: 1,
    testTimeout: 60_000,
    hookTimeout: 120_000,
    include: ["packages/*/test/browser/*.test.ts"],
  },
});
