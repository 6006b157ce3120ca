import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const source = (path: string) => fileURLToPath(new URL(path, import.meta.url));

// Tests run from the TypeScript sources; each file gets a process of its own, because libtorch keeps
// global state (threads, seeds, the default generator) that tests change.
export default defineConfig({
  resolve: {
    // The packages' own doors only: what lies behind a slash, such as @pinmem/torch/setup, resolves as it does for users.
    alias: [
      { find: /^@pinmem\/core\/formats$/, replacement: source("packages/core/src/formats/index.ts") },
      { find: /^@pinmem\/(core|streets|torch)$/, replacement: source("packages/$1/src/index.ts") },
      { find: /^pinmem$/, replacement: source("packages/pinmem/src/index.ts") },
      { find: /^pinmem\/(\w+)$/, replacement: source("packages/pinmem/src/api/$1.ts") },
    ],
  },
  test: {
    include: [
      "packages/*/{src,test,setup}/**/*.test.ts",
      "golden/*.test.ts",
      "bench/**/*.test.ts",
      "scripts/*.test.ts",
    ],
    pool: "forks",
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
