import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const source = (path: string) => fileURLToPath(new URL(path, import.meta.url));

// Tests run from the TypeScript sources; each file gets a process of its own, because libtorch keeps
// global state (threads, seeds, the default generator) that tests change.
export default defineConfig({
  resolve: {
    alias: {
      "@pinmem/torch": source("packages/torch/src/index.ts"),
      pinmem: source("packages/pinmem/src/index.ts"),
    },
  },
  test: {
    include: ["packages/*/{src,test,setup}/**/*.test.ts", "bench/**/*.test.ts"],
    pool: "forks",
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
