import { fileURLToPath } from "node:url";
import { defaultExclude, defineConfig } from "vitest/config";

const source = (path: string) => fileURLToPath(new URL(path, import.meta.url));

// Files that compute nothing with libtorch share one process: starting one costs more than most of them take.
const light = [
  "packages/core/src/**/*.test.ts",
  "packages/streets/src/**/*.test.ts",
  "packages/*/setup/**/*.test.ts",
  "packages/pinmem/src/{comparison,files,report}/**/*.test.ts",
  "scripts/*.test.ts",
];

// All others get a process of their own, because libtorch keeps global state (threads, seeds, the default generator) that
// tests change. Tests run from the TypeScript sources.
export default defineConfig({
  resolve: {
    // The packages' own doors only: what lies behind a slash, such as @pinmem/torch/setup, resolves as it does for users.
    alias: [
      { find: /^@pinmem\/core\/formats$/, replacement: source("packages/core/src/formats/index.ts") },
      { find: /^@pinmem\/torch\/files$/, replacement: source("packages/torch/src/files/index.ts") },
      { find: /^@pinmem\/(core|streets|torch)$/, replacement: source("packages/$1/src/index.ts") },
      { find: /^pinmem$/, replacement: source("packages/pinmem/src/index.ts") },
      { find: /^pinmem\/(\w+)$/, replacement: source("packages/pinmem/src/api/$1.ts") },
    ],
  },
  test: {
    pool: "forks",
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    projects: [
      { extends: true, test: { name: "light", include: light, isolate: false } },
      {
        extends: true,
        test: {
          name: "torch",
          include: ["packages/*/{src,test}/**/*.test.ts", "golden/*.test.ts", "bench/**/*.test.ts"],
          exclude: [...defaultExclude, ...light],
        },
      },
    ],
  },
});
